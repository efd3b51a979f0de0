"""The console's own tests, types and size."""

import gzip
import re
from pathlib import Path

from tests.console.conftest import CONSOLE, npm

LIMIT_BYTES = 450_000


def weight(files: list[Path]) -> int:
    """Bytes after gzip."""
    return sum(len(gzip.compress(file.read_bytes(), 9)) for file in files)


def test_the_console_s_unit_tests_pass(modules: None) -> None:
    done = npm("run", "test")
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_types_hold(modules: None) -> None:
    done = npm("run", "check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_script_and_style_that_a_browser_can_load_stay_light(built: Path) -> None:
    """One of the two drawers of the map is loaded, never both (decision 15): the heavier one counts."""
    assets = built / "assets"
    drawers = [next(assets.glob(f"{name}-*.js")) for name in ("leaflet", "maplibre")]
    whole = weight([*assets.glob("*.js"), *assets.glob("*.css")])
    assert whole - min(weight([drawer]) for drawer in drawers) <= LIMIT_BYTES


def test_nothing_in_the_page_is_inline_or_from_elsewhere(built: Path) -> None:
    text = (built / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|https?://", text)


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (CONSOLE / "package-lock.json").read_text()
