"""Each process of the center is killed while it works: no signal is lost, no incident doubled."""

import os
import signal
from collections import Counter

import pytest

from tests.center import Center
from tests.faults.integrator import outage, post_stubbornly, processes
from tests.waiting import until

PROCESSES = ("ingest", "detect", "correlate", "recorder", "relay", "telemetry", "api", "webhooks")
PER_ROUND = 20


@pytest.mark.parametrize("victim", PROCESSES)
def test_a_killed_process_loses_no_signal_and_doubles_no_incident(center: Center, victim: str) -> None:
    assets = [f"stranger-{victim}-{number}" for number in range(PER_ROUND)]
    before = processes(center)[victim]
    for number, asset in enumerate(assets):
        post_stubbornly(center, outage(asset, victim))
        if number == PER_ROUND // 2:
            os.kill(before["pid"], signal.SIGKILL)

    def restarted() -> bool:
        now = processes(center)[victim]
        return now["pid"] not in (None, before["pid"]) and now["restarts"] > before["restarts"]

    until(restarted, f"{victim} restarted and the restart is visible", 60, every=0.5)

    def seen() -> Counter[str] | None:
        answer = center.http.get("/v1/incidents", params={"limit": 200, "since": "2026-01-01T00:00:00Z", "q": victim})
        if answer.status_code != 200:
            return None
        counted = Counter(str(one["root_asset"]) for one in answer.json()["items"] if one["root_asset"] in assets)
        return counted if len(counted) == PER_ROUND else None

    counted = until(seen, f"all {PER_ROUND} incidents after {victim} was killed", 90, every=0.5)
    assert set(counted.values()) == {1}
