"""Real reports with real labels: 500 of storm wind in Kentucky in 2013, each with the episode it belongs to.

From NOAA's Storm Events Database (National Centers for Environmental Information; public domain).
"""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas.times import rfc3339
from tests.score.feed import Sent
from tests.score.figures import Agreement, agreement
from tests.score.judging import fold, ground_of

FOLDER = Path(__file__).parent / "kentucky"
QUIET_H = 3.0
"""Of 1 to 12 hours without a report, those after which time alone tells episodes apart best."""


def storms() -> tuple[Agreement, Agreement]:
    """How the center's incidents agree with the episodes, and how those do that time alone would make."""
    reports = list(csv.DictReader((FOLDER / "reports.csv").read_text().splitlines()))
    ground = ground_of("kentucky", FOLDER)
    truth = {report["id"]: report["episode"] for report in reports}
    folded = fold(ground, [_sent(report) for report in reports], list(truth))
    return agreement(truth, folded.incident_of), agreement(truth, _by_time(reports))


def _sent(report: dict[str, str]) -> Sent:
    at = datetime.fromisoformat(report["begin"])
    data: dict[str, Any] = {"category": "outage", "lon": float(report["lon"]), "lat": float(report["lat"])}
    head = {"specversion": "1.0", "id": report["id"], "source": "/noaa", "type": "report.created"}
    return Sent(at.timestamp(), {**head, "time": rfc3339(at), "data": {**data, "text": "Wind damage"}})


def _by_time(reports: list[dict[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    first, last = "", float("-inf")
    for report in reports:
        at = datetime.fromisoformat(report["begin"]).timestamp()
        first = report["id"] if at - last > QUIET_H * 3600 else first
        found[report["id"]], last = first, at
    return found
