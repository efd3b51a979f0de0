"""The console's own tests, types and size."""

import re
from pathlib import Path

from tests.console.conftest import CONSOLE, npm
from tests.console.weight import weight

LIMIT_BYTES = 450_000


def test_the_console_s_unit_tests_pass(modules: None) -> None:
    done = npm("run", "test")
    assert done.returncode == 0, done.stdout + done.stderr


def test_its_types_hold(modules: None) -> None:
    done = npm("run", "check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_all_script_and_style_that_a_browser_can_load_stay_light(built: Path) -> None:
    assert weight(built / "assets") <= LIMIT_BYTES


def test_no_two_components_share_a_class_of_style(built: Path) -> None:
    sheet = "".join(file.read_text() for file in (built / "assets").glob("*.css"))
    styled = [file for file in (CONSOLE / "src").rglob("*.svelte") if "<style>" in file.read_text()]
    assert len(set(re.findall(r"\._[0-9a-z]{3}\b", sheet))) == len(styled) > 0, "vite.config.ts: take more of the hash"


def test_nothing_in_the_page_is_inline_or_from_elsewhere(built: Path) -> None:
    text = (built / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|https?://", text)


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (CONSOLE / "package-lock.json").read_text()
