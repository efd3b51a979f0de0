"""`/v1/indicators/day`: what a day of the city was like."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Response
from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.clocks import center_time
from infra.postgres.indicator_values import CityValue, of_the_day
from infra.postgres.reference import present_city
from infra.postgres.tables import dead_letters, incidents, rollup_hours, sensors_seen
from schemas.incidents import MERGED
from services.api import counting
from services.api.answers import gives, json_answer
from services.api.center import Here
from services.api.moments import Day
from services.api.people import Person, Reader
from services.api.sight import seen

router = APIRouter(prefix="/v1/indicators", tags=["indicators"])
Range = tuple[datetime, datetime]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """A civil day of the city; incidents as far as the reader may see them."""

    day: date
    opened: int
    """Incidents that began on it, merged ones left out."""
    opened_by_severity: dict[str, int]
    opened_by_domain: dict[str, int]
    resolved: int
    standing: int
    """Not resolved at its end, or now."""
    readings: int
    sensors: int
    """Sensors that sent on it."""
    sensors_known: int
    """Sensors that ever sent."""
    dead_letters: int
    parks: dict[str, CityValue]
    """All industrial parks together."""


@router.get("/day", summary="A day of the city", **gives(Summary, "Incidents, readings and parks of a day"))
async def summary(center: Here, reader: Reader, day: Day | None = None) -> Response:
    """A civil day of the city's time zone; by default that of the center's clock. Late readings change it."""
    async with center.engine.connect() as connection:
        zone = ZoneInfo((await present_city(connection)).time_zone)
        chosen = day or (await center_time(connection)).astimezone(zone).date()
        start, end = (datetime.combine(one, time(), zone) for one in (chosen, chosen + timedelta(days=1)))
        span = start, end
        severities, domains = [await _opened(connection, reader, span, name) for name in ("severity", "domain")]
        readings, sensors, known = await _read(connection, span)
        found = Summary(
            day=chosen,
            opened=sum(severities.values()),
            opened_by_severity=severities,
            opened_by_domain=domains,
            resolved=await _incidents(connection, reader, _within(incidents.c.resolved_at, span)),
            standing=sum([await _incidents(connection, reader, which) for which in _stands(end)]),
            readings=readings,
            sensors=sensors,
            sensors_known=known,
            dead_letters=await counting.letters(connection, _within(dead_letters.c.at, span)),
            parks=await of_the_day(connection, start),
        )
    return json_answer(found)


def _within(column: ColumnElement[Any], span: Range) -> ColumnElement[bool]:
    return and_(column >= span[0], column < span[1])


async def _opened(connection: AsyncConnection, reader: Person, span: Range, name: str) -> dict[str, int]:
    column = incidents.c[name]
    query = select(column, func.count()).where(seen(reader), incidents.c.state != MERGED)
    rows = await connection.execute(query.where(_within(incidents.c.opened_at, span)).group_by(column).order_by(column))
    return {value: count for value, count in rows.all()}


async def _incidents(connection: AsyncConnection, reader: Person, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(incidents).where(seen(reader), incidents.c.state != MERGED, which)
    return int((await connection.execute(query)).scalar_one())


def _stands(end: datetime) -> tuple[ColumnElement[bool], ...]:
    """Those that never ended, and those that ended later: asked apart, each is found by blocks of both its times."""
    began = incidents.c.opened_at < end
    return and_(began, incidents.c.resolved_at.is_(None)), and_(began, incidents.c.resolved_at >= end)


async def _read(connection: AsyncConnection, span: Range) -> tuple[int, int, int]:
    """Readings, sensors that sent, sensors that ever sent."""
    counted = func.coalesce(func.sum(rollup_hours.c["count"]), 0), func.count(rollup_hours.c.sensor.distinct())
    readings, sensors = (await connection.execute(select(*counted).where(_within(rollup_hours.c.hour, span)))).one()
    known = (await connection.execute(select(func.count()).select_from(sensors_seen))).scalar_one()
    return int(readings), sensors, known
