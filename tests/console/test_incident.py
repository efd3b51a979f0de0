"""One incident at work: assign, merge, split, notes, who was told, the report on paper, by mouse and by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.center import Center
from tests.console.scene import Network, incident_of, play, raised
from tests.console.screens import map_is_drawn, row, sign_in
from tests.waiting import until


@pytest.fixture(scope="module")
def network(stack: Center) -> Network:
    return Network(stack)


def burst(network: Network, number: int) -> dict[str, str]:
    """The incident of a water main, the n-th from the last."""
    name = network.of_kind("water_main")[-2 - number * 2]
    play(network.center, [raised("water.burst", name, 90)])
    return incident_of(network.center, name)


def test_it_is_assigned_and_noted_by_keyboard_alone(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 0)
    sign_in(page, stack)
    page.keyboard.press("/")
    page.keyboard.type(incident["id"])
    page.keyboard.press("Escape")
    expect(page.locator(".rows [data-incident]")).to_have_count(1)  # the list came, and is filtered
    page.keyboard.press("j")
    expect(page.locator("#detail-title")).to_have_text(incident["title_vi"])
    expect(page.get_by_test_id("cameras").get_by_role("listitem")).to_have_count(3)
    page.keyboard.press("n")
    page.keyboard.type("Đã gọi đội sửa chữa")
    page.keyboard.press("Tab")
    page.keyboard.type("https://example.org/anh.jpg")
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Đã gọi đội sửa chữa”")).to_be_visible()
    expect(page.get_by_role("link", name="Tệp đính kèm")).to_have_attribute("href", "https://example.org/anh.jpg")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".commands")).to_be_focused()
    for _ in range(1 + page.locator(".commands button").all_inner_texts().index("Giao việc")):
        page.keyboard.press("Tab")
    expect(page.locator("[data-write=assign]")).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".commands")).to_be_focused()  # Enter would have been for another incident
    page.locator("[data-write=assign]").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("Đội cấp nước 2")
    page.keyboard.press("Enter")
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_contain_text("Đội cấp nước 2")
    assert stack.get(f"/v1/incidents/{incident['id']}")["assignee"] == "Đội cấp nước 2"
    page.keyboard.press("t")
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_contain_text("operator")


def test_two_are_merged_and_taken_apart_again(page: Page, stack: Center, network: Network) -> None:
    kept, gone = burst(network, 1), burst(network, 2)
    sign_in(page, stack)
    row(page, kept["id"])
    page.locator("[data-write=merge]").click()
    page.locator("select[name=other]").select_option(gone["id"])
    page.locator("header form textarea").fill("Cùng một tuyến ống")
    page.locator("header form button.primary").click()
    undo = page.get_by_test_id("overrules").locator("[data-command=undo]")
    expect(undo).to_be_visible(timeout=10_000)
    assert stack.get(f"/v1/incidents/{gone['id']}")["merged_into"] == kept["id"]
    undo.click()
    until(lambda: stack.get(f"/v1/incidents/{gone['id']}")["merged_into"] is None, "it stands alone again", 10)


def test_several_signals_are_split_off_and_come_back(page: Page, stack: Center, network: Network) -> None:
    feeder = network.feeders_with_signals()[13]
    play(stack, network.trip(feeder))
    incident = incident_of(stack, feeder, 3)
    sign_in(page, stack)
    row(page, incident["id"])
    leaving = page.locator("[data-leave]")
    expect(leaving.first).to_be_visible(timeout=10_000)
    leaving.last.check()
    page.locator("[data-command=split]").click()
    undo = page.get_by_test_id("overrules").locator("[data-command=undo]")
    expect(undo).to_be_visible(timeout=10_000)
    undo.click()
    expect(undo).to_have_count(0)


def test_a_long_address_breaks_and_the_commands_stay_where_they_are(
    page: Page, stack: Center, network: Network
) -> None:
    incident = burst(network, 5)
    sign_in(page, stack)
    row(page, incident["id"])
    page.locator("[data-write=note]").click()
    page.locator("header form textarea").fill("https://bando.example.org/" + "a" * 300)
    page.locator("header form button.primary").click()
    page.locator("[data-command=shelve]").click()
    page.locator("header form textarea").fill("https://lich.example.org/" + "b" * 300)
    page.locator("header form button.primary").click()
    expect(page.get_by_test_id("shelved")).to_contain_text("lich.example.org")
    expect(page.locator("table").get_by_text("bando.example.org")).to_be_visible()
    wide = "(parts) => parts.map((one) => one.scrollWidth - one.clientWidth)"
    assert page.locator(".detail header, .detail .body, html").evaluate_all(wide) == [0, 0, 0]
    assert page.locator("html").evaluate("(one) => one.scrollHeight - one.clientHeight") == 0, "the page scrolls"
    expect(page.get_by_test_id("print")).to_be_in_viewport()


def test_the_report_on_paper_has_everything_and_nothing_to_press(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 3)
    sign_in(page, stack)
    row(page, incident["id"])
    expect(page.locator(".body table")).to_be_visible(timeout=10_000)
    page.emulate_media(media="print")
    expect(page.get_by_test_id("printed")).to_contain_text("operator")
    expect(page.get_by_test_id("printed")).to_contain_text(re.compile(r"\d\d/\d\d/20\d\d"))
    expect(page.locator("#detail-title")).to_be_visible()
    assert page.locator("button:visible, .rows:visible, [data-map]:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--text')") == "#000"


def test_signals_on_paper_take_the_width_of_the_page(page: Page, stack: Center, network: Network) -> None:
    feeder = network.feeders_with_signals()[18]
    play(stack, network.trip(feeder))
    incident = incident_of(stack, feeder, 3)
    sign_in(page, stack)
    row(page, incident["id"])
    expect(page.locator("[data-leave]").first).to_be_visible(timeout=10_000)
    page.emulate_media(media="print")
    wide = page.locator("li:has(> [data-leave]) > div").evaluate_all("(all) => all.map((one) => one.clientWidth)")
    assert min(wide) > 500


def test_layers_are_chosen_by_domain_and_stay_chosen(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 4)
    sign_in(page, stack)
    row(page, incident["id"])
    map_is_drawn(page)
    expect(page.locator(".arrow.flow").first).to_be_attached()
    expect(page.locator(".place").first).to_be_attached()
    page.get_by_text("Chú giải").click()
    page.locator("[data-layer=flow]").uncheck()
    page.locator("[data-layer=names]").uncheck()
    page.locator("[data-domain=traffic]").uncheck()
    expect(page.locator(".arrow")).to_have_count(0)
    expect(page.locator(".place")).to_have_count(0)
    page.reload()
    map_is_drawn(page)
    page.get_by_text("Chú giải").click()
    expect(page.locator("[data-domain=traffic]")).not_to_be_checked()
    expect(page.locator(".arrow")).to_have_count(0)
