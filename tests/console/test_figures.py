"""The screens of figures: the day, parks, areas."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.scene import day_of, incident_of, play, raised
from tests.console.screens import PHONE, choose, opened, sign_in
from tests.waiting import until

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
    began = day_of(burst)
    page.goto(f"/#/day/{began}")
    expect(page.get_by_role("row", name=re.compile("Cấp nước"))).to_be_visible()
    opened_then = stack.get("/v1/indicators/day", day=began)["opened"]
    expect(page.locator(".tiles div").first).to_contain_text(str(opened_then))
    assert violations(page) == []
    for _ in range(2):
        shown = page.locator(".page h2").inner_text()
        page.get_by_role("button", name="Ngày trước").click()
        expect(page.locator(".page h2")).not_to_have_text(shown)
    expect(page.get_by_text("Không có sự cố nào bắt đầu trong ngày này.")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.get_by_test_id("more")).to_be_hidden()
    expect(page.get_by_text("lập lúc")).to_be_visible()


KWH = {
    "asset": "park-bau-bang",
    "indicator": "electricity",
    "version": 1,
    "step": "day",
    "at": "2026-11-29T17:00:00Z",
    "value": 36_765.98,
    "numerator": 36_765.98,
    "denominator": None,
    "coverage": 1.0,
    "low": 36_765.98,
    "high": 36_765.98,
    "notes": [],
    "computed_at": "2026-11-30T01:00:00Z",
}


def printed_with_its_time(page: Page) -> None:
    """On paper it says of which center and of which time it tells."""
    page.emulate_media(media="print")
    expect(page.locator("main output")).to_have_text(re.compile(r"20\d\d"))
    expect(page.locator("main output")).to_be_visible()
    expect(page.get_by_test_id("printed")).to_be_visible()


def test_parks_say_why_they_are_not_ranked_and_each_has_its_page(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    choose(page, "parks")
    others = page.locator("[data-size=none]")
    expect(others.locator("tbody tr")).to_have_count(len(stack.get("/v1/parks/ranking")["items"]))
    expect(others.locator("tbody tr").first.locator("td").first).not_to_have_text("–")
    assert violations(page) == []
    printed_with_its_time(page)
    expect(page.locator("[name=indicator]")).to_be_visible()
    page.emulate_media(media="screen")
    page.locator("[data-park=park-bau-bang]").press("Enter")
    expect(page.get_by_role("heading", name="KCN Bàu Bàng")).to_be_visible()
    printed_with_its_time(page)
    expect(page.get_by_role("link", name=re.compile("CSV"))).to_have_count(0)
    page.emulate_media(media="screen")
    expect(page.get_by_text("Decree 35/2022").first).to_be_visible()
    expect(page.locator("[aria-labelledby=criteria]").last).not_to_contain_text("_")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("CSV")).click()
    assert "park-bau-bang" in download.value.path().read_text("utf-8-sig")
    assert violations(page) == []


def test_figures_of_one_time_or_indicator_never_stand_under_the_name_of_another(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    choose(page, "parks")
    expect(page.locator("[data-park]").first).to_be_visible()
    page.route("**/v1/parks/ranking?*", lambda route: route.abort())
    page.locator("[data-span=before]").press("Enter")
    expect(page.locator("main [role=alert]")).to_be_visible()
    expect(page.locator("[data-park]")).to_have_count(0)
    page.route("**/v1/indicators/values?*indicator=electricity&*", lambda route: route.fulfill(json={"items": [KWH]}))
    page.route("**/v1/indicators/values?*indicator=system_input&*", lambda route: route.abort())
    page.goto("/#/indicators/every")
    expect(page.locator("[data-indicator]")).to_contain_text("kWh")
    page.locator("[name=formula]").select_option("system_input")
    expect(page.locator("main [role=alert]")).to_be_visible()
    expect(page.locator("[data-indicator]")).to_have_count(0)


def test_an_area_shows_its_incidents_live_and_leads_to_them(page: Page, stack: Center, burst: dict[str, str]) -> None:
    sign_in(page, stack)
    choose(page, "areas")
    page.locator("input[name=area]").fill("thuan an")
    page.locator(f"[data-area={LEGACY}]").press("Enter")
    expect(page.locator("#area-title")).to_be_focused()
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


@pytest.fixture(scope="module")
def high_water(stack: Center) -> None:
    """A stage between alert levels II and III of its station, and 30 km/h all along QL13, two minutes ago."""
    now = datetime.now(UTC)
    loops = [one["id"] for one in stack.get("/v1/assets", kind="sensor", limit=5000)["items"]]
    measured = [(f"{one}/speed_kmh", "km/h", 30.0) for one in loops if one.startswith("loop-ql13-")]
    measured.append(("gauge-bien-hoa/stage_m", "m", 2.1))
    data = [{"n": name, "u": unit, "v": value, "t": now.timestamp() - 120} for name, unit, value in measured]
    event = {"specversion": "1.0", "source": "/test/figures", "type": "city.readings", "time": now.isoformat()}
    assert stack.post({**event, "id": now.isoformat(), "data": data}).json()["accepted"] == 1


def tab(page: Page, name: str) -> None:
    """Opens a part of the indicators by keyboard."""
    page.locator(f"[data-tab={name}]").press("Enter")
    expect(page.locator(f"[data-tab={name}]")).to_have_attribute("aria-current", "page")
    expect(page.locator(".page [role=status]")).to_have_count(0)


def test_indicators_show_levels_with_their_limits_and_where_they_come_from(
    page: Page, stack: Center, high_water: None
) -> None:
    sign_in(page, stack)
    page.locator("[data-screen=indicators]").click()
    until(lambda: stack.get("/v1/indicators/traffic")["corridors"][0]["level"], "the level of QL13")
    page.reload()
    road = page.locator("[data-tile='QL13 chiều vào']")
    expect(road).to_contain_text("30 km/h D", timeout=20_000)
    road.get_by_role("button").press("Enter")
    expect(road).to_contain_text("50 % tốc độ thông thoáng")
    tab(page, "rivers")
    gauge = page.locator("[data-tile]").filter(has_text="Biên Hoà").first
    expect(gauge).to_contain_text(re.compile(r"trên báo động II · \d\d:\d\d"), timeout=20_000)
    silent = page.locator("[data-tile]").filter(has_text="Sông Bé").first
    expect(silent).to_contain_text("không có số liệu")
    gauge.get_by_role("button").press("Enter")
    expect(gauge).to_contain_text("Báo động III, trạm Biên Hoà")
    assert violations(page) == []


def test_the_quality_of_rivers_is_asked_again_each_minute(page: Page, stack: Center) -> None:
    page.clock.install()
    sign_in(page, stack)
    page.locator("[data-screen=indicators]").click()
    tab(page, "rivers")
    with page.expect_response("**/v1/indicators/rivers"):
        page.clock.fast_forward(61_000)


def test_every_part_of_the_indicators_answers_in_both_themes(page: Page, stack: Center, burst: dict[str, str]) -> None:
    sign_in(page, stack)
    page.goto("/#/indicators")
    for name in ("traffic", "air", "rivers", "every", "desk", "room"):
        tab(page, name)
        expect(page.get_by_role("alert")).to_have_count(0)
        assert violations(page) == [], name
    page.get_by_role("button", name="Nền sáng").click()
    for name in ("air", "desk"):
        tab(page, name)
        assert violations(page) == [], name


def test_the_desk_s_load_and_the_room_s_times_count_what_was_done(
    page: Page, stack: Center, burst: dict[str, str]
) -> None:
    incident = stack.get(f"/v1/incidents/{burst['id']}")
    if not incident["acknowledged_by"]:
        wish = {"command": "acknowledge", "version": incident["version"]}
        assert stack.http.post(f"/v1/incidents/{burst['id']}/commands", json=wish).status_code == 200
    sign_in(page, stack)
    page.goto("/#/indicators/desk")
    expect(page.locator("[data-desk='']")).to_contain_text("Trung bình trong 10 phút")
    tab(page, "room")
    whole = stack.get("/v1/indicators/room")["figures"][0]
    cells = page.get_by_test_id("room").locator("tbody tr").first.locator("td")
    expect(cells.nth(0)).to_have_text(str(whole["incidents"]))
    expect(cells.nth(1)).to_have_text(str(whole["acknowledge"]["count"]))
    with page.expect_download() as download:
        page.get_by_test_id("room-csv").click()
    assert download.value.path().read_text("utf-8-sig").startswith("month,by,key,incidents")


def test_screens_that_could_not_be_fetched_are_fetched_again(page: Page, stack: Center) -> None:
    sign_in(page, stack)
    page.route("**/assets/beside-*.js", lambda route: route.abort())
    page.goto("/#/areas")
    expect(page.get_by_role("alert")).to_contain_text("Không tải được màn hình")
    page.unroute("**/assets/beside-*.js")
    page.get_by_role("alert").get_by_role("button").click()
    expect(page.get_by_role("heading", name="Địa bàn", level=2)).to_be_visible()
