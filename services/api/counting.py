"""Counts of incidents and dead letters for tiles, indicators and days."""

from time import monotonic

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infra.postgres.indicator_values import CityValue, of_the_day
from infra.postgres.tables import dead_letters, incidents
from schemas.incidents import LIVE_STATES
from services.api.live.frames import Counts
from services.api.live.hub import Counted
from services.api.sight import naming

INDICATORS_S = 15.0


async def by(engine: AsyncEngine, column: str, which: ColumnElement[bool]) -> dict[str, int]:
    """How many live incidents there are for each value of a column, of those that `which` names."""
    name = incidents.c[column]
    query = select(name, func.count()).where(incidents.c.state.in_(LIVE_STATES), which).group_by(name)
    async with engine.connect() as connection:
        return {value: count for value, count in (await connection.execute(query)).all()}


async def live_counts(engine: AsyncEngine, agency: str | None) -> Counts:
    """Live incidents that name an agency (None: all), together and by severity; raises SQLAlchemyError."""
    severities = await by(engine, "severity", naming(agency))
    covered = incidents.c.body["suppressed"].astext.is_not(None)
    query = select(func.count()).where(incidents.c.state.in_(LIVE_STATES), covered, naming(agency))
    async with engine.connect() as connection:
        suppressed = (await connection.execute(query)).scalar_one()
    return Counts(sum(severities.values()), severities, suppressed)


async def letters(connection: AsyncConnection, which: ColumnElement[bool]) -> int:
    """How many dead letters there are of those that `which` names, those too that one row stands for."""
    query = select(func.sum(func.coalesce(dead_letters.c.left_out, 1))).where(which)
    return int((await connection.execute(query)).scalar_one() or 0)


class TileCounts:
    """What the tiles show: incidents as they are, indicators of the parks as they were at most fifteen seconds ago."""

    def __init__(self, engine: AsyncEngine) -> None:
        """Nothing is read yet."""
        self._engine = engine
        self._indicators: dict[str, CityValue] = {}
        self._read_at = -INDICATORS_S

    async def read(self, agency: str | None) -> Counted:
        """For who sees what names this agency (None: everything). Raises SQLAlchemyError."""
        if monotonic() - self._read_at >= INDICATORS_S:
            async with self._engine.connect() as connection:
                self._indicators = await of_the_day(connection)
            self._read_at = monotonic()
        return await live_counts(self._engine, agency), self._indicators
