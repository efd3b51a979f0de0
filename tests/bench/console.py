"""The console before a crowded city, in real Chromium without a graphics card: what an operator waits for."""

import json
import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession

from tests.bench import crowded, storm
from tests.bench.crowded import Traffic
from tests.center import Center, running_center
from tests.console.chromium import find_chromium, running_chromium
from tests.console.conftest import CONSOLE
from tests.console.screens import map_is_drawn, opened, sign_in
from tests.console.weight import weight
from tests.waiting import until

PER_S, CLICKS, PAN_S, FRESH = 50.0, 40, 6.0, 30
MINUTES = 2.0
MB = 1_000_000

PROBES = Path(__file__).with_name("probes.js")
FIRST_ROW = """() => new Promise((shown) => {
  const tell = () => requestAnimationFrame(() => shown(performance.now()));
  const look = () => (document.querySelector('.rows [data-incident]') ? tell() : setTimeout(look, 5));
  look();
})"""


def spread(took: list[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile and worst of some milliseconds."""
    ordered = sorted(took) or [0.0]
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "worst": 1.0}
    return {name: round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1) for name, part in at.items()}


class Screen:
    """One signed-in page with its probes."""

    def __init__(self, browser: Browser, center: Center) -> None:
        self.context, self.page = opened(browser, center)
        sign_in(self.page, center)
        self.session: CDPSession = self.context.new_cdp_session(self.page)
        self.session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def first_paint_ms(self, times: int = 5) -> float:
        """From the start of the navigation to the first incident of the list: the best of some loads."""
        took = []
        for _ in range(times):
            self.page.reload()
            took.append(float(self.page.evaluate(FIRST_ROW)))
        map_is_drawn(self.page)
        self.page.evaluate(PROBES.read_text().partition("\n")[2].strip().rstrip(";"))
        return round(min(took))

    def processor_s(self) -> float:
        """Seconds of processor that the main thread has used."""
        metrics = self.session.send("Performance.getMetrics")["metrics"]
        return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))

    def heap_mb(self) -> float:
        """Live objects after a collection, without what the probes have collected."""
        for probe in ("frames", "answers", "blocked"):
            self.taken(probe)
        self.session.send("HeapProfiler.collectGarbage")
        return round(float(self.session.send("Runtime.getHeapUsage")["usedSize"]) / MB, 2)

    def taken(self, name: str) -> list[float]:
        """What a probe has collected since it was last asked."""
        found: list[float] = self.page.evaluate(f"window.{name}.splice(0)")
        return found


def clicks(screen: Screen) -> dict[str, float]:
    """From the click on a row to the frame that shows it, as the browser's event timing tells; processor of one."""
    screen.taken("answers")
    used = screen.processor_s()
    for number in range(CLICKS):
        screen.page.locator(".rows li").nth(1 + number % 6).click()
        screen.page.wait_for_timeout(150)
    processor = (screen.processor_s() - used) / CLICKS
    return {**spread(screen.taken("answers")), "processor": round(processor * 1000, 1)}


def scrolling(screen: Screen) -> dict[str, float]:
    """Milliseconds between frames while the wheel turns over the list."""
    page = screen.page
    page.locator(".rows").hover()
    screen.taken("frames")
    for number in range(40):
        page.mouse.wheel(0, 240 if number < 20 else -240)
        page.wait_for_timeout(30)
    return spread(gaps(screen.taken("frames")))


def gaps(frames: list[float]) -> list[float]:
    """Milliseconds between neighbours."""
    return [after - before for before, after in pairwise(frames)]


def panning(screen: Screen) -> dict[str, Any]:
    """Frames a second while the map is dragged to and fro."""
    page, box = screen.page, screen.page.locator("[data-map]").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    screen.taken("frames")
    begun, number = time.monotonic(), 0
    while time.monotonic() - begun < PAN_S:
        number += 1
        page.mouse.move(x + 4 * (number % 40), y + 2 * (number % 40))
    frames = screen.taken("frames")
    page.mouse.up()
    drawn = len(frames) / ((frames[-1] - frames[0]) / 1000)
    return {"map": page.locator("[data-map]").get_attribute("data-map"), "frames_per_s": round(drawn, 1)}


def visible(screen: Screen, center: Center) -> dict[str, float]:
    """From the commit of a new incident to its row in the list. The clock is the machine's, the same for both."""
    screen.page.locator(".rows").evaluate("one => one.scrollTo(0, 0)")
    took = []
    for number in range(FRESH):
        asset = f"light-{number * 100}"
        event = storm.signal(asset, "traffic.crash", datetime.now(UTC))
        event["data"]["severity"] = "critical"
        center.post(event)
        one = until(partial(incident_of, center, asset), f"an incident of {asset}", 20, 0.05)
        seen = partial(screen.page.evaluate, "id => window.heard[id]", one["id"])
        heard = until(seen, "its row", 20, 0.05)
        took.append(heard - datetime.fromisoformat(one["opened_change"]).timestamp() * 1000)
    return spread(took)


def incident_of(center: Center, asset: str) -> dict[str, Any] | None:
    """The incident of a light, with the time at which its opening was recorded."""
    found = [one for one in center.incidents(severity="critical", q=asset) if one["root_asset"] == asset]
    if not found:
        return None
    changes = center.get(f"/v1/incidents/{found[0]['id']}/timeline")["items"]
    return {**found[0], "opened_change": min(change["at"] for change in changes)}


def memory(screen: Screen, minutes: float) -> dict[str, Any]:
    """The heap at rest, each tenth of the time, after the first; a click now and then."""
    kept = [screen.heap_mb()]
    for _ in range(10):
        until_s = time.monotonic() + minutes * 6
        while time.monotonic() < until_s:
            screen.page.locator(".rows li").nth(2).click()
            screen.page.wait_for_timeout(1000)
        kept.append(screen.heap_mb())
    half = len(kept) // 2
    grown = sum(kept[half:]) / len(kept[half:]) - sum(kept[1:half]) / len(kept[1:half])
    return {"minutes": minutes, "heap_mb": kept, "second_half_over_first_mb": round(grown, 2)}


def stormy(screen: Screen, center: Center) -> dict[str, Any]:
    """11,600 signals of one cause within a minute, in a quiet room: clicks meanwhile, and the tones of the call.

    Its incident is acknowledged once it calls; what joins it later must not call again.
    """
    quiet(center)
    screen.page.locator(".tools button").first.click()
    screen.page.evaluate("window.tones = 0")
    took: list[float] = []
    with ThreadPoolExecutor(1) as pool:
        posting = pool.submit(storm.post, center)
        until(lambda: screen.page.evaluate("window.tones"), "a sound", 60)
        quiet(center)
        while not posting.done():
            took.append(clicks(screen)["p95"])
    tones = screen.page.evaluate("window.tones")
    return {"posted_s": round(posting.result(), 1), "click_p95_ms": took, "tones": tones}


def quiet(center: Center) -> None:
    """Acknowledges all that is open."""
    found = center.get("/v1/incidents", limit=500, state="open")["items"]
    while found:
        targets = [{"id": one["id"], "version": one["version"]} for one in found]
        center.http.post("/v1/incidents/commands", json={"command": "acknowledge", "incidents": targets}, timeout=120)
        found = center.get("/v1/incidents", limit=500, state="open")["items"]


def measure(center: Center, browser: Browser, minutes: float) -> dict[str, Any]:
    """All figures of one run."""
    incidents = crowded.opened(center)
    screen = Screen(browser, center)
    found: dict[str, Any] = {"first_paint_ms": screen.first_paint_ms(), "open": len(incidents)}
    with Traffic(center, incidents, PER_S) as traffic:
        begun, used = time.monotonic(), screen.processor_s()
        screen.page.wait_for_timeout(5000)
        found["main_thread_share"] = round((screen.processor_s() - used) / (time.monotonic() - begun), 3)
        found |= {"click_ms": clicks(screen), "scroll_gap_ms": scrolling(screen), "pan": panning(screen)}
        found |= {"blocked_ms": spread(screen.taken("blocked")), "visible_ms": visible(screen, center)}
        found |= {"memory": memory(screen, minutes), "changes_per_s": traffic.rate(), "refused": traffic.refused}
    found["storm"] = stormy(screen, center)
    found["blocked_in_storm_ms"] = spread(screen.taken("blocked"))
    screen.context.close()
    return found


def run(minutes: float = MINUTES) -> dict[str, Any]:
    """The figures; takes about five minutes."""
    path = find_chromium(os.environ.get("SOC_CHROMIUM", ""))
    if path is None:
        return {"left out": "no Chromium"}
    size = {"gzipped_kb": round(weight(CONSOLE / "dist" / "assets") / 1000)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        folder.mkdir()
        Path(name).chmod(0o755)
        with (
            running_center(Path(name) / "run", SOC_CITY=str(crowded.city(folder))) as center,
            running_chromium(path) as browser,
        ):
            return {**size, **measure(center, browser, minutes), "load_1min": round(os.getloadavg()[0], 1)}


if __name__ == "__main__":
    print(json.dumps(run(*(float(one) for one in sys.argv[1:])), indent=2))
