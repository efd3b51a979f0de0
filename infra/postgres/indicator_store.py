"""What indicators are worked out from, what came of it, and what is due."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import bindparam, delete, func, literal, select, text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, DOUBLE_PRECISION, TEXT, TIMESTAMP, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from city.indicators.parks.gather import Bound, Counted, Found, Name, Records
from city.indicators.spans import STEPS, above
from infra.postgres.tables import indicators, indicators_due, rollup_hours

Due = Mapping[datetime, int]
"""Beginning → how often it was touched."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator of an asset in a span."""

    asset: str
    indicator: str
    version: int
    step: str
    at: datetime
    numerator: float | None
    denominator: float | None
    hours: float
    covered_h: float
    notes: tuple[str, ...]
    computed_at: datetime


async def touch(connection: AsyncConnection, step: str, times: Iterable[datetime]) -> None:
    """These spans have to be worked out, once more if somebody does so just now."""
    rows = [{"step": step, "at": at} for at in sorted(set(times))]
    if rows:
        marked = insert(indicators_due).on_conflict_do_update(
            index_elements=["step", "at"], set_={"touched": indicators_due.c.touched + 1}
        )
        await connection.execute(marked, rows)


async def due(connection: AsyncConnection, step: str, most: int) -> Due:
    """At most `most` spans that are due, the newest first."""
    query = select(indicators_due.c.at, indicators_due.c.touched).where(indicators_due.c.step == step)
    rows = await connection.execute(query.order_by(indicators_due.c.at.desc()).limit(most))
    return {row.at: row.touched for row in rows}


async def hours_due(connection: AsyncConnection) -> int:
    """How many hours are to be worked out."""
    query = select(func.count()).select_from(indicators_due).where(indicators_due.c.step == "hour")
    return (await connection.execute(query)).scalar_one()


async def done(connection: AsyncConnection, step: str, worked: Due) -> None:
    """These are worked out, except those touched again since."""
    key = tuple_(indicators_due.c.at, indicators_due.c.touched)
    await connection.execute(delete(indicators_due).where(indicators_due.c.step == step, key.in_(list(worked.items()))))


_RECORDS = text("""
    SELECT wanted.sensor, wanted.quantity,
           count(*) FILTER (WHERE NOT faulty) AS valid,
           count(*) FILTER (WHERE NOT faulty AND (mean > wanted.above OR mean < wanted.below)) AS over,
           count(*) FILTER (WHERE faulty) AS fault
    FROM unnest(:sensor, :quantity, :above, :below) AS wanted (sensor, quantity, above, below)
    CROSS JOIN LATERAL (
        SELECT sum / count AS mean, EXISTS (
            SELECT FROM signals WHERE asset = wanted.sensor AND kind LIKE 'sensor.%' AND raised_at <= minute
            AND coalesce(cleared_at, 'infinity') > minute) AS faulty
        FROM rollups WHERE rollups.sensor = wanted.sensor AND rollups.quantity = wanted.quantity
        AND minute >= :at AND minute < CAST(:at AS timestamptz) + INTERVAL '1 hour') AS minutes
    GROUP BY 1, 2
""").bindparams(
    bindparam("sensor", type_=ARRAY(TEXT)),
    bindparam("quantity", type_=ARRAY(TEXT)),
    bindparam("above", type_=ARRAY(DOUBLE_PRECISION)),
    bindparam("below", type_=ARRAY(DOUBLE_PRECISION)),
    bindparam("at", type_=TIMESTAMP(timezone=True)),
)


async def found(connection: AsyncConnection, at: datetime, sensors: Sequence[str], limits: Sequence[Bound]) -> Found:
    """Readings of the sensors in the hour that begins `at`, and records against limits."""
    query = select(rollup_hours).where(rollup_hours.c.hour == at, rollup_hours.c.sensor.in_(sensors))
    rows = (await connection.execute(query)).mappings()
    counted: dict[Name, Counted] = {(row["sensor"], row["quantity"]): Counted(row["count"], row["sum"]) for row in rows}
    wanted: dict[str, Any] = {name: [getattr(one, name) for one in limits] for name in LIMITS}
    judged = await connection.execute(_RECORDS, {**wanted, "at": at})
    return Found(counted, {(row.sensor, row.quantity): Records(row.valid, row.over, row.fault) for row in judged})


LIMITS = ("sensor", "quantity", "above", "below")


async def put(connection: AsyncConnection, rows: Sequence[Row]) -> None:
    """Writes rows in place of what was there for the same formula and time."""
    if not rows:
        return
    statement = insert(indicators)
    changed = {column.name: statement.excluded[column.name] for column in indicators.c if not column.primary_key}
    placed = statement.on_conflict_do_update(index_elements=list(indicators.primary_key.columns), set_=changed)
    await connection.execute(placed, [msgspec.structs.asdict(row) | {"notes": list(row.notes)} for row in rows])


async def bring(connection: AsyncConnection, rows: Sequence[Row], zone: ZoneInfo) -> None:
    """Writes days and months, of the civil time of `zone`, where there are none; what they are part of is due then."""
    if rows:
        kept = insert(indicators).on_conflict_do_nothing()
        await connection.execute(kept, [msgspec.structs.asdict(row) | {"notes": list(row.notes)} for row in rows])
    for below, step in pairwise(STEPS):
        await touch(connection, step, above(step, {row.at for row in rows if row.step == below}, zone))


_TOGETHER = text("""
    INSERT INTO indicators
    SELECT asset, indicator, version, :step, :start, sum(numerator), sum(denominator), sum(hours), sum(covered_h),
           ARRAY(SELECT DISTINCT unnest(string_to_array(
                   string_agg(DISTINCT nullif(array_to_string(notes, '^'), ''), '^'), '^')) ORDER BY 1), :now
    FROM indicators WHERE step = :below AND at >= :start AND at < :end GROUP BY asset, indicator, version
    ON CONFLICT (asset, indicator, version, step, at) DO UPDATE SET
        numerator = excluded.numerator, denominator = excluded.denominator, hours = excluded.hours,
        covered_h = excluded.covered_h, notes = excluded.notes, computed_at = excluded.computed_at
""").bindparams(
    *(bindparam(name, type_=TIMESTAMP(timezone=True)) for name in ("start", "end", "now")),
    *(bindparam(name, type_=TEXT) for name in ("step", "below")),
)


async def add_up(connection: AsyncConnection, step: str, below: str, span: tuple[datetime, datetime, datetime]) -> None:
    """Makes the span (beginning, end, now) of `step` out of its parts of the step `below`."""
    start, end, now = span
    await connection.execute(_TOGETHER, {"step": step, "below": below, "start": start, "end": end, "now": now})


async def touch_known(connection: AsyncConnection, start: datetime | None) -> None:
    """Every hour that was ever worked out, from `start` on or (None) at all, has to be worked out again."""
    hours = select(literal("hour"), indicators.c.at).where(indicators.c.step == "hour").distinct()
    if start is not None:
        hours = hours.where(indicators.c.at >= start)
    marked = insert(indicators_due).from_select(["step", "at"], hours.order_by(indicators.c.at))
    touched = {"touched": indicators_due.c.touched + 1}
    await connection.execute(marked.on_conflict_do_update(index_elements=["step", "at"], set_=touched))
