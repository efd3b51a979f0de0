"""Works indicators out: hours that got readings, then the days, months and years that they belong to."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city.indicators.parks.formulas import Formula, work_out
from city.indicators.parks.gather import Known, bounds, hour_of
from city.indicators.parks.hours import Hour
from city.indicators.parks.places import Place
from city.indicators.parks.table import formulas_of
from city.indicators.spans import STEPS, above, end
from infra import log
from infra.clock import utc_now
from infra.postgres import indicator_store as store
from infra.postgres.park_words import read_all
from infra.postgres.reference import present_city

EVERY_S = 15.0
MOST_HOURS = 48
"""Hours of one transaction: late readings of a month do not hold up the present."""
AGAIN = 2
"""So many hours before the newest are worked out with it: a stuck instrument is known an hour later."""
_log = log.logger("telemetry")
Now = Callable[[], datetime]


async def work(engine: AsyncEngine) -> None:
    """Until cancelled; what is due stays due over a restart and while PostgreSQL is away."""
    while True:
        try:
            while await step_once(engine, utc_now):
                pass
        except (DBAPIError, OSError) as error:
            _log.warning("indicators_postponed", reason=str(error))
        await asyncio.sleep(EVERY_S)


async def step_once(engine: AsyncEngine, clock: Now) -> bool:
    """Works out some of what is due; whether more hours are."""
    async with engine.begin() as connection:
        hours = await store.due(connection, "hour", MOST_HOURS)
        if hours:
            await _hours(connection, hours, clock())
        for below, step in pairwise(STEPS):
            await _add_up(connection, below, step, clock())
    return len(hours) == MOST_HOURS


async def _hours(connection: AsyncConnection, due: store.Due, now: datetime) -> None:
    known, parks, areas = await read_all(connection)
    places = [*parks, *areas]
    newest = max(due)
    hours = sorted({*due, *(newest - timedelta(hours=back) for back in range(1, AGAIN + 1))})
    for at in hours:
        await store.put(connection, await _hour(connection, (known, places), at, now))
    await store.touch(connection, "day", above("day", hours, known.catalogue.time_zone))
    await store.done(connection, "hour", due)


async def _hour(
    connection: AsyncConnection, words: tuple[Known, list[Place]], at: datetime, now: datetime
) -> list[store.Row]:
    known, places = words
    sensors = sorted({sensor for place in places for names in place.meters.values() for sensor in names})
    limits = {(one.sensor, one.quantity): one for place in places for one in bounds(place, known, at)}
    found = await store.found(connection, at, sensors, list(limits.values()))
    return [
        _row(place.id, formula, hour, at, now)
        for place in places
        for hour in [hour_of(place, known, at, found)]
        for formula in formulas_of(place.kind)
    ]


def _row(asset: str, formula: Formula, hour: Hour, at: datetime, now: datetime) -> store.Row:
    parts = work_out(formula, hour)
    return store.Row(
        asset=asset,
        indicator=formula.id,
        version=formula.version,
        step="hour",
        at=at,
        numerator=parts.numerator,
        denominator=parts.denominator,
        hours=0.0 if parts.numerator is None else 1.0,
        covered_h=parts.covered,
        notes=parts.notes,
        computed_at=now,
    )


async def _add_up(connection: AsyncConnection, below: str, step: str, now: datetime) -> None:
    due = await store.due(connection, step, MOST_HOURS)
    if not due:
        return
    zone = ZoneInfo((await present_city(connection)).time_zone)
    for start in due:
        await store.add_up(connection, step, below, (start, end(step, start, zone), now))
    longer = dict(pairwise(STEPS)).get(step)
    if longer:
        await store.touch(connection, longer, above(longer, due, zone))
    await store.done(connection, step, due)
