"""An operator at the live screen, in a real browser before the real center."""

import json
import os
import re
import signal
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.scene import Network, incident_of, play
from tests.console.screens import PHONE, choose, map_is_drawn, opened, row, sign_in
from tests.waiting import until


@pytest.fixture(scope="module")
def network(stack: Center) -> Network:
    return Network(stack)


def tripped(network: Network, number: int) -> dict[str, str]:
    """The incident of the n-th feeder, effects told first."""
    feeder = network.feeders_with_signals()[number]
    events = network.trip(feeder)
    play(network.center, events)
    return incident_of(network.center, feeder, 3)


def api_answers(stack: Center) -> bool:
    try:
        return stack.http.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


LEAVE = """() => new Promise((left) => {
  document.querySelector('.zoom button').click();
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const map = document.querySelector('[data-map]');
    map.dispatchEvent(new WheelEvent('wheel', { deltaY: -100, bubbles: true, cancelable: true }));
    location.hash = '#/handover';
    setTimeout(left, 300);
  }));
})"""
"""Zooms by button and wheel and leaves meanwhile; answers when the map's own timers of 250 and 40 ms are over."""


OUTSIDE = """() => {
  const map = document.querySelector('[data-map]').getBoundingClientRect();
  return [...document.querySelectorAll('[data-map] .place')].filter((name) => {
    const { x, y } = name.getBoundingClientRect();
    return x < map.left || y < map.top || x > map.right || y > map.bottom;
  }).map((name) => name.textContent);
}"""
"""The names of places that do not lie on the map."""


def test_a_wrong_password_is_told_in_words(page: Page) -> None:
    page.locator("input[name=user]").fill("operator")
    page.locator("input[name=password]").fill("wrong")
    page.locator("form button.primary").click()
    expect(page.get_by_role("alert")).to_have_text("Sai tên đăng nhập hoặc mật khẩu.")


def test_a_trip_with_effects_first_is_one_incident_with_its_why(page: Page, stack: Center, network: Network) -> None:
    sign_in(page, stack)
    incident = tripped(network, 0)
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_contain_text(incident["title_vi"])
    row(page, incident["id"])
    expect(page.locator("#detail-title")).to_have_text(incident["title_vi"])
    reasons = page.get_by_test_id("why")
    expect(reasons.first).to_contain_text("cấp điện cho", timeout=10_000)
    assert reasons.count() >= 2
    cause = page.locator("[data-testid=why][data-kind=cause]").first
    cause.locator("summary").click()
    expect(cause.locator("dd a").first).to_have_text(re.compile("^(Mất điện|Đèn tín hiệu)"))
    expect(page.locator(".graph .root")).to_have_count(1)


def test_the_list_and_the_map_select_each_other(page: Page, stack: Center, network: Network) -> None:
    incident = tripped(network, 1)
    sign_in(page, stack)
    row(page, incident["id"])
    mark = page.locator(f".mark.selected[data-incident='{incident['id']}']")
    expect(mark).to_be_visible()
    page.keyboard.press("Escape")
    expect(mark).to_have_count(0)
    page.locator(f".mark[data-incident='{incident['id']}']").first.dispatch_event("click")
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_have_attribute("aria-current", "true")


def test_the_address_says_which_incident_is_open(page: Page, stack: Center, network: Network) -> None:
    first, second = (tripped(network, number)["id"] for number in (0, 1))
    sign_in(page, stack)
    chosen = page.locator(".rows [aria-current=true]")
    row(page, first)
    page.wait_for_url(f"**/#/live/{first}")
    row(page, second)
    page.wait_for_url(f"**/#/live/{second}")
    page.reload()
    expect(chosen).to_have_attribute("data-incident", second)
    page.goto(f"/#/live/{first}")
    expect(chosen).to_have_attribute("data-incident", first)
    choose(page, "duty")
    page.go_back()
    expect(chosen).to_have_attribute("data-incident", first)
    page.keyboard.press("Escape")
    expect(chosen).to_have_count(0)
    page.wait_for_url("**/#/")


def test_a_key_acknowledges_and_everybody_sees_who(page: Page, stack: Center, network: Network) -> None:
    incident = tripped(network, 2)
    sign_in(page, stack)
    page.locator("#search").fill(incident["id"])
    expect(page.locator(".rows [data-incident]")).to_have_count(1)
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    only = page.locator(f".rows [data-incident='{incident['id']}']")
    expect(only).to_have_attribute("aria-current", "true")
    page.keyboard.press("a")
    expect(only).to_have_attribute("data-state", "acknowledged")
    assert stack.get(f"/v1/incidents/{incident['id']}")["acknowledged_by"] == "operator"


def test_two_operators_on_one_incident_see_the_conflict(page: Page, stack: Center, network: Network) -> None:
    incident = tripped(network, 3)
    sign_in(page, stack)
    row(page, incident["id"])
    expect(page.locator("[data-command=acknowledge]")).to_be_visible()
    path = f"/v1/incidents/{incident['id']}/commands"

    def after_somebody_else(route: object) -> None:
        version = stack.get(f"/v1/incidents/{incident['id']}")["version"]
        stack.http.post(path, json={"command": "take", "version": version})
        route.continue_()  # type: ignore[attr-defined]

    page.route(f"**{path}", after_somebody_else, times=1)
    page.locator("[data-command=resolve]").click()
    conflict = page.get_by_test_id("conflict")
    expect(conflict).to_contain_text("Đã khắc phục")
    conflict.locator("button.primary").click()
    expect(page.locator("[data-command=reopen]")).to_be_visible()


def test_a_shelved_incident_and_a_detached_signal_can_be_taken_back(
    page: Page, stack: Center, network: Network
) -> None:
    incident = tripped(network, 11)
    sign_in(page, stack)
    row(page, incident["id"])
    page.locator("[data-command=shelve]").click()
    page.locator("header textarea").fill("Chờ vật tư")
    page.locator("header form button.primary").click()
    expect(page.get_by_test_id("shelved")).to_contain_text("Chờ vật tư")
    page.locator("[data-command=unshelve]").click()
    expect(page.get_by_test_id("shelved")).to_have_count(0)
    page.locator("[data-command=detach]").first.click()
    undo = page.get_by_test_id("overrules").locator("[data-command=undo]")
    undo.click()
    expect(undo).to_have_count(0)
    assert stack.get(f"/v1/incidents/{incident['id']}")["signal_count"] >= 3


def test_the_language_switches_without_reload(page: Page, stack: Center, network: Network) -> None:
    incident = tripped(network, 4)
    sign_in(page, stack)
    page.evaluate("window.stays = true")
    page.get_by_test_id("language").click()
    expect(page.locator("#list-title")).to_have_text("Incidents")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_contain_text(incident["title"])
    assert page.evaluate("window.stays") is True


def by_the_button(page: Page) -> None:
    page.locator("[data-sound]").click()


def by_any_click(page: Page) -> None:
    page.locator("#list-title").click()


def by_its_key(page: Page) -> None:
    page.keyboard.press("m")


def anew(browser: Browser, page: Page) -> Page:
    """As after a start of the browser: with what it keeps, and nothing that was pressed or heard before.

    Whatever Playwright asks a page counts as pressed there: it asks nothing before the room is open.
    """
    context = browser.new_context(storage_state=page.context.storage_state(), viewport=page.viewport_size)
    first = context.new_page()
    with first.expect_response("**/v1/live"):
        first.goto(page.url)
    return first


def test_opened_again_sound_says_that_the_browser_holds_it_back_until_anything_is_pressed(
    chromium: Browser, page: Page, stack: Center
) -> None:
    sign_in(page, stack)
    by_the_button(page)
    expect(page.locator("[data-sound]")).to_have_text("Tắt âm 10 phút")
    for wake in (by_the_button, by_any_click, by_its_key):
        again = anew(chromium, page)
        sound = again.locator("[data-sound]")
        expect(sound).to_have_text("Trình duyệt chặn âm: bấm")
        assert violations(again) == []
        wake(again)
        expect(sound).to_have_text("Tắt âm 10 phút")
        again.context.close()
    by_the_button(page)
    expect(page.locator("[data-sound]")).to_have_text("Bật lại âm")


def test_search_finds_without_diacritics(page: Page, stack: Center, network: Network) -> None:
    tripped(network, 5)
    sign_in(page, stack)
    page.keyboard.press("/")
    page.keyboard.type("mat dien")
    expect(page.locator(".rows li").first).to_contain_text("Mất điện")
    page.locator("#search").fill("khong co gi nhu the")
    expect(page.get_by_text("Không có sự cố nào khớp bộ lọc.")).to_be_visible()


def test_a_cut_line_is_shown_and_what_happened_meanwhile_appears(page: Page, stack: Center, network: Network) -> None:
    sign_in(page, stack)
    page.route("**/v1/live", lambda route: route.abort())
    processes = json.loads(stack.soc("status", "--json").stdout)["processes"]
    os.kill(next(one["pid"] for one in processes if one["name"] == "api"), signal.SIGKILL)
    expect(page.locator(".live")).to_have_attribute("data-state", "off", timeout=30_000)
    expect(page.get_by_role("alert")).to_contain_text("Mất kết nối")
    until(lambda: api_answers(stack), "the API is back")
    incident = tripped(network, 6)
    page.unroute("**/v1/live")
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_be_visible(timeout=20_000)


def test_a_viewer_can_look_and_not_act(page: Page, stack: Center, network: Network) -> None:
    incident = tripped(network, 7)
    sign_in(page, stack, "viewer")
    row(page, incident["id"])
    expect(page.get_by_text("Tài khoản này chỉ xem, không xử lý được.")).to_be_visible()
    expect(page.locator("[data-command]")).to_have_count(0)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_axe_finds_nothing(page: Page, stack: Center, network: Network, theme: str) -> None:
    assert violations(page) == []
    incident = tripped(network, 8 if theme == "dark" else 9)
    sign_in(page, stack)
    if theme == "light":
        page.get_by_role("button", name="Nền sáng").click()
    row(page, incident["id"])
    expect(page.get_by_test_id("why").first).to_be_visible(timeout=10_000)
    page.locator(".filters summary").click()
    assert violations(page) == []
    page.keyboard.press("?")
    expect(page.locator("dialog")).to_be_visible()
    assert violations(page) == []


def test_axe_would_find_what_is_wrong(page: Page) -> None:
    page.evaluate("document.body.append(document.createElement('button'), new Image())")
    assert {one.split(":")[0] for one in violations(page)} >= {"button-name", "image-alt"}


def test_no_request_leaves_the_machine_and_no_rule_of_the_page_is_broken(chromium: Browser, stack: Center) -> None:
    context, page = opened(chromium, stack)
    asked: list[str] = []
    broken: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: broken.append(line.text) if "Content Security" in line.text else None)
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.reload()
    sign_in(page, stack)
    map_is_drawn(page)
    context.close()
    assert {urlsplit(url).netloc for url in asked} == {urlsplit(stack.url).netloc}
    assert broken == []


def test_it_works_on_a_phone(chromium: Browser, stack: Center, network: Network) -> None:
    incident = tripped(network, 10)
    context, page = opened(chromium, stack, PHONE)
    sign_in(page, stack)
    row(page, incident["id"])
    expect(page.locator("[data-command=acknowledge]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    page.get_by_role("button", name=re.compile("Về danh sách")).click()
    expect(page.locator(".rows li").first).to_be_visible()
    context.close()


def test_leaving_while_the_map_moves_leaves_no_error_behind(page: Page, stack: Center) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(error.message))
    page.emulate_media(reduced_motion="no-preference")
    sign_in(page, stack)
    map_is_drawn(page)
    page.evaluate(LEAVE)
    expect(page.get_by_role("heading", name="Giao ca", level=2)).to_be_visible()
    assert errors == []


def test_the_city_stays_in_view_when_the_map_becomes_smaller_unless_it_was_moved_by_hand(
    page: Page, stack: Center
) -> None:
    sign_in(page, stack)
    map_is_drawn(page)
    expect(page.locator("[data-map] .place").first).to_be_attached()
    beyond = set(page.evaluate(OUTSIDE))
    page.set_viewport_size({"width": 1366, "height": 420})
    until(lambda: set(page.evaluate(OUTSIDE)) <= beyond or None, "the whole city in the smaller map")
    page.get_by_role("button", name="Phóng to").click()
    until(lambda: set(page.evaluate(OUTSIDE)) - beyond or None, "a part of the city")
    page.set_viewport_size({"width": 1366, "height": 400})
    page.wait_for_function(
        "new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))))"
    )
    assert set(page.evaluate(OUTSIDE)) - beyond
