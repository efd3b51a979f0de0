"""Hourly means of quantities from the rollups."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import rollup_hours
from schemas.times import to_ms

Sums = dict[tuple[str, str], dict[int, tuple[float, int]]]
"""(Sensor, quantity) → beginning of the hour, Unix milliseconds → sum and count of its readings."""


async def hour_sums(connection: AsyncConnection, quantities: Iterable[str], span: tuple[datetime, datetime]) -> Sums:
    """Of all sensors, for the hours that begin within the span (its end excluded)."""
    table = rollup_hours.c
    query = select(table.sensor, table.quantity, table.hour, table.sum, table.count)
    query = query.where(table.quantity.in_(list(quantities)), table.hour >= span[0], table.hour < span[1])
    found: Sums = {}
    for row in await connection.execute(query):
        found.setdefault((row[0], row[1]), {})[to_ms(row[2])] = (row[3], row[4])
    return found
