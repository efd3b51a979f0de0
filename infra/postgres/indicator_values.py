"""Indicators as they are asked for: stored sums with the coverage that the clock of the center gives them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, and_, bindparam, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, INTEGER, TEXT, TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection

from city.indicators.parks.quality import Sums, Value, value_of
from city.indicators.parks.table import BY_ID, FORMULAS
from city.indicators.spans import begin, end
from infra.postgres.clocks import center_time
from infra.postgres.indicator_store import Row
from infra.postgres.reference import present_city
from infra.postgres.tables import indicators


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Which indicators; present versions of the formulas only."""

    step: str
    start: datetime
    end: datetime
    """Excluded."""
    assets: Sequence[str] = ()
    names: Sequence[str] = ()


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator in one span."""

    asset: str
    indicator: str
    version: int
    step: str
    at: datetime
    computed_at: datetime
    value: Value


async def values(connection: AsyncConnection, asked: Asked) -> list[Stored]:
    """By asset, indicator and time."""
    zone = ZoneInfo((await present_city(connection)).time_zone)
    now = await center_time(connection)
    order = (indicators.c.asset, indicators.c.indicator, indicators.c.at)
    rows = (await connection.execute(select(indicators).where(_wanted(asked)).order_by(*order))).all()
    return [_stored(row, zone, now) for row in rows]


def _wanted(asked: Asked) -> ColumnElement[bool]:
    """One condition for each formula: an older version is another indicator."""
    present = [one for one in FORMULAS if not asked.names or one.id in asked.names]
    versions = or_(*(and_(indicators.c.indicator == one.id, indicators.c.version == one.version) for one in present))
    found = [indicators.c.step == asked.step, indicators.c.at >= asked.start, indicators.c.at < asked.end, versions]
    if asked.assets:
        found.append(indicators.c.asset.in_(asked.assets))
    return and_(*found)


def _stored(row: object, zone: ZoneInfo, now: datetime) -> Stored:
    found = msgspec.convert(row, Row, from_attributes=True)
    over = min(end(found.step, found.at, zone), max(now, found.at))
    sums = Sums(
        numerator=found.numerator,
        denominator=found.denominator,
        hours=found.hours,
        covered_h=found.covered_h,
        notes=found.notes,
    )
    return Stored(
        asset=found.asset,
        indicator=found.indicator,
        version=found.version,
        step=found.step,
        at=found.at,
        computed_at=found.computed_at,
        value=value_of(BY_ID[found.indicator], sums, (over - found.at).total_seconds() / 3600),
    )


class CityValue(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator of all industrial parks together, in a day so far."""

    value: float | None
    unit: str
    coverage: float
    """0 … 1, mean of the parks that have it."""
    parks: int
    """How many have it."""


SHOWN = ("electricity", "renewable_share", "scope1", "scope2", "water", "effluent_compliance")
_ALL_PARKS = text("""
    SELECT indicator, sum(numerator) AS numerator, sum(denominator) AS denominator, count(numerator) AS parks,
           max(hours) AS hours, avg(covered_h) FILTER (WHERE numerator IS NOT NULL) AS covered_h
    FROM indicators JOIN reference ON reference.name = 'assets' AND reference.id = indicators.asset
    WHERE NOT reference.deleted AND reference.body->>'kind' = 'industrial_park' AND step = 'day' AND at = :at
    AND (indicator, version) IN (SELECT * FROM unnest(:names, :versions))
    GROUP BY indicator
""").bindparams(
    bindparam("at", type_=TIMESTAMP(timezone=True)),
    bindparam("names", type_=ARRAY(TEXT)),
    bindparam("versions", type_=ARRAY(INTEGER)),
)


async def of_the_day(connection: AsyncConnection, at: datetime | None = None) -> dict[str, CityValue]:
    """What is shown of all parks for the day of a time, by default the day of the center's clock."""
    zone = ZoneInfo((await present_city(connection)).time_zone)
    now = await center_time(connection)
    start = begin("day", at or now, zone)
    elapsed_h = (min(end("day", start, zone), max(now, start)) - start).total_seconds() / 3600
    versions = {"names": list(SHOWN), "versions": [BY_ID[name].version for name in SHOWN]}
    rows = await connection.execute(_ALL_PARKS, {"at": start, **versions})
    return {row.indicator: _city_value(row, elapsed_h) for row in rows if row.parks}


def _city_value(row: Any, elapsed_h: float) -> CityValue:
    formula = BY_ID[row.indicator]
    sums = Sums(numerator=row.numerator, denominator=row.denominator, hours=row.hours, covered_h=row.covered_h)
    found = value_of(formula, sums, elapsed_h)
    return CityValue(value=found.value, unit=formula.unit, coverage=found.coverage, parks=row.parks)
