"""Counts of incidents for tiles and indicators."""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.tables import incidents
from schemas.incidents import LIVE_STATES
from services.api.live.frames import Counts


async def by(engine: AsyncEngine, column: str) -> dict[str, int]:
    """How many live incidents there are for each value of a column."""
    name = incidents.c[column]
    query = select(name, func.count()).where(incidents.c.state.in_(LIVE_STATES)).group_by(name)
    async with engine.connect() as connection:
        return {value: count for value, count in (await connection.execute(query)).all()}


async def live_counts(engine: AsyncEngine) -> Counts:
    """Live incidents, all and by severity; raises SQLAlchemyError."""
    severities = await by(engine, "severity")
    covered = incidents.c.body["suppressed"].astext.is_not(None)
    query = select(func.count()).where(incidents.c.state.in_(LIVE_STATES), covered)
    async with engine.connect() as connection:
        suppressed = (await connection.execute(query)).scalar_one()
    return Counts(sum(severities.values()), severities, suppressed)
