"""An exercise, on every screen: nobody may take it for real."""

import json
import os
import signal

from playwright.sync_api import Page, Route, expect

from tests.center import Center
from tests.console.screens import sign_in

NAME = "Diễn tập lũ 2026"


def plays(page: Page) -> None:
    """From now on the center says that it plays an exercise."""

    def said(route: Route) -> None:
        route.fulfill(json={**route.fetch().json(), "exercise": NAME})

    page.route("**/v1/city", said)


def test_it_is_said_on_every_screen_in_the_title_of_the_tab_and_on_paper(page: Page, stack: Center) -> None:
    plays(page)
    sign_in(page, stack)
    banner = page.locator(".banners")
    for screen in ("", "replay", "handover", "day"):
        page.goto(f"/#/{screen}")
        expect(banner).to_contain_text(f"DIỄN TẬP: {NAME}")
    assert NAME in page.title()
    page.emulate_media(media="print")
    expect(banner.locator(".exercise")).to_be_visible()
    page.goto("/?wall=1")
    expect(banner).to_contain_text(f"DIỄN TẬP: {NAME}")


def test_a_screen_that_stays_open_learns_that_its_center_now_plays_one(page: Page, stack: Center) -> None:
    """A wall is not reloaded when its center starts anew."""
    sign_in(page, stack)
    expect(page.locator(".exercise")).to_have_count(0)
    plays(page)
    processes = json.loads(stack.soc("status", "--json").stdout)["processes"]
    os.kill(next(one["pid"] for one in processes if one["name"] == "api"), signal.SIGKILL)
    expect(page.locator(".exercise")).to_contain_text(NAME, timeout=60_000)
