"""A city that fills the console: 5,000 sensors, 500 open incidents, people who change them, a substation."""

import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.bench.storm import DARK, feature, signal
from tests.center import Center
from tests.waiting import until

SENSORS, FEEDERS, PER_PACK, ROUND_S, PEOPLE = 5_000, 500, 250, 10.0, 12
HEAD = 'id = "crowded"\nname = "Crowded"\nname_vi = "Đông đúc"\ntime_zone = "Asia/Ho_Chi_Minh"\n'
SEVERITIES = ("critical", "major", "minor", "warning")


def city(folder: Path) -> Path:
    """Sensors of traffic, feeders that stand alone, and one substation that feeds all traffic signals of the storm."""
    names = [("substation", "substation"), *((f"feeder-{number}", "feeder") for number in range(FEEDERS))]
    names += [(f"light-{number}", "traffic_signal") for number in range(DARK)]
    features = [feature(number * 7, *name) for number, name in enumerate(names)]
    sensors = [feature(number * 3, f"sensor-{number}", "sensor") for number in range(SENSORS)]
    for one in sensors:
        one["properties"]["observes"] = ["speed_kmh"]
    edges = [f"substation,feeds,light-{number}" for number in range(DARK)]
    (folder / "city.toml").write_text(HEAD)
    (folder / "assets.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [*features, *sensors]}))
    (folder / "relations.csv").write_text("\n".join(["from,relation,to", *edges]) + "\n")
    return folder


def opened(center: Center) -> list[dict[str, Any]]:
    """500 incidents of every severity, one for each feeder."""
    now = datetime.now(UTC)
    for first in range(0, FEEDERS, 100):
        batch = [signal(f"feeder-{number}", "power.outage", now) for number in range(first, first + 100)]
        for number, one in enumerate(batch):
            one["data"]["severity"] = SEVERITIES[number % 4]
        assert center.post(*batch).status_code == 202

    def there() -> list[dict[str, Any]] | None:
        found = center.get("/v1/incidents", limit=1000, state="open")["items"]
        return found if len(found) >= FEEDERS else None

    return until(there, f"{FEEDERS} open incidents", 90, 0.5)


def _pack(number: int, now: float) -> dict[str, Any]:
    own = {"id": f"pack-{number}-{now}", "source": "/bench/sensors", "type": "city.readings"}
    first = number * PER_PACK
    records = [
        {"n": f"sensor-{one}/speed_kmh", "u": "km/h", "v": 30 + one % 9, "t": now}
        for one in range(first, first + PER_PACK)
    ]
    return {"specversion": "1.0", **own, "time": datetime.now(UTC).isoformat(), "data": records}


class Traffic:
    """While it runs: every sensor reports each ten seconds, and people change incidents at a rate."""

    def __init__(self, center: Center, incidents: list[dict[str, Any]], per_s: float) -> None:
        self._center, self._per_s = center, per_s
        self._ended = threading.Event()
        people = [
            threading.Thread(target=self._change, args=(incidents[part::PEOPLE],), daemon=True)
            for part in range(PEOPLE)
        ]
        self._threads = [*people, threading.Thread(target=self._report, daemon=True)]
        self.changes = 0
        self.refused = 0

    def __enter__(self) -> "Traffic":
        self._begun = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def rate(self) -> float:
        """Changes a second so far."""
        return round(self.changes / (time.monotonic() - self._begun), 1)

    def _change(self, incidents: list[dict[str, Any]]) -> None:
        """One person who goes around his incidents: every tenth moves in the list, the others get a note."""
        with httpx.Client(base_url=self._center.url, headers=self._center.http.headers, timeout=60) as http:
            begun, number = time.monotonic(), 0
            while not self._ended.wait(max(0.0, begun + number * PEOPLE / self._per_s - time.monotonic())):
                number += 1
                place = number * 37 % len(incidents)
                incidents[place] = self._command(http, incidents[place], number)

    def _command(self, http: httpx.Client, incident: dict[str, Any], number: int) -> dict[str, Any]:
        moved = number % 10 == 0
        command: dict[str, Any] = {"command": "severity" if moved else "note", "note": f"change {number}"}
        if moved:
            command["severity"] = SEVERITIES[number // 10 % 4]
        path = f"/v1/incidents/{incident['id']}/commands"
        answer = http.post(path, json={**command, "version": incident["version"]})
        self.changes += answer.status_code == 200
        self.refused += answer.status_code not in (200, 409)
        found: dict[str, Any] = answer.json()
        return found if answer.status_code == 200 else found.get("current", incident)

    def _report(self) -> None:
        while not self._ended.is_set():
            for number in range(SENSORS // PER_PACK):
                self._center.post(_pack(number, time.time()))
                if self._ended.wait(ROUND_S / (SENSORS // PER_PACK)):
                    return
