"""From a posted event to its change on the live stream while the demo city plays; memory and processor of the stack."""

import json
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import psutil

from tests.bench.passing import passed
from tests.center import Center, running_center
from tests.waiting import until

SAMPLES, WATCHED_S = 120, 30.0
PAUSE_S = (0.15, 0.45)
"""Between two samples, drawn anew each time, so that they meet no rhythm of the stages."""
KIND = "traffic.crash"


class Live(threading.Thread):
    """Reads the live stream; when the first change of each incident came, by the asset of its root."""

    def __init__(self, center: Center) -> None:
        super().__init__(daemon=True)
        self._center = center
        self.came: dict[str, float] = {}
        self.open = threading.Event()

    def run(self) -> None:
        """Until the center ends."""
        http = self._center.http
        with httpx.stream("GET", f"{self._center.url}/v1/live", timeout=None, headers=http.headers) as answer:
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    self._take(json.loads(line[6:]), time.time())

    def _take(self, frame: dict[str, Any], now: float) -> None:
        self.open.set()
        if frame["frame"] == "change":
            asset = frame["change"]["incident"]["root_asset"]
            self.came.setdefault(asset, now)


def _segments(center: Center) -> Iterator[str]:
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        more = {"cursor": cursor} if cursor else {}
        page = center.get("/v1/assets", kind="road_segment", limit=200, **more)
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
    random.shuffle(found)
    return iter(found)


def _post(center: Center, asset: str) -> float:
    at = datetime.now(UTC).isoformat()
    event = {
        "specversion": "1.0",
        "type": "signal.raised",
        "source": "/bench",
        "id": f"latency-{asset}",
        "time": at,
        "data": {"asset": asset, "kind": KIND, "severity": "minor", "at": at},
    }
    begin = time.time()
    answer = center.post(event)
    assert answer.status_code == 202, answer.text
    return begin


def sample(center: Center, count: int = SAMPLES) -> dict[str, Any]:
    """Milliseconds from post to change, and where they go. One incident each, on road segments without one."""
    live = Live(center)
    live.start()
    live.open.wait(20)
    busy = {one["root_asset"] for one in center.incidents()}
    posted: dict[str, float] = {}
    for asset in _segments(center):
        if asset not in busy and asset not in live.came and len(posted) < count:
            posted[asset] = _post(center, asset)
            until(lambda name=asset: name in live.came, f"a change of {asset}", 20, 0.02)  # type: ignore[misc]
            time.sleep(random.uniform(*PAUSE_S))
    took = sorted(round((live.came[asset] - begin) * 1000, 1) for asset, begin in posted.items())
    figures = {"samples": len(took), "p50_ms": median(took), "p99_ms": took[int(len(took) * 0.99)], "max_ms": took[-1]}
    return {**figures, "stages_ms": passed(center.run_dir, posted, live.came)}


def processes(center: Center) -> list[psutil.Process]:
    """Every process of a running center."""
    found = []
    for process in psutil.process_iter(["environ", "cmdline"]):
        owned = (process.info["environ"] or {}).get("SOC_RUN_DIR") == str(center.run_dir)
        if owned or str(center.run_dir) in " ".join(process.info["cmdline"] or []):
            found += [process, *process.children(recursive=True)]
    return list({process.pid: process for process in found}.values())


def _each(found: list[psutil.Process], figure: Callable[[psutil.Process], float]) -> dict[str, float]:
    told: dict[str, float] = {}
    for process in found:
        try:
            words = process.cmdline()
            name = next(
                (one for one in words if one.startswith(("services.", "streams."))),
                Path(words[0].split(":")[0].split(" ")[0]).name,
            )
            told[name] = told.get(name, 0.0) + figure(process)
        except (psutil.Error, IndexError):
            continue
    return told


def _processor_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _pss_mb(process: psutil.Process) -> float:
    return float(process.memory_full_info().pss) / 1e6


def load(center: Center, seconds: float = WATCHED_S) -> dict[str, Any]:
    """Memory (PSS) and share of one core while the demo city plays, by process and in all."""
    found, begin = processes(center), time.monotonic()
    before = _each(found, _processor_s)
    time.sleep(seconds)
    after, wall = _each(found, _processor_s), time.monotonic() - begin
    cores = {name: round((used - before.get(name, 0.0)) / wall, 3) for name, used in sorted(after.items())}
    memory = {name: round(size) for name, size in sorted(_each(found, _pss_mb).items())}
    return {
        "cores": round(sum(cores.values()), 3),
        "memory_mb": sum(memory.values()),
        "cores_by": cores,
        "memory_by_mb": memory,
    }


def run() -> dict[str, Any]:
    """The figures; takes about three minutes."""
    with tempfile.TemporaryDirectory() as name, running_center(Path(name), SOC_DEMO="1") as center:
        until(center.incidents, "the first incident of the demo city", 90, 1)
        return {**load(center), "latency": sample(center)}


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
