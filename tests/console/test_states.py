"""Every state of the live screen: clean for axe in both themes, drawn, built alike, in English, flat in memory."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.pictures import hidden_critical_marks, look, structure
from tests.console.scene import Network, incident_of, play, raised
from tests.console.screens import map_is_drawn, row, sign_in, wall

THEMES = {"dark": (10, 90), "light": (170, 250)}
"""Mean lightness of a page."""


@pytest.fixture(scope="module")
def outage(stack: Center) -> dict[str, str]:
    network = Network(stack)
    feeder = network.feeders_with_signals()[14]
    play(stack, network.trip(feeder))
    play(stack, [raised("river.high_water", network.of_kind("river_reach")[5], 60, "minor")])
    return incident_of(stack, feeder, 3)


def dressed(page: Page, stack: Center, theme: str) -> None:
    sign_in(page, stack)
    if theme == "light":
        page.get_by_role("button", name="Nền sáng").click()


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_in_any_state(page: Page, stack: Center, outage: dict[str, str], theme: str) -> None:
    dressed(page, stack, theme)
    row(page, outage["id"])
    expect(page.get_by_test_id("why").first).to_be_visible(timeout=15_000)
    found: dict[str, list[str]] = {}
    page.locator(f"[data-pick='{outage['id']}']").check()
    for form in ("note", "assign", "severity", "merge"):
        page.locator(f"[data-write={form}]").click()
        found[form] = violations(page)
    page.locator("[data-command=shelve]").click()
    found["shelve"] = violations(page)
    page.get_by_text("Chú giải").click()
    found["layers"] = violations(page)
    page.locator(".filters summary").click()
    page.locator("select[name=grouping]").select_option("severity")
    found["groups"] = violations(page)
    page.locator("#search").fill("khong co gi nhu the")
    expect(page.get_by_text("Không có sự cố nào khớp bộ lọc.")).to_be_visible()
    found["nothing found"] = violations(page)
    assert {state: problems for state, problems in found.items() if problems} == {}


def test_a_picture_of_each_theme_is_drawn_and_built_alike(page: Page, stack: Center, outage: dict[str, str]) -> None:
    sign_in(page, stack)
    row(page, outage["id"])
    expect(page.get_by_test_id("why").first).to_be_visible(timeout=15_000)
    built = {}
    for theme, (darkest, lightest) in THEMES.items():
        if theme == "light":
            page.get_by_role("button", name="Nền sáng").click()
        map_is_drawn(page)
        whole, ground = look(page), look(page, "[data-map]")
        assert darkest < whole["light"] < lightest, theme
        assert ground["colours"] > 20 and ground["largest"] < 0.97, f"the map is blank: {theme} {ground}"
        assert hidden_critical_marks(page) == 0
        built[theme] = structure(page)
    assert built["dark"] == built["light"]


def test_a_picture_of_the_wall_at_4k_is_drawn(chromium: Browser, stack: Center, outage: dict[str, str]) -> None:
    with wall(chromium, stack, "4K") as page:
        ground = look(page, "[data-map]")
        assert ground["colours"] > 20 and ground["largest"] < 0.97, ground
        assert hidden_critical_marks(page) == 0


def test_the_room_works_in_english(page: Page, stack: Center, outage: dict[str, str]) -> None:
    sign_in(page, stack)
    page.get_by_test_id("language").click()
    row(page, outage["id"])
    expect(page.locator("#detail-title")).to_have_text(outage["title"])
    for name in ("Acknowledge", "Take", "Note", "Assign"):
        expect(page.locator(".commands").get_by_role("button", name=re.compile(name)).first).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Go to the reasons")
    page.keyboard.press("Escape")
    page.locator(f"[data-pick='{outage['id']}']").check()
    expect(page.locator(".picks")).to_contain_text("1 picked")
    page.locator(".filters summary").click()
    expect(page.get_by_text("Saved views")).to_be_visible()
    with page.expect_download() as given:
        page.locator("[data-export=csv]").click()
    assert outage["id"] in given.value.path().read_text("utf-8-sig")
    words = page.locator("main").inner_text()
    assert "Bộ lọc" not in words and "Chi tiết" not in words


def test_the_heap_is_flat_while_incidents_change_and_are_looked_at(
    page: Page, stack: Center, outage: dict[str, str]
) -> None:
    sign_in(page, stack)
    session = page.context.new_cdp_session(page)
    version = stack.get(f"/v1/incidents/{outage['id']}")["version"]
    sizes = []
    for turn in range(4):
        for number in range(60):
            said = {"command": "severity", "version": version, "note": "?", "severity": ["major", "minor"][number % 2]}
            answer = stack.http.post(f"/v1/incidents/{outage['id']}/commands", json=said)
            version = answer.json().get("version", version)
            if number % 20 == 0:
                page.locator(".rows [data-incident]").nth(number // 20 % 2).click()
        page.keyboard.press("Escape")
        expect(page.locator("#detail-title")).to_have_class(re.compile("hidden"))
        session.send("HeapProfiler.collectGarbage")
        sizes.append(session.send("Runtime.getHeapUsage")["usedSize"] / 1_000_000)
        assert turn == 0 or sizes[-1] < sizes[0] + 2, f"MB after each 60 changes: {sizes}"
