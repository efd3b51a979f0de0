"""Every screen looks as in the picture that is kept of it; where letters differ, in its surfaces and places."""

import pytest
from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests.center import Center
from tests.console.likeness import Unlike, unlike, unlike_in_blocks
from tests.console.snapshots import KEPT, Watched, fingerprint, kept_drawn_by, names, of_all
from tests.contract.tree import ROOT

SEEN = ROOT / ".run" / "snapshots"
DRESSED = "silences-dark"
"""The screen on which broken styles are tried: a form, a table and both lists."""
OTHER_LETTERS = (
    ":root { --font: 'DejaVu Sans', 'Liberation Serif', serif }",
    ":root { letter-spacing: 0.01em }",
)
"""The first are those of the page itself on a machine that has no others; the second are everywhere a little wider."""
SLIGHTLY_BROKEN = {
    "a button is 2 pixels wider": "button.primary { padding-inline: 0.78rem }",
    "a colour is slightly off": ":root:root { --panel: #141f2b }",
    "cards have no edge": ".card { border-color: transparent !important }",
    "fields stand one below the other": ".fields { display: block !important }",
}
BADLY_BROKEN = {
    "no style is loaded": "* { all: revert !important }",
    "the ground of the other theme": ":root:root { --ground: #eef1f3 }",
    "panels of another colour": ":root:root { --panel: #2b1d29; --raised: #3b2937 }",
    "the page has no margins": ".page { padding: 0 !important; max-width: none !important }",
}


class Taken:
    """All pictures of this run, and by what they were drawn."""

    def __init__(self) -> None:
        self.pictures: dict[str, Image.Image] = {}
        self.dressed: dict[str, Image.Image] = {}
        self.drawn_by: dict[str, str] = {}

    def take(self, name: str, watched: Watched) -> None:
        self.pictures[name] = watched.photograph()
        self.drawn_by = self.drawn_by or fingerprint(watched.page)
        if name == DRESSED:
            for style in (*OTHER_LETTERS, *SLIGHTLY_BROKEN.values(), *BADLY_BROKEN.values()):
                watched.dress(style)
                self.dressed[style] = watched.photograph()
            watched.dress("")


@pytest.fixture(scope="module")
def taken(chromium: Browser, stack: Center) -> Taken:
    """Before anything else happens in the city: `tests/console/conftest.py` puts this file first."""
    found = Taken()
    for name, watched in of_all(chromium, stack):
        found.take(name, watched)
    return found


def told(name: str, kept: Image.Image, seen: Image.Image, wrong: Unlike) -> str:
    """Where to look, and the way out."""
    SEEN.mkdir(parents=True, exist_ok=True)
    seen.save(SEEN / f"{name}.png")
    if kept.size == seen.size:
        ImageChops.difference(kept, seen).point(lambda apart: min(255, apart * 8)).save(SEEN / f"{name}.apart.png")
    return f"{name}: {wrong}; see {SEEN.relative_to(ROOT)}/{name}*.png; if it is meant so, `make snapshots` keeps it"


@pytest.mark.parametrize("name", names())
def test_a_screen_looks_as_in_the_picture_that_is_kept(taken: Taken, name: str) -> None:
    kept, seen = Image.open(KEPT / f"{name}.webp").convert("RGB"), taken.pictures[name]
    compare = unlike if taken.drawn_by == kept_drawn_by() else unlike_in_blocks
    wrong = compare(kept, seen)
    assert wrong is None, told(name, kept, seen, wrong)


def test_the_pictures_are_compared_pixel_by_pixel(taken: Taken) -> None:
    if taken.drawn_by != kept_drawn_by():
        pytest.skip(
            f"only by blocks: drawn by {taken.drawn_by}, kept ones by {kept_drawn_by()}; `make snapshots` renews"
        )


@pytest.mark.parametrize("broken", SLIGHTLY_BROKEN)
def test_a_slightly_broken_style_is_seen_pixel_by_pixel(taken: Taken, broken: str) -> None:
    assert unlike(taken.pictures[DRESSED], taken.dressed[SLIGHTLY_BROKEN[broken]])


@pytest.mark.parametrize("broken", BADLY_BROKEN)
def test_a_badly_broken_style_is_seen_in_blocks_too(taken: Taken, broken: str) -> None:
    assert unlike_in_blocks(taken.pictures[DRESSED], taken.dressed[BADLY_BROKEN[broken]])


def test_other_letters_are_no_broken_style_in_blocks(taken: Taken) -> None:
    before = taken.pictures[DRESSED]
    others = [taken.dressed[letters] for letters in OTHER_LETTERS]
    other = [after for after in others if unlike(before, after)]
    assert other and [unlike_in_blocks(before, after) for after in other] == [None] * len(other)


def test_no_picture_is_kept_of_a_screen_that_is_gone_and_all_are_small() -> None:
    files = list(KEPT.glob("*.webp"))
    assert sorted(file.stem for file in files) == sorted(names())
    assert sum(file.stat().st_size for file in files) < 1_600_000
