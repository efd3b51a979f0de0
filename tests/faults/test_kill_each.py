"""Each process of the center is killed while it works: no signal is lost, no incident doubled."""

import json
import os
import signal
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.center import Center
from tests.waiting import until

PROCESSES = ("ingest", "detect", "correlate", "recorder", "relay", "telemetry", "api", "webhooks")
PER_ROUND = 20


def processes(center: Center) -> dict[str, dict[str, Any]]:
    """What the supervisor says of each process, by name."""
    status = json.loads(center.soc("status", "--json").stdout)
    return {one["name"]: one for one in status["processes"]}


def outage(asset: str, round_name: str) -> dict[str, Any]:
    at = datetime.now(UTC).isoformat()
    return {
        "specversion": "1.0",
        "id": f"{round_name}-{asset}",
        "source": "/test/faults",
        "type": "signal.raised",
        "time": at,
        "data": {"asset": asset, "kind": "effluent.limit_exceeded", "severity": "minor", "at": at},
    }


def post_stubbornly(center: Center, event: dict[str, Any]) -> None:
    """As a real integrator: repeats until it is acknowledged."""

    def accepted() -> bool:
        try:
            answer = center.post(event)
        except httpx.TransportError:
            return False
        if answer.status_code != 202:
            return False
        counts = answer.json()
        return bool(counts["accepted"] + counts.get("duplicates", 0) == 1)

    until(accepted, f"{event['id']} accepted", 60, every=0.3)


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
