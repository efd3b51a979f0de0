"""An incident by hand: what somebody told by telephone becomes an incident, by keyboard alone or by the map."""

import re

from playwright.sync_api import Browser, Page, Route, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.screens import PHONE, map_is_drawn, opened, sign_in


def zone_of(center: Center, number: int) -> dict[str, str]:
    """The n-th zone with a place."""
    found = center.get("/v1/assets", kind="zone", limit=50)["items"]
    return [one for one in found if one["position"]][number]  # type: ignore[no-any-return]


def typed(page: Page, text: str) -> None:
    """Goes on to the next field and types there."""
    page.keyboard.press("Tab")
    page.keyboard.type(text)


def test_a_call_becomes_an_incident_by_keyboard_alone_and_leads_to_it(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    zone = zone_of(stack, 0)
    page.keyboard.press("i")
    expect(page.locator("[name=tell-category]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[name=tell-category]")).to_have_value("crash")
    typed(page, zone["id"])
    expect(page.locator(f"[data-place={zone['id']}]")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#tell-place")).to_contain_text("Vị trí: ")
    expect(page.locator("[name=tell-where]")).to_have_value(zone["name_vi"])
    page.locator("[name=tell-where]").focus()
    typed(page, "Hai xe tải va nhau")
    typed(page, "Chị Lan, 0912 000 111")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("told")).to_have_count(0, timeout=20_000)
    expect(page.locator("#detail-title")).to_have_text(re.compile("Người dân báo tai nạn"))
    expect(page.locator(".detail")).to_contain_text("Hai xe tải va nhau")
    expect(page.locator(".detail")).to_contain_text("Người báo: Chị Lan, 0912 000 111")
    page.keyboard.press("i")
    expect(page.locator("[name=tell-text]")).to_have_value("")


def test_a_place_is_picked_on_the_map_or_typed_as_coordinates(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    map_is_drawn(page)
    page.get_by_test_id("language").click()
    page.get_by_test_id("tell").click()
    assert violations(page) == []
    where, send = page.locator("[name=tell-where]"), page.get_by_role("button", name="Send")
    page.locator("[name=tell-category]").select_option("waste")
    page.locator("[name=tell-text]").fill("A heap of rubbish")
    where.fill("nowhere at all")
    expect(where).to_have_attribute("aria-invalid", "true")
    expect(send).to_be_disabled()
    where.fill("10.98000, 106.67000")
    expect(page.locator(".pin")).to_be_visible()
    expect(send).to_be_enabled()
    page.locator("[data-map]").click(position={"x": 200, "y": 260})
    expect(where).not_to_have_value("10.98000, 106.67000")
    expect(where).to_have_value(re.compile(r"^1[01]\.\d{5}, 106\.\d{5}$"))
    page.get_by_role("button", name="Light").click()
    assert violations(page) == []
    send.click()
    expect(page.locator("#detail-title")).to_have_text(re.compile("Waste reported"), timeout=20_000)
    expect(page.locator(".pin")).to_have_count(0)


def test_what_was_written_waits_while_one_looks_at_something_else(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    page.get_by_test_id("tell").click()
    page.locator("[name=tell-text]").fill("Khói đen")
    page.keyboard.press("Escape")
    expect(page.locator("[name=tell-text]")).to_have_count(0)
    page.get_by_test_id("tell").click()
    expect(page.locator("[name=tell-text]")).to_have_value("Khói đen")
    keys: list[str] = []

    def away(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        route.fulfill(status=503, json={"detail": "Kafka"})

    page.route("**/v1/incidents", away)
    page.locator("[name=tell-category]").select_option("smoke")
    page.locator("[name=tell-where]").fill("10.98, 106.67")
    page.get_by_role("button", name="Gửi").click()
    expect(page.get_by_role("alert")).to_contain_text("Kafka")
    expect(page.locator("[name=tell-text]")).to_have_value("Khói đen")
    for text in ("Khói đen", "Khói trắng"):
        page.locator("[name=tell-text]").fill(text)
        with page.expect_response("**/v1/incidents"):
            page.get_by_role("button", name="Gửi").click()
    assert keys[0] == keys[1] != keys[2], "what is sent again is the same report, what was edited is another"


def test_a_viewer_tells_nothing(page: Page, stack: Center) -> None:
    sign_in(page, stack, "viewer")
    expect(page.locator("#list-title")).to_be_visible()
    expect(page.get_by_test_id("tell")).to_have_count(0)
    page.keyboard.press("i")
    expect(page.locator("[name=tell-category]")).to_have_count(0)


def test_on_a_phone_the_map_leads_back_to_the_form(chromium: Browser, stack: Center) -> None:
    context, page = opened(chromium, stack, PHONE)
    sign_in(page, stack)
    page.get_by_test_id("tell").click()
    page.get_by_role("button", name="Chọn trên bản đồ").click()
    map_is_drawn(page)
    page.locator("[data-map]").click(position={"x": 150, "y": 300})
    expect(page.locator("#tell-place")).to_contain_text("Vị trí: ")
    expect(page.locator("[name=tell-where]")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
    context.close()
