"""A seeded run written to a file, and its truth beside it: what each cause changed, by leaving it out."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from infra.cities.folder import CityFolder
from schemas.times import rfc3339
from services.simulator.causes import Cause, until
from services.simulator.delivery import LATE_S, Delivery
from services.simulator.envelopes import Event, events
from services.simulator.scenes import day
from services.simulator.town import Town
from services.simulator.world import World

NEAR = 0.02
"""Readings that differ by less than this part of their size count as equal."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A run to be recorded."""

    folder: CityFolder
    start: datetime
    seconds: int
    seed: int
    faulty: float = 0.0
    """Share of the sensors with each habit of delivery: late, wrong clock, twice."""

    def causes(self) -> list[Cause]:
        """The causes that the seed gives."""
        return until(day(Town(self.folder), self.seed), self.seconds)

    def play(self, causes: Sequence[Cause]) -> list[Event]:
        """All CloudEvents of the run with these causes, in the order of arrival."""
        world = World(self.folder, self.start, self.seed)
        for cause in causes:
            world.inject(cause)
        delivery, run = Delivery(self.seed, self.faulty), f"s{self.seed}"
        found = [event for second in range(self.seconds) for event in events(world, second, run, delivery)]
        return found + delivery.arrived(self.seconds + LATE_S)


def write_run(plan: Plan, out: Path, truth: bool = True) -> int:
    """Writes the events to `out` as JSON lines and the truth to `<out>.truth.jsonl`; the number of events."""
    causes = plan.causes()
    found = plan.play(causes)
    out.write_bytes(b"".join(msgspec.json.encode(event) + b"\n" for event in found))
    if truth:
        lines = [_told(plan, cause, but_for(plan, causes, cause, found)) for cause in causes]
        beside = out.with_suffix(".truth.jsonl")
        beside.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    return len(found)


def but_for(plan: Plan, causes: Sequence[Cause], cause: Cause, found: list[Event]) -> list[str]:
    """Sensors and tidings that are other without the cause: it changed them. `found` is the run with all causes."""
    without = plan.play([one for one in causes if one.id != cause.id])
    ours, others = _by_name(found), _by_name(without)
    return sorted(name for name in ours.keys() | others.keys() if _differ(ours.get(name), others.get(name)))


def _by_name(found: list[Event]) -> dict[str, dict[str, float]]:
    values: dict[str, dict[str, float]] = {}
    for event in found:
        if event["type"] != "city.readings":
            values[f"{event['source']} {event['id']}"] = {}
            continue
        for record in event["data"]:
            values.setdefault(record["n"], {})[event["time"]] = record["v"]
    return values


def _differ(one: dict[str, float] | None, other: dict[str, float] | None) -> bool:
    if one is None or other is None or one.keys() != other.keys():
        return True
    return any(abs(value - other[at]) > NEAR * max(1.0, abs(value)) for at, value in one.items())


def _told(plan: Plan, cause: Cause, changed: list[str]) -> dict[str, Any]:
    return {**truth_line(cause, plan.start), "changed": changed}


def truth_line(cause: Cause, start: datetime) -> dict[str, Any]:
    """What is written of a cause."""
    begin, end = (
        rfc3339(datetime.fromtimestamp(start.timestamp() + at, start.tzinfo)) for at in (cause.start_s, cause.end_s)
    )
    return {"cause": cause.id, "kind": cause.kind, "asset": cause.asset, "start": begin, "end": end}
