"""For whoever sees little: pages at 400 %, and letters that a browser is set to draw twice as large."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center
from tests.console.chromium import WITH_LARGE_LETTERS, another
from tests.console.conftest import WISH
from tests.console.scene import play, raised
from tests.console.screens import opened, sign_in

AT_400_PERCENT = (320, 256)
"""1280 x 1024 (WCAG 2.2, 1.4.10)."""


@pytest.fixture(scope="module")
def large(chromium: Browser) -> Iterator[Browser]:
    with another(chromium, WISH, WITH_LARGE_LETTERS) as browser:
        yield browser


def overflow(page: Page) -> int:
    """Pixels of the page beside the window."""
    found: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return found


def test_at_400_percent_every_screen_is_in_the_menu_and_the_menu_in_the_window(
    chromium: Browser, stack: Center
) -> None:
    context, page = opened(chromium, stack, AT_400_PERCENT)
    sign_in(page, stack)
    page.get_by_test_id("more").press("Enter")
    menu = page.locator("nav details > div")
    expect(menu).to_be_visible()
    box = menu.bounding_box()
    assert box and box["x"] >= 0 and box["x"] + box["width"] <= AT_400_PERCENT[0]
    assert box["y"] + box["height"] <= AT_400_PERCENT[1]
    last = menu.locator("a").last
    last.press("Enter")
    expect(page.locator(".page h2").first).to_be_visible()
    assert overflow(page) <= 0
    context.close()


def test_letters_are_as_large_as_the_browser_is_set_to_and_rows_grow_with_them(large: Browser, stack: Center) -> None:
    mains = stack.get("/v1/assets", kind="water_main", limit=500)["items"]
    play(stack, [raised("water.burst", one["id"], 60) for one in mains[-2:]])
    context, page = opened(large, stack, (1280, 1024))
    sign_in(page, stack)
    rows = page.locator(".rows [data-incident]")
    expect(rows.nth(1)).to_be_visible()
    title, state = rows.first.locator("b, .title").first, rows.first.locator(".state")
    assert page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") == 30
    boxes = [one.bounding_box() for one in (rows.first, title, state, rows.nth(1))]
    row, above, below, following = [one or pytest.fail("it is not drawn") for one in boxes]
    assert row["y"] <= above["y"] and below["y"] + below["height"] <= row["y"] + row["height"] <= following["y"] + 1
    for screen in ("live", "indicators", "rules"):
        page.goto(f"/#/{screen}")
        expect(page.locator(".page h2, .rows").first).to_be_visible()
        assert overflow(page) <= 0, screen
    context.close()
