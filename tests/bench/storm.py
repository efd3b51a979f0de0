"""The storm: 11,600 signals dark within a minute from one substation; how soon it is one incident, and who waits."""

import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from tests.center import Center, running_center
from tests.waiting import until

DARK, PER_FEEDER, WITHIN_S, BATCH = 11_600, 116, 60.0, 100
OTHERS = 200
"""Incidents that people acknowledge meanwhile."""
WHOLE_S = 240.0


def city(folder: Path) -> Path:
    """One substation, 100 feeders, 11,600 intersections with a cabinet each."""
    names: list[tuple[str, str]] = [("substation", "substation")]
    edges = []
    for number in range(DARK):
        feeder = f"feeder-{number // PER_FEEDER}"
        if number % PER_FEEDER == 0:
            names.append((feeder, "feeder"))
            edges.append(f"substation,feeds,{feeder}")
        names += [(f"cabinet-{number}", "cabinet"), (f"light-{number}", "traffic_signal")]
        edges += [f"{feeder},feeds,cabinet-{number}", f"cabinet-{number},controls,light-{number}"]
    features = [feature(number, *name) for number, name in enumerate(names)]
    head = 'id = "storm"\nname = "Storm"\nname_vi = "Bão"\ntime_zone = "Asia/Ho_Chi_Minh"\n'
    (folder / "city.toml").write_text(head)
    (folder / "assets.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    (folder / "relations.csv").write_text("\n".join(["from,relation,to", *edges]) + "\n")
    return folder


def feature(number: int, name: str, kind: str) -> dict[str, Any]:
    position = [round(106.4 + number % 220 * 0.002, 5), round(10.9 + number // 220 * 0.002, 5)]
    own = {"kind": kind, "name": name, "zone": f"zone-{number % 30}"}
    return {"type": "Feature", "id": name, "geometry": {"type": "Point", "coordinates": position}, "properties": own}


def signal(asset: str, kind: str, at: datetime) -> dict[str, Any]:
    own = {"id": f"storm-{asset}", "source": "/bench", "type": "signal.raised", "time": at.isoformat()}
    return {"specversion": "1.0", **own, "data": {"asset": asset, "kind": kind, "severity": "major"}}


class Watched:
    """What operators do meanwhile, in threads of their own; milliseconds of each answer."""

    def __init__(self, center: Center) -> None:
        self._center = center
        self._ended = threading.Event()
        self.took: dict[str, list[float]] = {"list": [], "acknowledge": []}
        self.refused = 0

    def run(self, others: list[dict[str, Any]]) -> None:
        """Lists and acknowledges in turn until ended."""
        with httpx.Client(base_url=self._center.url, headers=self._center.http.headers, timeout=60) as http:
            waiting = iter(others)
            while not self._ended.wait(0.15):
                self._timed("list", lambda: http.get("/v1/incidents", params={"limit": 100}))
                if (one := next(waiting, None)) is not None:
                    body = {"command": "acknowledge", "version": one["version"]}
                    path = f"/v1/incidents/{one['id']}/commands"
                    self._timed("acknowledge", lambda path=path, body=body: http.post(path, json=body))  # type: ignore[misc]

    def _timed(self, what: str, ask: Callable[[], httpx.Response]) -> None:
        begun = time.perf_counter()
        self.refused += ask().status_code != 200
        self.took[what].append((time.perf_counter() - begun) * 1000)

    def end(self) -> None:
        """No more of it."""
        self._ended.set()

    def figures(self) -> dict[str, float]:
        """Median and 99th percentile by what was asked."""
        found: dict[str, float] = {"refused": self.refused}
        for what, took in self.took.items():
            ordered = sorted(took)
            found |= {f"{what}s": len(ordered), f"{what}_p50_ms": round(ordered[len(ordered) // 2], 1)}
            found[f"{what}_p99_ms"] = round(ordered[int(len(ordered) * 0.99)], 1)
        return found


def _batches(start: datetime) -> Iterator[tuple[float, list[dict[str, Any]]]]:
    """When each batch is due, seconds from the start, and its events; the cause comes with the first."""
    for first in range(0, DARK, BATCH):
        due = first / DARK * WITHIN_S
        found = [
            signal(f"light-{number}", "traffic.signal_dark", start + timedelta(seconds=number / DARK * WITHIN_S))
            for number in range(first, min(first + BATCH, DARK))
        ]
        yield due, [signal("substation", "power.outage", start), *found] if first == 0 else found


def post(center: Center) -> float:
    """Posts the storm at its pace; how many seconds it took."""
    start, begun = datetime.now(UTC), time.monotonic()
    for due, events in _batches(start):
        time.sleep(max(0.0, begun + due - time.monotonic()))
        answer = center.post(*events)
        assert answer.status_code == 202, answer.text
    return time.monotonic() - begun


def _others(center: Center) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    center.post(*[signal(f"stranger-{number}", "effluent.limit_exceeded", now) for number in range(OTHERS)])

    def there() -> list[dict[str, Any]] | None:
        found = [one for one in center.incidents() if one["kind"] == "effluent.limit_exceeded"]
        return found if len(found) == OTHERS else None

    return until(there, "incidents to acknowledge", 60)


def _storms(center: Center) -> list[dict[str, Any]]:
    return [one for one in center.incidents() if one["kind"] != "effluent.limit_exceeded"]


def measure(center: Center) -> dict[str, Any]:
    """The storm on a running center."""
    watched, others = Watched(center), _others(center)
    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watched.run, others)
        posted = post(center)
        begun = time.monotonic()
        try:
            until(lambda: _storms(center)[0]["signal_count"] == DARK + 1, "one incident of it all", WHOLE_S, 0.5)
            whole: float | None = round(time.monotonic() - begun, 1)
        except AssertionError:
            whole = None
        watched.end()
        watching.result()
    storms = _storms(center)
    found = {"posted_s": round(posted, 1), "whole_after_s": whole, "incidents": len(storms)}
    signals = sum(one["signal_count"] for one in storms)
    return {**found, "signals": signals, **watched.figures(), "load_1min": round(os.getloadavg()[0], 1)}


def run() -> dict[str, Any]:
    """The figures; takes about two minutes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "city"
        folder.mkdir()
        Path(name).chmod(0o755)
        with running_center(Path(name) / "run", SOC_CITY=str(city(folder))) as center:
            return measure(center)


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
