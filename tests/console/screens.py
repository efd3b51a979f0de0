"""The console as an operator uses it: signing in, choosing, waiting for what the screen says."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.center import Center

DESK = (1366, 768)
PHONE = (390, 844)
WALLS = {"1080p": (1920, 1080), "4K": (3840, 2160)}


def opened(browser: Browser, center: Center, size: tuple[int, int] = DESK) -> tuple[BrowserContext, Page]:
    """A fresh browser profile on the console's first page; times in the browser's own zone must not matter."""
    context = browser.new_context(
        base_url=center.url,
        viewport={"width": size[0], "height": size[1]},
        timezone_id="America/New_York",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto("/")
    return context, page


def sign_in(page: Page, center: Center, user: str = "operator") -> None:
    """Through the form, as people do; returns when the live line stands."""
    page.locator("input[name=user]").fill(user)
    page.locator("input[name=password]").fill(center.credentials["users"][user])
    page.locator("form button.primary").click()
    expect(page.get_by_test_id("connection")).to_be_visible(timeout=15_000)
    expect(page.locator(".live")).to_have_attribute("data-state", "on", timeout=15_000)


def map_is_drawn(page: Page) -> None:
    """Waits until the map says that it is idle."""
    expect(page.locator("[data-map]")).to_have_attribute("data-idle", "true", timeout=15_000)


def row(page: Page, incident_id: str) -> None:
    """Selects an incident in the list."""
    page.locator(f".rows [data-incident='{incident_id}']").click()


def search_out(page: Page, incident_id: str) -> None:
    """Selects an incident by its number, wherever it stands: of a long list only what is seen is drawn."""
    page.locator("#search").fill(incident_id)
    expect(page.locator(".rows [data-incident]")).to_have_count(1)
    row(page, incident_id)


def fill_when(inside: Page | Locator, name: str, day: str, time: str) -> None:
    """Fills a field of day and time, of 24 hours."""
    inside.locator(f"[name={name}]").fill(day)
    inside.locator(f"[name={name}-time]").fill(time)
    inside.locator(f"[name={name}-time]").blur()


def choose(page: Page, screen: str) -> None:
    """From the bar's menu, by keyboard."""
    page.get_by_test_id("more").focus()
    page.keyboard.press("Enter")
    page.locator(f"[data-screen={screen}]").press("Enter")
    expect(page.locator(".page h2").first).to_be_visible()


def sign_in_a_wall(page: Page, center: Center) -> None:
    """Opens the wall by its address, as a viewer."""
    page.goto("/?wall=1")
    page.get_by_role("button", name="Đăng nhập bằng tài khoản").click()
    page.locator("input[name=user]").fill("viewer")
    page.locator("input[name=password]").fill(center.credentials["users"]["viewer"])
    page.locator("form button.primary").click()


@contextmanager
def wall(browser: Browser, center: Center, size: str) -> Iterator[Page]:
    """Held, with its map drawn."""
    width, height = WALLS[size]
    context = browser.new_context(
        base_url=center.url, viewport={"width": width, "height": height}, reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in_a_wall(page, center)
    expect(page.locator(".wall ol li").first).to_be_visible(timeout=15_000)
    page.keyboard.press("Space")
    expect(page.locator(".paused")).to_contain_text("Đang giữ màn hình")
    map_is_drawn(page)
    yield page
    context.close()
