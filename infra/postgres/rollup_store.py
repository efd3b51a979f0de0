"""Writes what telemetry has counted, by minute and by hour, in one transaction with its positions (DESIGN D5)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import asdict
from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, INTEGER, TEXT, TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infra.postgres.indicator_store import touch
from infra.postgres.partitions import ensure, month_of
from schemas.errors import Conflict
from schemas.times import to_ms

CONSUMER = "telemetry"
MONTHS_AT_ONCE = 20
"""So many are made in one transaction: it locks all that it makes, and has room for some thousands of locks."""


class Span(NamedTuple):
    """What was read of a partition: it begins where the last transaction ended."""

    first: int
    end: int


class RollupRow(msgspec.Struct, frozen=True, order=True):
    """One minute of one sensor and quantity."""

    sensor: str
    quantity: str
    minute: datetime
    count: int
    sum: float
    min: float
    max: float
    last: float
    last_at: datetime


class SensorRow(msgspec.Struct, frozen=True, order=True):
    """A sensor as it was seen."""

    id: str
    quantities: list[str]
    zone: str
    registered: bool
    first_at: datetime
    last_at: datetime
    readings: int


Partition = tuple[str, int]
"""Topic and partition."""

TABLES = {"rollups": "minute", "rollup_hours": "hour"}
"""Table → how long its spans are, which is also the name of the column of their beginnings."""
_ADD = """
    INSERT INTO {table} AS old (sensor, quantity, {span}, count, sum, min, max, last, last_at)
    SELECT sensor, quantity, date_trunc('{span}', minute, 'UTC'), sum(count), sum(sum), min(min), max(max),
           (array_agg(last ORDER BY last_at DESC))[1], max(last_at)
    FROM unnest(:sensor, :quantity, :minute, :count, :sum, :min, :max, :last, :last_at)
         AS new (sensor, quantity, minute, count, sum, min, max, last, last_at)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (sensor, quantity, {span}) DO UPDATE SET
        count = old.count + excluded.count, sum = old.sum + excluded.sum,
        min = LEAST(old.min, excluded.min), max = GREATEST(old.max, excluded.max),
        last = CASE WHEN excluded.last_at >= old.last_at THEN excluded.last ELSE old.last END,
        last_at = GREATEST(old.last_at, excluded.last_at)
"""
_TYPES: dict[str, Any] = {
    "sensor": TEXT, "quantity": TEXT, "minute": TIMESTAMP(timezone=True), "count": INTEGER, "sum": DOUBLE_PRECISION,
    "min": DOUBLE_PRECISION, "max": DOUBLE_PRECISION, "last": DOUBLE_PRECISION, "last_at": TIMESTAMP(timezone=True),
}  # fmt: skip
_ARRAYS = [bindparam(name, type_=ARRAY(kind)) for name, kind in _TYPES.items()]
_ROLLUPS = [text(_ADD.format(table=table, span=span)).bindparams(*_ARRAYS) for table, span in TABLES.items()]
_SENSORS = text("""
    INSERT INTO sensors_seen AS old (id, quantities, zone, registered, first_at, last_at, readings)
    VALUES (:id, :quantities, :zone, :registered, :first_at, :last_at, :readings)
    ON CONFLICT (id) DO UPDATE SET
        quantities = ARRAY(SELECT DISTINCT unnest(old.quantities || excluded.quantities) ORDER BY 1),
        zone = excluded.zone, registered = excluded.registered, readings = old.readings + excluded.readings,
        first_at = LEAST(old.first_at, excluded.first_at), last_at = GREATEST(old.last_at, excluded.last_at)
""")
_MOVE = text("""
    UPDATE offsets AS old SET next_offset = span.following
    FROM unnest(
        CAST(:topics AS text[]), CAST(:partitions AS int[]), CAST(:firsts AS bigint[]), CAST(:ends AS bigint[])
    ) AS span(topic, "partition", first, following)
    WHERE old.consumer = :consumer AND old.topic = span.topic AND old."partition" = span."partition"
        AND old.next_offset = span.first
    RETURNING old.topic, old."partition"
""")
_BEGIN = text("""
    INSERT INTO offsets (consumer, topic, "partition", next_offset) VALUES (:consumer, :topic, :partition, :first)
    ON CONFLICT DO NOTHING
""")
_POSITION = text("""
    SELECT next_offset FROM offsets WHERE consumer = :consumer AND topic = :topic AND "partition" = :partition
""")


_LATEST = text("""
    SELECT seen.id || '/' || quantity AS name, held.last_at, held.last
    FROM sensors_seen AS seen CROSS JOIN LATERAL unnest(seen.quantities) AS quantity CROSS JOIN LATERAL (
        SELECT last, last_at FROM rollup_hours
        WHERE sensor = seen.id AND rollup_hours.quantity = quantity.quantity AND hour > seen.last_at - interval '1 day'
        ORDER BY hour DESC LIMIT 1
    ) AS held
    WHERE seen.last_at > (SELECT max(last_at) FROM sensors_seen) - interval '1 day'
""")


async def latest_values(engine: AsyncEngine) -> dict[str, tuple[int, float]]:
    """`<sensor>/<quantity>` → (Unix milliseconds, value), the last that was counted of those of the newest day."""
    async with engine.connect() as connection:
        return {row.name: (to_ms(row.last_at), row.last) for row in await connection.execute(_LATEST)}


async def position(engine: AsyncEngine, partition: Partition, beginning: int) -> int:
    """Where the next batch of a partition begins; `beginning` the first time."""
    named = {"consumer": CONSUMER, "topic": partition[0], "partition": partition[1]}
    async with engine.begin() as connection:
        await connection.execute(_BEGIN, {**named, "first": beginning})
        return int((await connection.execute(_POSITION, named)).scalar_one())


async def write(
    engine: AsyncEngine, spans: Mapping[Partition, Span], rollups: list[RollupRow], sensors: list[SensorRow]
) -> None:
    """All or nothing, exactly once. Raises Conflict if another telemetry owns a partition."""
    await _prepare(engine, sorted(_months(rollups)))
    async with engine.begin() as connection:
        await _move(connection, spans)
        if rollups:
            await add(connection, rollups)
        if sensors:
            await connection.execute(_SENSORS, [asdict(row) for row in sorted(sensors)])


def _months(rows: list[RollupRow]) -> set[datetime]:
    return {month_of(minute) for minute in {row.minute for row in rows}}


async def _prepare(engine: AsyncEngine, months: list[datetime]) -> None:
    """Makes the partitions of many months beforehand, in transactions of their own; few are made with their rows."""
    if len(months) <= MONTHS_AT_ONCE:
        return
    for first in range(0, len(months), MONTHS_AT_ONCE):
        async with engine.begin() as connection:
            for table in TABLES:
                await ensure(connection, table, months[first : first + MONTHS_AT_ONCE])


async def add(connection: AsyncConnection, rows: list[RollupRow]) -> None:
    """Adds what was counted to the minutes and to their hours, however late it comes."""
    columns = {name: [getattr(row, name) for row in rows] for name in _TYPES}
    months = _months(rows)
    for table, statement in zip(TABLES, _ROLLUPS, strict=True):
        await ensure(connection, table, months)
        await connection.execute(statement, columns)
    await touch(connection, "hour", {minute.replace(minute=0) for minute in columns["minute"]})


async def _move(connection: AsyncConnection, spans: Mapping[Partition, Span]) -> None:
    columns = {
        "topics": [topic for topic, _ in spans],
        "partitions": [partition for _, partition in spans],
        "firsts": [span.first for span in spans.values()],
        "ends": [span.end for span in spans.values()],
    }
    moved = await connection.execute(_MOVE, {"consumer": CONSUMER, **columns})
    left = sorted(spans.keys() - {(row.topic, row.partition) for row in moved})
    if left:
        topic, partition = left[0]
        raise Conflict(f"{topic}/{partition} is not at {spans[left[0]].first}: another telemetry owns it")
