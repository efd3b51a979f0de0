"""What goes wrong on a long shift: double clicks, keys too many, sessions that end, answers that get lost."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.center import Center
from tests.console.scene import Network, incident_of, play, raised
from tests.console.screens import fill_when, opened, search_out, sign_in
from tests.waiting import until


@pytest.fixture(scope="module")
def network(stack: Center) -> Network:
    return Network(stack)


def burst(network: Network, number: int) -> dict[str, str]:
    """The incident of a water main of its own: pictures take the fourth, other tests the last ones."""
    name = network.of_kind("water_main")[5 + number * 2]
    play(network.center, [raised("water.burst", name, 90)])
    return incident_of(network.center, name)


def state(center: Center, incident: dict[str, str]) -> str:
    found: str = center.get(f"/v1/incidents/{incident['id']}")["state"]
    return found


def notes(center: Center, incident: dict[str, str]) -> list[str]:
    timeline = center.get(f"/v1/incidents/{incident['id']}/timeline")["items"]
    return [one["note"] for one in timeline if one["note"]]


def again(page: Page, center: Center, user: str = "operator") -> None:
    """Signs in where the session has ended: the room is there already, unseen."""
    expect(page.get_by_role("status").filter(has_text="Phiên làm việc đã hết")).to_be_visible()
    page.locator("input[name=user]").fill(user)
    page.locator("input[name=password]").fill(center.credentials["users"][user])
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.locator("input[name=user]")).to_have_count(0)


def test_a_double_click_on_resolved_does_not_close_for_good(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 0)
    sign_in(page, stack)
    search_out(page, incident["id"])
    page.keyboard.press("t")
    resolve, close = page.locator("[data-command=resolve]"), page.locator("[data-command=close]")
    expect(page.locator(".commands button").first).to_have_attribute("data-command", "resolve")
    expect(resolve).to_be_enabled()
    place = resolve.bounding_box()
    assert place is not None
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/commands") else None)
    now = datetime.now(UTC)
    page.clock.set_fixed_time(now)  # however slow this machine is, the second click comes at once
    page.mouse.click(place["x"] + 10, place["y"] + 10)
    expect(close).to_be_enabled()
    page.mouse.click(place["x"] + 12, place["y"] + 10)
    assert page.evaluate("document.querySelector('[data-command=close]').disabled") is False
    assert len(sent) == 1 and state(stack, incident) == "resolved"
    page.clock.set_fixed_time(now + timedelta(seconds=2))
    close.click()
    until(lambda: state(stack, incident) == "closed" or None, "a click that is meant closes it")


def test_what_is_written_outlives_escape_other_incidents_and_the_session(
    page: Page, stack: Center, network: Network
) -> None:
    incident, other = burst(network, 1), burst(network, 2)
    sign_in(page, stack)
    search_out(page, incident["id"])
    note = page.locator("header textarea")
    page.keyboard.press("n")
    page.keyboard.type("Đã gọi đội sửa chữa số 3")
    page.keyboard.press("Escape")
    expect(note).to_have_count(0)
    expect(page.locator("#detail-title")).to_have_text(incident["title_vi"])
    search_out(page, other["id"])
    search_out(page, incident["id"])
    page.keyboard.press("n")
    expect(note).to_have_value("Đã gọi đội sửa chữa số 3")
    page.context.clear_cookies()
    page.locator("header form button.primary").evaluate("(button) => button.click()")
    again(page, stack)
    expect(note).to_have_value("Đã gọi đội sửa chữa số 3")
    expect(page.locator(".error")).to_have_count(0)
    page.locator("header form button.primary").click()
    expect(note).to_have_count(0)
    assert notes(stack, incident) == ["Đã gọi đội sửa chữa số 3"]


def test_what_is_written_outlives_a_reload_until_it_is_sent(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, -1)
    sign_in(page, stack)
    search_out(page, incident["id"])
    note = page.locator("header textarea")
    page.keyboard.press("n")
    page.keyboard.type("Đội 3 đến sau 20 phút")
    page.reload()
    expect(page.locator("#detail-title")).to_have_text(incident["title_vi"])
    page.keyboard.press("n")
    expect(note).to_have_value("Đội 3 đến sau 20 phút")
    page.locator("header form button.primary").click()
    expect(note).to_have_count(0)
    page.keyboard.press("i")
    page.locator("select[name=tell-category]").select_option("leak")
    page.locator("input[name=tell-where]").fill("10.98050, 106.67120")
    page.locator("textarea[name=tell-text]").fill("Nước phun giữa đường")
    page.reload()
    expect(page.locator("#detail-title")).to_have_text(incident["title_vi"])
    page.keyboard.press("n")
    expect(note).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("i")
    expect(page.locator("textarea[name=tell-text]")).to_have_value("Nước phun giữa đường")
    expect(page.locator("form.fields button.primary")).to_be_enabled()
    page.goto("/#/silences")
    page.locator("input[name=reason]").fill("Đang thay đồng hồ đo")
    page.goto("/#/handover")
    page.locator("textarea[name=notes]").fill("Theo dõi lộ 471")
    page.reload()
    expect(page.locator("textarea[name=notes]")).to_have_value("Theo dõi lộ 471")
    page.goto("/#/silences")
    expect(page.locator("input[name=reason]")).to_have_value("Đang thay đồng hồ đo")
    page.context.clear_cookies()
    page.reload()
    sign_in(page, stack, "admin")
    expect(page.locator("input[name=reason]")).to_have_value("")
    page.goto("/#/handover")
    expect(page.locator("textarea[name=notes]")).to_have_value("")


def test_a_text_that_is_too_long_is_not_cut_and_says_so(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, -2)
    sign_in(page, stack)
    search_out(page, incident["id"])
    note, save = page.locator("header textarea"), page.locator("header form button.primary")
    page.keyboard.press("n")
    page.keyboard.insert_text("Trích nhật ký vận hành. " * 170)
    assert len(note.input_value()) == 4080
    assert note.evaluate("(field) => field.validationMessage") == "Dài quá 80 ký tự: nhiều nhất 4000."
    save.click()
    expect(note).to_be_visible()
    assert notes(stack, incident) == []
    note.fill("Trích nhật ký vận hành. " * 160)
    save.click()
    expect(note).to_have_count(0)
    assert len(notes(stack, incident)[0]) == 3839


def test_a_server_that_cannot_say_who_is_there_signs_nobody_out(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 9)
    sign_in(page, stack)
    search_out(page, incident["id"])
    page.keyboard.press("n")
    page.keyboard.type("Chờ xe bồn")

    def away(route: Route) -> None:
        route.fulfill(status=503, json={"title": "Service Unavailable", "status": 503})

    page.route("**/v1/session", away)
    page.route("**/v1/live", away)
    processes = json.loads(stack.soc("status", "--json").stdout)["processes"]
    with page.expect_response("**/v1/session", timeout=60_000) as answer:
        os.kill(next(one["pid"] for one in processes if one["name"] == "api"), signal.SIGKILL)
    assert answer.value.status == 503
    expect(page.locator(".live")).to_have_attribute("data-state", "off")
    expect(page.locator("header textarea")).to_have_value("Chờ xe bồn")
    expect(page.locator("input[name=user]")).to_have_count(0)
    page.unroute("**/v1/session")
    page.unroute("**/v1/live")
    expect(page.locator(".live")).to_have_attribute("data-state", "on", timeout=60_000)
    expect(page.locator("header textarea")).to_have_value("Chờ xe bồn")


def test_notes_for_the_next_shift_stay_while_something_is_looked_up_and_nobody_else_sees_them(
    page: Page, stack: Center
) -> None:
    sign_in(page, stack)
    page.goto("/#/handover")
    words = page.locator("textarea[name=notes]")
    words.fill("Theo dõi lộ 471")
    page.goto("/#/")
    expect(page.locator("#list-title")).to_be_visible()
    page.goto("/#/handover")
    expect(words).to_have_value("Theo dõi lộ 471")
    page.context.clear_cookies()
    page.locator("form.card button.primary").evaluate("(button) => button.click()")
    again(page, stack, "admin")
    expect(words).to_have_value("")


def test_a_silence_and_works_that_are_being_written_stay_while_something_is_looked_up(
    page: Page, stack: Center
) -> None:
    sign_in(page, stack)
    page.goto("/#/silences")
    page.locator("input[name=reason]").fill("Đang thay đồng hồ đo")
    page.locator("main summary").click()
    page.locator("input[name=works-reason]").fill("Thay ống")
    fill_when(page, "works-from", "2026-12-24", "07:30")
    page.goto("/#/")
    expect(page.locator("#list-title")).to_be_visible()
    page.goto("/#/silences")
    expect(page.locator("input[name=reason]")).to_have_value("Đang thay đồng hồ đo")
    expect(page.locator("input[name=works-reason]")).to_be_visible()
    expect(page.locator("input[name=works-reason]")).to_have_value("Thay ống")
    expect(page.locator("input[name=works-from-time]")).to_have_value("07:30")


def test_the_list_of_hand_overs_that_is_slow_holds_nothing_up(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    held: list[Route] = []
    page.route("**/v1/handovers?*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright cannot mark a built-in
    with page.expect_request("**/v1/handovers?*"):
        page.goto("/#/handover")
    page.locator("textarea[name=notes]").fill("Đêm yên tĩnh")
    give = page.locator("form.card button.primary")
    expect(give).to_be_enabled()
    with page.expect_response(lambda answer: answer.request.method == "POST") as given:
        give.click()
    assert given.value.status == 201
    for route in held:
        route.continue_()


def test_a_command_whose_answer_got_lost_is_carried_out_once(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 3)
    sign_in(page, stack)
    search_out(page, incident["id"])

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(f"**/v1/incidents/{incident['id']}/commands", lose, times=1)
    page.keyboard.press("n")
    page.keyboard.type("Một lần thôi")
    save = page.locator("header form button.primary")
    save.click()
    expect(page.locator(".error")).to_contain_text("Máy chủ không trả lời")
    save.click()
    expect(page.locator(".done")).to_contain_text("Ghi chú")
    assert notes(stack, incident) == ["Một lần thôi"]


def test_keys_mean_the_same_with_caps_lock_and_do_nothing_twice(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 4)
    sign_in(page, stack)
    search_out(page, incident["id"])
    page.keyboard.press("A")
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_have_attribute("data-state", "acknowledged")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/commands") else None)
    page.keyboard.press("a")
    page.keyboard.press("t")
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_have_attribute("data-state", "in_progress")
    assert len(sent) == 1


def test_a_command_by_keyboard_leaves_the_focus_at_the_commands(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 5)
    sign_in(page, stack)
    search_out(page, incident["id"])
    page.locator("[data-command=acknowledge]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-command=acknowledge]")).to_have_count(0)
    expect(page.locator(".commands")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("[data-command=take]")).to_be_focused()


def somebody_else_is_faster(page: Page, stack: Center, incident: dict[str, str]) -> None:
    """Before the next command arrives another one takes the incident."""
    path = f"/v1/incidents/{incident['id']}/commands"

    def after_somebody_else(route: Route) -> None:
        version = stack.get(f"/v1/incidents/{incident['id']}")["version"]
        assert stack.http.post(path, json={"command": "take", "version": version}).status_code == 200
        route.continue_()

    page.route(f"**{path}", after_somebody_else, times=1)


def test_a_conflict_that_is_settled_closes_the_form(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 6)
    sign_in(page, stack)
    search_out(page, incident["id"])
    somebody_else_is_faster(page, stack, incident)
    page.keyboard.press("n")
    page.keyboard.type("Cần xe bơm")
    page.locator("header form button.primary").click()
    page.get_by_test_id("conflict").locator("button.primary").click()
    expect(page.locator("header textarea")).to_have_count(0)
    assert notes(stack, incident) == ["Cần xe bơm"]


def test_words_that_are_changed_after_a_conflict_are_what_is_sent(page: Page, stack: Center, network: Network) -> None:
    incident = burst(network, 10)
    sign_in(page, stack)
    search_out(page, incident["id"])
    somebody_else_is_faster(page, stack, incident)
    page.keyboard.press("n")
    page.keyboard.type("Cần xe bơm")
    save = page.locator("header form button.primary")
    save.click()
    expect(page.get_by_test_id("conflict")).to_be_visible()
    page.locator("header textarea").press_sequentially(" số 2")
    expect(page.get_by_test_id("conflict")).to_have_count(0)
    save.click()
    expect(page.locator("header textarea")).to_have_count(0)
    assert notes(stack, incident) == ["Cần xe bơm số 2"]


def test_a_severity_begins_with_the_present_one_and_others_to_merge_can_be_told(
    page: Page, stack: Center, network: Network
) -> None:
    incident = burst(network, 7)
    sign_in(page, stack)
    search_out(page, incident["id"])
    page.locator("[data-write=severity]").click()
    expect(page.locator("header form select")).to_have_value(str(incident["severity"]))
    page.locator("[data-write=merge]").click()
    expect(page.locator("select[name=other] option").nth(1)).to_contain_text(" km")


def test_the_owner_of_an_incident_leaves_its_title_room(chromium: Browser, stack: Center, network: Network) -> None:
    incident = burst(network, 8)
    context, page = opened(chromium, stack)
    sign_in(page, stack)
    search_out(page, incident["id"])
    line = page.locator(f".rows [data-incident='{incident['id']}']")
    title, age = line.locator(".title"), line.locator(".age")
    expect(title).to_be_visible()

    def places() -> tuple[float, float]:
        name, clock = title.bounding_box(), age.bounding_box()
        assert name is not None and clock is not None
        return name["width"], clock["x"] + clock["width"]

    before = places()
    version = stack.get(f"/v1/incidents/{incident['id']}")["version"]
    command = {"command": "assign", "version": version, "assignee": "Đội sửa chữa đường ống số 3"}
    assert stack.http.post(f"/v1/incidents/{incident['id']}/commands", json=command).status_code == 200
    expect(line).to_have_attribute("data-state", "in_progress")
    after = places()
    assert abs(after[1] - before[1]) < 2, "the age stays at the edge"
    assert after[0] > before[0] - 20, "the title is no narrower"
    context.close()


def test_what_nobody_registered_has_a_title_that_fits_and_says_that_its_place_is_not_known(
    page: Page, stack: Center
) -> None:
    name = "tram-" + "x" * 90
    play(stack, [raised("power.outage", name, 30)])
    incident = incident_of(stack, name)
    sign_in(page, stack)
    search_out(page, incident["id"])
    title = page.locator("#detail-title")
    expect(title).to_contain_text(name)
    assert title.evaluate("(title) => title.scrollWidth <= title.clientWidth")
    expect(page.locator(f".rows [data-incident='{incident['id']}']")).to_contain_text("Không rõ khu vực")
    expect(page.locator(".body dl").first).to_contain_text("Không rõ khu vực")
