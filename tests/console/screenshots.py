"""Takes the pictures of `docs/images/`: a center with the demo city, some trips, the main screens."""

import os
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.center import Center, running_center
from tests.console.chromium import MISSING, find_chromium, running_chromium
from tests.console.scene import Network, incident_of, play, raised
from tests.console.screens import DESK, PHONE, map_is_drawn, opened, row, sign_in, wall
from tests.contract.tree import ROOT

IMAGES = ROOT / "docs" / "images"


def stage(center: Center) -> dict[str, str]:
    """Something of every severity; the answer is the incident worth a look."""
    network = Network(center)
    feeders = network.feeders_with_signals()
    for feeder in feeders[:3]:
        play(center, network.trip(feeder))
    play(center, [raised("river.high_water", network.of_kind("river_reach")[3], 400, "minor")])
    play(center, [raised("water.burst", network.of_kind("water_main")[4], 300)])
    play(center, [raised("air.smoke", network.of_kind("stack")[0], 900, "warning")])
    return incident_of(center, feeders[0], 4)


def shoot(page: Page, name: str) -> None:
    """One picture, once the map is idle."""
    map_is_drawn(page)
    page.screenshot(path=str(IMAGES / f"{name}.png"), animations="disabled")
    print(f"screenshots: docs/images/{name}.png")


def pictures(center: Center, path: str) -> None:
    """The live screen in both languages and themes, the wall, and a phone."""
    incident = stage(center)
    with running_chromium(path) as browser:
        context, page = opened(browser, center, DESK)
        page.screenshot(path=str(IMAGES / "console-login.png"))
        sign_in(page, center)
        row(page, incident["id"])
        expect(page.get_by_test_id("why").first).to_be_visible(timeout=15_000)
        shoot(page, "live")
        page.get_by_test_id("language").click()
        page.get_by_role("button", name="Light").click()
        shoot(page, "live-en-light")
        context.close()
        with wall(browser, center, "1080p") as page:
            page.keyboard.press("Space")
            shoot(page, "wall")
        context, page = opened(browser, center, PHONE)
        sign_in(page, center)
        row(page, incident["id"])
        expect(page.get_by_test_id("why").first).to_be_visible(timeout=15_000)
        page.screenshot(path=str(IMAGES / "console-phone.png"))
        context.close()


def main() -> None:
    """Starts a center of its own, or says in one sentence why not."""
    path = find_chromium(os.environ.get("SOC_CHROMIUM", ""))
    if path is None:
        sys.exit(MISSING)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running_center(Path(folder) / "run", SOC_DEMO="1") as center:
        pictures(center, path)


if __name__ == "__main__":
    main()
