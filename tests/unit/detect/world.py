"""What the tests of detect stand on: the shipped domains and limits, sensors, packs and ticks."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from city.detect import FlatColumns, FlatPack
from city.enrich import Catalogue
from infra.cities.folder import Shipped, shipped
from schemas.assets import Asset, City
from schemas.domains import Condition, Domain, Limit, Quantity
from schemas.readings import Pack, Run, Tick
from schemas.signals import Signal
from schemas.times import from_ms, to_ms

START_MS = to_ms(datetime.fromisoformat("2026-11-02T00:00:00+00:00"))

Reading = tuple[float, str, float]
"""Seconds after the start, name, value."""


def shipped_domains() -> dict[str, Domain]:
    return _shipped().domains


def shipped_limits() -> dict[str, Limit]:
    return _shipped().limits


@cache
def _shipped() -> Shipped:
    return shipped()


def sensor(id_: str, **fields: Any) -> Asset:
    return Asset(id=id_, kind=fields.pop("kind", "sensor"), name=id_, zone=fields.pop("zone", "z1"), **fields)


def catalogue(assets: Iterable[Asset] = (), domains: dict[str, Domain] | None = None, **more: Any) -> Catalogue:
    city = City(id="c", name="c", name_vi="c", time_zone="Asia/Ho_Chi_Minh", clock=more.pop("clock", "live"))
    limits = more.pop("limits", None)
    return Catalogue.build(
        {"c": city},
        {asset.id: asset for asset in assets},
        shipped_domains() if domains is None else domains,
        shipped_limits() if limits is None else limits,
        {"domains": more.pop("revision", 1)},
    )


def domain(*conditions: dict[str, Any], period_s: float = 1.0) -> dict[str, Domain]:
    """A domain `test` with one quantity `level_m` and these conditions."""
    base = {"kind": "test.high", "severity": "minor", "quantity": "level_m", "name": "n", "name_vi": "n"}
    made = [
        msgspec.convert(base | {"id": f"test.c{number}"} | condition, Condition)
        for number, condition in enumerate(conditions)
    ]
    quantity = Quantity(unit="m", name="Level", name_vi="Mức", period_s=period_s)
    found = Domain(
        id="test",
        name="Test",
        name_vi="Thử",
        description="d",
        description_vi="d",
        quantities={"level_m": quantity},
        conditions=made,
    )
    return {"test": found}


def pack(readings: Iterable[Reading], states: dict[int, str] | None = None) -> Pack:
    rows = list(readings)
    return Pack(
        domain="test",
        zone="z1",
        names=[name for _, name, _ in rows],
        times=[START_MS + round(at * 1000) for at, _, _ in rows],
        values=[float(value) for _, _, value in rows],
        runs=[Run("/feed", "event-1", len(rows))],
        states=states or {},
    )


def flattened(whole: Pack) -> FlatPack:
    """A pack as it comes of a recording."""
    columns, parts, start = FlatColumns.of(whole.names, whole.times, whole.values, whole.states), [], 0
    for run in whole.runs:
        parts.append(columns.cut(start, start + run.count))
        start += run.count
    return FlatPack.joined(whole.domain, whole.zone, parts, [run.id for run in whole.runs])


def flat(readings: Iterable[Reading], states: dict[int, str] | None = None) -> FlatPack:
    """The pack of a recording."""
    return flattened(pack(readings, states))


def tick(at: float, clock: str = "live") -> Tick:
    return Tick(START_MS + round(at * 1000), clock)


def told(signals: Iterable[Signal]) -> list[str]:
    """`<seconds after the start> <asset> <kind> <state> <severity>` of each signal."""
    return [
        f"{(to_ms(signal.cleared_at or signal.raised_at) - START_MS) / 1000:g}"
        f" {signal.asset} {signal.kind} {signal.state} {signal.severity}"
        for signal in signals
    ]


def at(seconds: float) -> datetime:
    return from_ms(START_MS + round(seconds * 1000))
