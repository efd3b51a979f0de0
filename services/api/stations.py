"""Stations as they are shown with an index: what their sensors sent by hour, name and place."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.hour_means import hour_sums
from infra.postgres.tables import reference
from services.api.routes.assets import present

Hours = Mapping[int, float]
"""Beginning of the hour, Unix milliseconds → mean."""


class Station(msgspec.Struct, frozen=True, kw_only=True):
    """An asset that sensors stand for, or a sensor that stands alone."""

    id: str
    sources: list[str]
    means: dict[str, Hours]
    """By quantity, over its sensors."""
    name: str
    name_vi: str
    position: tuple[float, float] | None


async def stations(
    connection: AsyncConnection, quantities: Iterable[str], span: tuple[datetime, datetime]
) -> list[Station]:
    """All whose sensors sent one of the quantities within the span, by id."""
    sums = await hour_sums(connection, quantities, span)
    bodies = await _bodies(connection, {sensor for sensor, _ in sums})
    bodies |= await _bodies(connection, {body["measures"] for body in bodies.values() if body.get("measures")})
    sources: dict[str, list[str]] = {}
    for sensor in sorted({sensor for sensor, _ in sums}):
        sources.setdefault(bodies.get(sensor, {}).get("measures") or sensor, []).append(sensor)
    found = []
    for name, sensors in sorted(sources.items()):
        own = [(quantity, hours) for (sensor, quantity), hours in sums.items() if sensor in sensors]
        means = {quantity: _mean([hours for other, hours in own if other == quantity]) for quantity, _ in own}
        found.append(Station(id=name, sources=sensors, means=means, **_words(bodies, name, sensors)))
    return found


async def _bodies(connection: AsyncConnection, ids: set[str]) -> dict[str, Any]:
    rows = await connection.execute(present("assets").where(reference.c.id.in_(sorted(ids))))
    return {row.id: row.body for row in rows}


def _mean(parts: Sequence[Mapping[int, tuple[float, int]]]) -> Hours:
    together: dict[int, tuple[float, int]] = {}
    for hours in parts:
        for hour, (total, count) in hours.items():
            before = together.get(hour, (0.0, 0))
            together[hour] = before[0] + total, before[1] + count
    return {hour: total / count for hour, (total, count) in together.items()}


def _words(bodies: Mapping[str, Any], station: str, sources: Sequence[str]) -> dict[str, Any]:
    body: Mapping[str, Any] = next((bodies[name] for name in (station, *sources) if name in bodies), {})
    name = body.get("name") or station
    return {"name": name, "name_vi": body.get("name_vi") or name, "position": body.get("position")}
