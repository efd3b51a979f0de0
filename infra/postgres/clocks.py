"""How far the incidents have come: event time of the recorder, in the rows that its batches move."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.postgres.tables import clocks
from schemas.assets import City
from schemas.times import AHEAD_MS, from_ms
from schemas.topics import LINKS, SIGNAL_PARTITIONS


async def move_clock(connection: AsyncConnection, partition: int, now: datetime, passed_ms: int | None = None) -> None:
    """A partition of the links has been applied up to an event time.

    It goes back only where it is ahead of the wall clock by which that was passed on, Unix milliseconds: then it was
    moved by a wrong one.
    """
    statement = insert(clocks).values(name=f"{LINKS}/{partition}", now=now)
    moved: ColumnElement[datetime] = func.greatest(clocks.c.now, statement.excluded.now)
    if passed_ms is not None:
        was_ahead = clocks.c.now > from_ms(passed_ms + AHEAD_MS)
        moved = case((was_ahead, statement.excluded.now), else_=moved)
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"now": moved}))


CENTER_CLOCK = (
    select(func.min(clocks.c.now))
    .where(clocks.c.name.startswith(f"{LINKS}/"))
    .having(func.count() == SIGNAL_PARTITIONS)
)
"""Event time up to which every partition has been applied; no row until each has told one."""


async def center_clock(connection: AsyncConnection) -> datetime | None:
    """Event time up to which every partition has been applied; None until each has told one."""
    found: datetime | None = (await connection.execute(CENTER_CLOCK)).scalar_one_or_none()
    return found


async def center_time(connection: AsyncConnection) -> datetime:
    """Now by the center's clock; by that on the wall until every partition has told one."""
    return await center_clock(connection) or utc_now()


async def recorded_clock(connection: AsyncConnection, city: City) -> datetime | None:
    """`center_clock` of a city of recordings; None in a live one: there it is the wall clock, and a moment behind."""
    return None if city.clock == "live" else await center_clock(connection)
