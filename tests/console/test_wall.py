"""The wall: read from three metres, from 1080p to 4K, by nobody who presses anything."""

import json
import os
import re
import signal

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center
from tests.console.axe import violations
from tests.console.scene import Network, incident_of, play
from tests.console.screens import sign_in_a_wall, wall

PARTS = {"title": "h1", "clock": "header time", "row": ".wall ol li", "mark": ".mark svg", "name": ".place span"}


@pytest.fixture(scope="module")
def outage(stack: Center) -> dict[str, str]:
    feeder = Network(stack).feeders_with_signals()[12]
    play(stack, Network(stack).trip(feeder))
    return incident_of(stack, feeder, 3)


def sizes(page: Page) -> dict[str, float]:
    """Height on the screen of every kind of thing: text, list, marks and names of the map."""
    found = {}
    for name, selector in PARTS.items():
        box = page.locator(selector).first.bounding_box()
        assert box, selector
        found[name] = box["height"]
    return found


def test_one_factor_makes_the_same_picture_at_1080p_and_4k(
    chromium: Browser, stack: Center, outage: dict[str, str]
) -> None:
    with wall(chromium, stack, "1080p") as page:
        small = sizes(page)
    with wall(chromium, stack, "4K") as page:
        large = sizes(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    grown = {name: large[name] / small[name] for name in small}
    assert grown == pytest.approx(dict.fromkeys(small, 2.0), rel=0.08), "letters are drawn in whole pixels"


def test_it_turns_to_an_incident_with_its_chain_and_can_be_held(
    chromium: Browser, stack: Center, outage: dict[str, str]
) -> None:
    with wall(chromium, stack, "1080p") as page:
        scene = page.locator(".wall")
        for _ in range(4):
            if scene.get_attribute("data-scene") != "incident":
                page.keyboard.press("ArrowRight")
        expect(scene).to_have_attribute("data-scene", "incident")
        expect(page.locator(".graph li").first).to_be_visible(timeout=10_000)
        assert violations(page) == []
        assert page.locator("[data-command], [data-pick]").count() == 0
        for _ in range(4):
            if scene.get_attribute("data-scene") != "figures":
                page.keyboard.press("ArrowRight")
        expect(page.get_by_role("heading", name="Lĩnh vực")).to_be_visible()


def test_it_claims_no_calm_before_it_knows(page: Page, stack: Center) -> None:
    page.route("**/v1/live", lambda _route: None)
    sign_in_a_wall(page, stack)
    expect(page.locator(".wall ol li")).to_have_text("Đang tải sự cố…")
    assert page.locator(".wall header li b").all_inner_texts() == ["–"] * 4
    page.keyboard.press("ArrowRight")
    expect(page.locator(".wall")).not_to_contain_text("Không có sự cố nào đang mở")


def test_its_head_is_calm_no_more_while_a_stage_stands_still(chromium: Browser, stack: Center) -> None:
    processes = json.loads(stack.soc("status", "--json").stdout)["processes"]
    (webhooks,) = (one["pid"] for one in processes if one["name"] == "webhooks")
    with wall(chromium, stack, "1080p") as page:
        head, off = page.locator(".wall header .age"), re.compile(r"\boff\b")
        expect(head).not_to_have_class(off)
        os.kill(webhooks, signal.SIGSTOP)
        try:
            expect(head).to_have_class(off, timeout=40_000)
        finally:
            os.kill(webhooks, signal.SIGCONT)
        expect(head).not_to_have_class(off)


def test_a_wrong_key_of_a_screen_is_told_in_words(page: Page, stack: Center) -> None:
    page.goto("/?wall=1")
    page.locator("input[name=key]").fill(stack.key)
    page.locator("form button.primary").click()
    expect(page.get_by_role("alert")).to_contain_text("không phải khoá chỉ xem")
