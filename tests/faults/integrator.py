"""A stubborn integrator, and what the supervisor says of the processes behind the API."""

import json
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.center import Center
from tests.waiting import until


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
