"""A running center with its built console, and a browser in front of it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.center import Center, running_center
from tests.console.chromium import MISSING, find_chromium, running_chromium
from tests.console.screens import opened
from tests.contract.tree import ROOT

HERE = Path(__file__).parent
CONSOLE = ROOT / "services" / "console"
expect.set_options(timeout=20_000)
WISH = os.environ.get("SOC_CHROMIUM", "")
"""Read before the fixture that hides SOC_* from the tests."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Of this lane pictures come first: what its other tests do to the city would stand in them."""
    places = [place for place, item in enumerate(items) if item.path.parent == HERE]
    ours = sorted((items[place] for place in places), key=lambda item: item.path.name != "test_snapshots.py")
    for place, item in zip(places, ours, strict=True):
        items[place] = item


def npm(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs npm of the environment (or of the machine) in the console's folder."""
    beside = Path(sys.executable).parent
    found = shutil.which("npm", path=f"{beside}{os.pathsep}{os.environ.get('PATH', '')}")
    assert found, "no npm: `make setup` brings it"
    environment = {**os.environ, "PATH": f"{Path(found).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return subprocess.run(
        [found, *arguments], cwd=CONSOLE, env=environment, capture_output=True, text=True, timeout=400, check=False
    )


def _must(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def modules() -> None:
    """The console's packages, installed as the lock file says."""
    if not (CONSOLE / "node_modules" / "axe-core").is_dir():
        _must(npm("ci"))


@pytest.fixture(scope="session")
def built(modules: None) -> Path:
    """The built console, made anew when a source is newer."""
    page = CONSOLE / "dist" / "index.html"
    sources = [CONSOLE / "index.html", *(CONSOLE / "src").rglob("*.*")]
    if not page.is_file() or page.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        _must(npm("run", "build"))
    return page.parent


@pytest.fixture(scope="package")
def stack(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """The whole center, without the demo; webhooks may go to this machine. Tiles of the ground come with their test."""
    folder = tmp_path_factory.mktemp("console")
    tiles = str(folder / "base.pmtiles")
    with running_center(folder, SOC_WEBHOOK_ALLOW_PRIVATE="1", SOC_BASE_TILES=tiles) as center:
        yield center


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """One browser for this lane; without any, its tests are skipped, but fail where CI is set.

    It ends with the lane: Playwright keeps an event loop running, in which no other lane could run its own.
    """
    path = find_chromium(WISH)
    if path is None:
        assert not os.environ.get("CI"), MISSING
        pytest.skip(MISSING)
    with running_chromium(path) as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, stack: Center) -> Iterator[Page]:
    """The first page of the console in a fresh profile, signed out."""
    context, first = opened(chromium, stack)
    yield first
    context.close()
