"""Applies a person's command under a row lock, synchronously (DESIGN D5)."""

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city.incidents import Command, Moment, Outcome, State, Tracked, obey
from infra.postgres.incident_store import load_incident, save
from infra.postgres.tables import reference
from schemas.errors import CenterError, Conflict, Unavailable
from schemas.incidents import Incident

MERGES = 50
"""Longest chain of merges that is followed."""


class Outdated(Conflict):
    """Another command, a merge or a split changed the incident since the version that you saw."""

    def __init__(self, detail: str, incident: Incident) -> None:
        """`incident` is the current one, for the answer 409."""
        super().__init__(detail, field="version")
        self.incident = incident


async def apply_command(engine: AsyncEngine, incident_id: str, command: Command, moment: Moment) -> Incident:
    """The incident after the command; a merged id acts on the survivor (`incident.id` says so).

    Raises Unknown, Invalid, Outdated (a Conflict with the current incident), Unavailable without PostgreSQL.
    """
    try:
        async with engine.begin() as connection:
            return await obeyed(connection, incident_id, command, moment)
    except OperationalError as error:
        raise Unavailable("the database does not answer; nothing was changed") from error


async def obeyed(connection: AsyncConnection, incident_id: str, command: Command, moment: Moment) -> Incident:
    """The same in the caller's transaction. Raises Unknown, Invalid, Outdated."""
    tracked = await survivor(connection, incident_id)
    try:
        after, change = obey(tracked, command, moment)
    except Conflict as error:
        raise Outdated(error.detail, tracked.incident) from None
    outcome = Outcome()
    outcome.add(after, change)
    await save(connection, State(), outcome, await city_id(connection), moment.now)
    return after.incident


async def survivor(connection: AsyncConnection, incident_id: str) -> Tracked:
    """The incident, or the one it was merged into, locked. Raises Unknown."""
    tracked = await load_incident(connection, incident_id)
    for _ in range(MERGES):
        if tracked.incident.merged_into is None:
            return tracked
        tracked = await load_incident(connection, tracked.incident.merged_into)
    raise CenterError(f"incident {incident_id} was merged in a circle")


async def city_id(connection: AsyncConnection) -> str:
    """Id of the city, for the `source` of events."""
    query = select(reference.c.id).where(reference.c.name == "cities", ~reference.c.deleted).order_by(reference.c.id)
    return (await connection.execute(query.limit(1))).scalar_one_or_none() or "city"
