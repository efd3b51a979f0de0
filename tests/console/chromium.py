"""Finds a real Chromium, or installs one where that is possible, and drives it without any outside request."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The shell comes first: the others draw a whole window of a browser around each page, which nobody sees."""
PACKAGES = ("chromium-headless-shell", "chromium")
"""Of Debian, in this order; not every release has the shell."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=document-user-activation-required",
]
WITH_WEBGL = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
"""For MapLibre, which needs WebGL2: the processor draws it."""
WITH_LARGE_LETTERS = [*ARGUMENTS, "--blink-settings=defaultFontSize=32"]
"""As somebody has it who set the size of letters to twice the usual."""
MISSING = "no Chromium: set SOC_CHROMIUM to one, or put `chromium` on the PATH (as root it is installed with apt-get)"


def _on_path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def _installed() -> str | None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    if _apt("update"):
        any(_apt("install", "-y", "--no-install-recommends", package) for package in PACKAGES)
    return _on_path()


def _apt(*command: str) -> bool:
    done = subprocess.run(["apt-get", "-qq", *command], capture_output=True, timeout=400, check=False)
    return done.returncode == 0


def find_chromium(wish: str) -> str | None:
    """Path of the browser: the wish (SOC_CHROMIUM), one on the PATH, or one installed now."""
    return wish or _on_path() or _installed()


@contextmanager
def running_chromium(path: str) -> Iterator[Browser]:
    """A headless browser, ended after."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def another(beside: Browser, wish: str, arguments: list[str]) -> Iterator[Browser]:
    """One more headless browser of the same driver, started in another way."""
    path = find_chromium(wish)
    assert path, MISSING
    browser = beside.browser_type.launch(executable_path=path, headless=True, args=arguments)
    try:
        yield browser
    finally:
        browser.close()
