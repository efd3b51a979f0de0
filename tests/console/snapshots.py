"""Pictures of every screen that are kept in `tests/console/snapshots/`; run as a module it takes them anew."""

import hashlib
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, Request, expect

from tests.center import Center, running_center
from tests.console.chromium import MISSING, find_chromium, running_chromium
from tests.console.likeness import unlike
from tests.console.scene import Network, day_of, incident_of, play, raised
from tests.console.screens import DESK, map_is_drawn, opened, row, sign_in, wall
from tests.contract.tree import ROOT
from tests.waiting import until

KEPT = ROOT / "tests" / "console" / "snapshots"
DRAWN_BY = KEPT / "drawn-by.json"
THEMES = {"dark": "Nền sáng", "light": "Nền tối"}
"""Each with the button that leads to the other."""
SCREENS = {
    "live": "",
    "by-hand": "",
    "replay": "replay/2026-01-05T08",
    "traffic": "indicators",
    "desk": "indicators/desk",
    "silences": "silences",
    "handover": "handover",
    "rules": "rules/rules/outage_darkens",
    "sources": "sources",
    "sensors": "sources/sensors",
    "parks": "parks",
    "areas": "areas",
    "day": "day/{began}",
    "duty": "duty",
    "webhooks": "hooks",
    "agencies": "hooks/agencies",
    "users": "admin",
    "keys": "admin/keys",
}
STILL = """() => {
const COUNTED = /[\\w-]*\\d[\\w.,:/+-]*/g;
const DATED = /0(?: 0)+/g, LASTING = /0 (?:giây|phút|giờ|ngày)(?: 0(?: (?:giây|phút|giờ))?)?/g;
const still = (text) => {
  const said = text.data.replace(COUNTED, '0').replace(DATED, '0').replace(LASTING, '0 phút');
  if (said !== text.data) text.data = said;
};
const within = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return still(node);
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) still(texts.currentNode);
};
new MutationObserver((changes) => {
  for (const { type, target, addedNodes } of changes) {
    if (type === 'characterData') still(target);
    else addedNodes.forEach(within);
  }
}).observe(document, { subtree: true, childList: true, characterData: true });
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .u-wrap, .week, [data-testid=week], .month, .time, input[type=date], input[type=month], output, progress {
    visibility: hidden !important;
  }
  .notice:has(progress) { display: none !important; }
  main:has([name=password]) { background: var(--ground) !important; }
`);
document.adoptedStyleSheets = [sheet];
within(document.body);
}"""
"""What differs from run to run: every word with a digit is a 0 before it is painted, and what is drawn by the
time is hidden; so is the shade behind the form of the first page, which would weigh as much as six other pictures."""
SHOW_MAP = """(shown) => {
  for (const pane of document.querySelectorAll('.leaflet-map-pane')) pane.style.display = shown ? '' : 'none';
  return new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(() => drawn(true))));
}"""
"""A name that Chromium has drawn keeps its pixels where a map moves it by parts of a pixel: hidden and shown again it
is drawn where it lies, whatever moved before."""
UNDER_WAY = ".live:not([data-state=on]), .live[data-slow=true], .age.off, [role=status]:text('Đang tải')"
DRESS = """(style) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [document.adoptedStyleSheets[0], sheet];
}"""
LETTERS = """() => {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [900, 120];
  const context = canvas.getContext('2d');
  const family = getComputedStyle(document.documentElement).fontFamily;
  ['400 15px', '700 15px', '600 22px'].forEach((font, line) => {
    context.font = `${font} ${family}`;
    context.fillText('Sự cố mất điện, đường ngập: ▲ ■ ● ✓ 0123456789 ABCXYZ', 4, 30 + 36 * line);
  });
  return canvas.toDataURL();
}"""


def fingerprint(page: Page) -> dict[str, str]:
    """By what two machines draw alike: the browser's version and its letters."""
    browser = page.context.browser
    assert browser
    letters = hashlib.sha256(page.evaluate(LETTERS).encode()).hexdigest()[:16]
    return {"chromium": browser.version.split(".")[0], "letters": letters}


def kept_drawn_by() -> dict[str, str]:
    """The fingerprint of the pictures that are kept."""
    found: dict[str, str] = json.loads(DRAWN_BY.read_text()) if DRAWN_BY.exists() else {}
    return found


def stage(center: Center) -> dict[str, str]:
    """What stands in the pictures, of an age that says the same in words for a minute; the answer is the outage.

    All began within seconds, so that hardly ever a midnight lies between them.
    """
    network = Network(center)
    feeder = network.feeders_with_signals()[19]
    trip = network.trip(feeder)
    play(center, trip)
    play(center, [raised("water.burst", network.of_kind("water_main")[4], 700, "minor")])
    play(center, [raised("air.smoke", network.of_kind("stack")[0], 710, "warning")])
    on_duty(center, "Nguyễn Thị Lan", agency="power", hours=24, repeats="FREQ=DAILY")
    on_duty(center, "Trần Văn Minh", agency="police", hours=6, level=2)
    return incident_of(center, feeder, len(trip))


def on_duty(center: Center, name: str, *, hours: float, **fields: object) -> None:
    """Somebody whose turn began an hour ago."""
    begin = datetime.now(UTC) - timedelta(hours=1)
    times = {"starts_at": begin.isoformat(), "ends_at": (begin + timedelta(hours=hours)).isoformat()}
    turn = {"name": name, "phone": "+84901234567", **times, **fields}
    answer = center.http.post("/v1/duty", json=turn)
    assert answer.status_code == 201, answer.text


class Watched:
    """A page of which is known what it still waits for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: set[Request] = set()
        page.on("request", self._ask)
        page.on("requestfinished", self._hear)
        page.on("requestfailed", self._hear)
        page.evaluate(STILL)

    def _ask(self, request: Request) -> None:
        if "/v1/live" not in request.url:
            self.asked.add(request)

    def _hear(self, request: Request) -> None:
        self.asked.discard(request)

    def quiet(self) -> bool:
        """Whether everything that was asked is answered, and the line to the center stands."""
        return not self.asked and self.page.locator(UNDER_WAY).count() == 0

    def photograph(self) -> Image.Image:
        """Once the map is drawn and nothing is under way, and two pictures in a row are the same."""
        if self.page.locator("[data-map]").count():
            map_is_drawn(self.page)
            self.page.evaluate(SHOW_MAP, False)
            self.page.evaluate(SHOW_MAP, True)
        self.page.mouse.move(0, 0)
        last = b""

        def same() -> bytes | None:
            nonlocal last
            quiet, before = self.quiet(), last
            last = self.page.screenshot(animations="disabled")
            return last if quiet and last == before else None

        return Image.open(io.BytesIO(until(same, "a picture that stands still"))).convert("RGB")

    def dress(self, style: str) -> None:
        """Lays a style over the page's own; an empty one takes it away again."""
        self.page.evaluate(DRESS, style)


def of_the_desk(browser: Browser, center: Center, incident: dict[str, str]) -> Iterator[tuple[str, Watched]]:
    """Every screen in both themes, by name; each stands until the next one is asked for."""
    context, page = opened(browser, center, DESK)
    watched = Watched(page)
    yield "login-dark", watched
    sign_in(page, center, "admin")
    for theme, other in THEMES.items():
        for name, address in SCREENS.items():
            shown = address.format(began=day_of(incident))
            page.evaluate("(address) => { location.hash = `#/${address}` }", shown)
            expect(page.locator("#main, .panes").first).to_be_visible()
            if name == "live":
                row(page, incident["id"])
                expect(page.get_by_test_id("why").first).to_be_visible(timeout=15_000)
            if name == "by-hand":
                page.get_by_test_id("tell").click()
                page.locator("[name=tell-where]").fill("thuan an")
            yield f"{name}-{theme}", watched
        page.get_by_role("button", name=other).click()
    context.close()


def names() -> list[str]:
    """Of all pictures, in the order in which they are taken."""
    return ["login-dark", *(f"{name}-{theme}" for theme in THEMES for name in SCREENS), "wall-4k"]


def of_all(browser: Browser, center: Center) -> Iterator[tuple[str, Watched]]:
    """The desk's screens and the wall at 4K, with the same city behind them: `names()`."""
    yield from of_the_desk(browser, center, stage(center))
    with wall(browser, center, "4K") as page:
        yield "wall-4k", Watched(page)


def keep(name: str, picture: Image.Image, drawn_alike: bool) -> None:
    """Writes it unless the one that is kept is the same in all that counts."""
    file = KEPT / f"{name}.webp"
    if not (drawn_alike and file.exists() and unlike(Image.open(file), picture) is None):
        picture.save(file, lossless=True, quality=100, method=6)
        print(f"snapshots: {file.relative_to(ROOT)}")


def main() -> None:
    """Starts a center of its own and keeps what looks different, with what it was drawn by."""
    path = find_chromium(os.environ.get("SOC_CHROMIUM", ""))
    if path is None:
        sys.exit(MISSING)
    KEPT.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_center(Path(folder) / "run") as center,
        running_chromium(path) as browser,
    ):
        taken = []
        for name, watched in of_all(browser, center):
            drawn_by = fingerprint(watched.page)
            keep(name, watched.photograph(), drawn_by == kept_drawn_by())
            taken.append(name)
    DRAWN_BY.write_text(json.dumps(drawn_by, indent=2) + "\n")
    for file in KEPT.glob("*.webp"):
        if file.stem not in taken:
            file.unlink()


if __name__ == "__main__":
    main()
