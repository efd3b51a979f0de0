"""An operator's own tiles: served in parts by the site itself, drawn by MapLibre, and told of where they cannot be."""

import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from tests.center import Center
from tests.console.chromium import WITH_WEBGL, another
from tests.console.conftest import WISH
from tests.console.screens import map_is_drawn, opened, sign_in
from tests.tiles import write_lake
from tests.waiting import until

TILES = "/v1/map/base.pmtiles"
WATER = (0x1D, 0x4F, 0x7A)
"""`water` of the dark theme, `src/lib/map/colours.ts`."""
WITH_MAPLIBRE = """localStorage.setItem('soc.preferences', '{"map": "maplibre"}')"""


@pytest.fixture
def lake(stack: Center) -> Iterator[Path]:
    """The file that the center's setting names, for as long as the test."""
    file = Path(stack.environment["SOC_BASE_TILES"])
    write_lake(file)
    yield file
    file.unlink()


@pytest.fixture(scope="module")
def webgl(chromium: Browser) -> Iterator[Browser]:
    with another(chromium, WISH, WITH_WEBGL) as browser:
        yield browser


def test_the_site_gives_parts_of_the_file_to_those_who_may_read(stack: Center, lake: Path) -> None:
    assert stack.get("/v1/city")["base_tiles"] == TILES
    part = stack.http.get(TILES, headers={"Range": "bytes=0-7"})
    assert (part.status_code, part.content) == (206, b"PMTiles\x03")
    assert part.headers["content-range"] == f"bytes 0-7/{lake.stat().st_size}"
    assert stack.http.get(TILES).content == lake.read_bytes()
    assert stack.http.get(TILES, headers={"Range": f"bytes={lake.stat().st_size}-"}).status_code == 416
    assert httpx.get(stack.url + TILES, trust_env=False).status_code == 401


def test_without_a_file_the_city_names_no_tiles(stack: Center) -> None:
    assert stack.get("/v1/city")["base_tiles"] is None
    refused = stack.http.get(TILES)
    assert refused.status_code == 404 and "SOC_BASE_TILES" in refused.json()["detail"]


def corner(page: Page) -> tuple[int, ...]:
    """The colour of the map's lower right corner, which is outside the city."""
    picture = Image.open(io.BytesIO(page.locator("[data-map=maplibre]").screenshot())).convert("RGB")
    found = picture.getpixel((picture.width - 8, picture.height - 8))
    assert isinstance(found, tuple)
    return found


def test_maplibre_draws_the_tiles_under_the_city(webgl: Browser, stack: Center, lake: Path) -> None:
    context, page = opened(webgl, stack)
    page.add_init_script(WITH_MAPLIBRE)
    asked: list[Request] = []

    def hear(request: Request) -> None:
        asked.append(request)

    page.on("request", hear)
    page.reload()
    sign_in(page, stack)
    map_is_drawn(page)
    until(lambda: corner(page) == WATER, "water outside the city")
    parts = [one for one in asked if urlpath(one) == TILES]
    assert parts and all(one.headers["range"].startswith("bytes=") for one in parts)
    assert [one.url for one in asked if not one.url.startswith((stack.url, f"blob:{stack.url}"))] == []
    page.get_by_role("button", name="Nền sáng").click()
    until(lambda: corner(page) not in (WATER, (0xEE, 0xF1, 0xF3)), "water of the light theme")
    context.close()


def urlpath(request: Request) -> str:
    """Without the site's address and what is asked of it."""
    return httpx.URL(request.url).path


def test_a_file_that_is_none_is_told_of(webgl: Browser, stack: Center, lake: Path) -> None:
    lake.write_bytes(b"no tiles at all" * 20)
    context, page = opened(webgl, stack)
    page.add_init_script(WITH_MAPLIBRE)
    page.reload()
    sign_in(page, stack)
    expect(page.get_by_text("Không đọc được bản đồ nền")).to_be_visible()
    context.close()


def test_the_map_without_a_graphics_card_says_that_it_cannot(page: Page, stack: Center, lake: Path) -> None:
    sign_in(page, stack)
    expect(page.get_by_text("màn hình này không có card đồ họa")).to_be_visible()
    map_is_drawn(page)
