"""How a day reaches the center: CloudEvents in order of arrival, delayed by source, shuffled, some twice."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import msgspec

from schemas.times import rfc3339
from tests.score.days import Day
from tests.score.story import Occurrence

FIRST_DAY = datetime(2026, 3, 1, 17, 0, tzinfo=UTC)
PROMPT, SHUFFLED = "prompt", "shuffled"
DELIVERIES = (PROMPT, SHUFFLED)
"""At once and in order; each event late by another time up to its source's, some twice."""
MOST_S, TWICE = 480.0, 0.05
SEVERITY = {"power.outage": "critical", "traffic.slow": "minor", "sensor.silent": "warning", "sensor.stuck": "warning"}
Event = dict[str, Any]


class Sent(msgspec.Struct, frozen=True):
    """An event and when it arrives, seconds from the start of the day."""

    at: float
    event: Event


def sent(day: Day, delivery: str) -> list[Sent]:
    """Everything of the day in the order of arrival."""
    chance = Random(f"{day.mode} {day.seed} {delivery}")
    start = FIRST_DAY + timedelta(days=day.seed)
    lag: dict[str, float] = {}
    found: list[Sent] = []
    for at, event in sorted(_events(day, start), key=lambda item: (item[0], item[1]["id"])):
        most = 0.0 if delivery == PROMPT else lag.setdefault(event["source"], chance.uniform(0, MOST_S))
        late = chance.uniform(0, most)
        found.append(_arriving(event, start, at + late))
        if delivery != PROMPT and chance.random() < TWICE:
            found.append(_arriving(event, start, at + late + chance.uniform(0, MOST_S)))
    return sorted(found, key=lambda one: one.at)


def _arriving(event: Event, start: datetime, at: float) -> Sent:
    return Sent(at, {**event, "recordedtime": rfc3339(start + timedelta(seconds=at))})


def _events(day: Day, start: datetime) -> Iterator[tuple[float, Event]]:
    for story in day.stories:
        for one in story.occurrences:
            yield one.at, _event(one, start, one.at, "raised")
            if one.end is not None and one.asset:
                yield one.end, _event(one, start, one.end, "cleared")


def _event(one: Occurrence, start: datetime, at: float, state: str) -> Event:
    domain, _, category = one.kind.partition(".")
    time = rfc3339(start + timedelta(seconds=at))
    data: Event = {"asset": one.asset, "kind": one.kind, "severity": SEVERITY.get(one.kind, "major")}
    if not one.asset and one.position is not None:
        data = {"category": category, "lon": one.position[0], "lat": one.position[1], "text": "…"}
    return {
        "specversion": "1.0",
        "id": one.id if state == "raised" else f"{one.id}-end",
        "source": f"/{domain}",
        "type": f"signal.{state}" if one.asset else "report.created",
        "time": time,
        "datacontenttype": "application/json",
        "data": data,
    }
