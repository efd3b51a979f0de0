"""The screens of figures: the day, parks, areas."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center
from tests.console.scene import incident_of, play, raised
from tests.console.screens import PHONE, opened, sign_in
from tests.console.test_live import violations

LEGACY = "legacy-725"
"""Thuận An, as it was until 2025-06-30."""


@pytest.fixture(scope="module")
def burst(stack: Center) -> dict[str, str]:
    """A burst main within the legacy district."""
    zones = next(one["zones"] for one in stack.get("/v1/areas")["items"] if one["id"] == LEGACY)
    mains = stack.get("/v1/assets", kind="water_main", limit=500)["items"]
    name = next(one["id"] for one in mains if one["zone"] in zones)
    play(stack, [raised("water.burst", name, 45)])
    return incident_of(stack, name)


def choose(page: Page, screen: str) -> None:
    """From the bar's menu, by keyboard."""
    page.get_by_test_id("more").focus()
    page.keyboard.press("Enter")
    page.locator(f"[data-screen={screen}]").press("Enter")
    expect(page.locator(".page h2").first).to_be_visible()


def test_the_menu_opens_by_keyboard_and_says_where_one_is(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    page.get_by_test_id("more").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-screen=parks]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-screen=parks]")).to_be_hidden()
    choose(page, "day")
    expect(page.get_by_test_id("more")).to_contain_text("Tổng hợp ngày")


def test_the_day_counts_what_opened_and_steps_back(page: Page, stack: Center, burst: dict[str, str]) -> None:
    sign_in(page, stack)
    choose(page, "day")
    opened_today = stack.get("/v1/indicators/day")["opened"]
    expect(page.locator(".tiles div").first).to_contain_text(str(opened_today))
    expect(page.get_by_role("row", name=re.compile("Nước"))).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Ngày trước").click()
    expect(page.get_by_text("Không có sự cố nào bắt đầu trong ngày này.")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_test_id("more")).to_be_hidden()
    expect(page.get_by_text("lập lúc")).to_be_visible()


def test_parks_say_why_they_are_not_ranked_and_each_has_its_page(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    choose(page, "parks")
    others = page.locator("[data-size=none]")
    expect(others.locator("tbody tr")).to_have_count(len(stack.get("/v1/parks/ranking")["items"]))
    expect(others.locator("tbody tr").first.locator("td").first).not_to_have_text("–")
    assert violations(page) == []
    page.locator("[data-park=park-bau-bang]").press("Enter")
    expect(page.get_by_role("heading", name="KCN Bàu Bàng")).to_be_visible()
    expect(page.get_by_text("Decree 35/2022").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).click()
    assert "park-bau-bang" in download.value.path().read_text("utf-8-sig")
    assert violations(page) == []


def test_an_area_shows_its_incidents_live_and_leads_to_them(page: Page, stack: Center, burst: dict[str, str]) -> None:
    sign_in(page, stack)
    choose(page, "areas")
    page.locator("input[name=area]").fill("thuan an")
    page.locator(f"[data-area={LEGACY}]").press("Enter")
    shown = page.locator(f"[data-testid=area-incidents] [data-incident='{burst['id']}']")
    expect(shown).to_contain_text(burst["title_vi"])
    assert violations(page) == []
    shown.get_by_role("link").click()
    expect(page.locator("#detail-title")).to_have_text(burst["title_vi"])


def test_screens_of_figures_are_read_in_english_light_and_on_a_phone(chromium: Browser, stack: Center) -> None:
    context, page = opened(chromium, stack, PHONE)
    sign_in(page, stack)
    page.get_by_test_id("language").click()
    page.get_by_role("button", name="Light").click()
    for screen, title in (("parks", "Parks"), ("areas", "Areas"), ("day", "Daily summary")):
        page.goto(f"/#/{screen}")
        expect(page.locator(".page h2").first).to_contain_text(title)
        expect(page.locator(".page [role=status]")).to_have_count(0)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert violations(page) == []
    context.close()


def test_a_screen_that_cannot_be_answered_says_so_and_can_be_tried_again(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    page.route("**/v1/areas", lambda route: route.abort())
    choose(page, "areas")
    expect(page.get_by_role("alert")).to_contain_text("Máy chủ không trả lời")
    page.unroute("**/v1/areas")
    page.get_by_role("alert").get_by_role("button").click()
    expect(page.locator(f"[data-area={LEGACY}]")).to_be_visible()
