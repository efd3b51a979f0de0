"""Applies a person's command under a row lock, synchronously (DESIGN D5)."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.incidents import RESHAPING, Command, Moment, Outcome, State, Tracked, obey
from infra.postgres.incident_store import load_incident, save
from infra.postgres.overruling import reshaped
from infra.postgres.tables import reference
from infra.postgres.whereabouts import whereabouts
from infra.postgres.words import StoredWords
from schemas.errors import Conflict
from schemas.incidents import Incident


class Outdated(Conflict):
    """Another command, a merge or a split changed the incident since the version that you saw."""

    def __init__(self, detail: str, incident: Incident) -> None:
        """`incident` is the current one, for the answer 409."""
        super().__init__(detail, field="version", current=incident)
        self.incident = incident


class Commands:
    """Carries commands out."""

    def __init__(self, words: StoredWords) -> None:
        """`words` for what has to be thought about anew."""
        self._words = words

    async def obeyed(self, connection: AsyncConnection, incident_id: str, command: Command, moment: Moment) -> Incident:
        """The incident after the command, in the caller's transaction, which has locked nothing yet; a merged id acts
        on the survivor (`incident.id` says so).

        Raises Unknown, Invalid, Outdated (a Conflict with the current incident).
        """
        try:
            if command.command in RESHAPING:
                words = await self._words.present(connection)
                return await reshaped(connection, incident_id, command, moment, words)
            return await _alone(connection, await survivor(connection, incident_id), command, moment)
        except Conflict as error:
            tracked = await survivor(connection, incident_id)
            raise Outdated(error.said, tracked.incident) from None


async def _alone(connection: AsyncConnection, tracked: Tracked, command: Command, moment: Moment) -> Incident:
    after, change = obey(tracked, command, moment)
    outcome = Outcome()
    outcome.add(after, change)
    await save(connection, State(), outcome, await city_id(connection), moment.now)
    return after.incident


async def survivor(connection: AsyncConnection, incident_id: str) -> Tracked:
    """The incident, or the one it was merged into, locked; of a chain only its end. Raises Unknown."""
    name = await whereabouts(connection, incident_id)
    tracked = await load_incident(connection, name)
    return tracked if tracked.incident.merged_into is None else await survivor(connection, name)


async def city_id(connection: AsyncConnection) -> str:
    """Id of the city, for the `source` of events."""
    query = select(reference.c.id).where(reference.c.name == "cities", ~reference.c.deleted).order_by(reference.c.id)
    return (await connection.execute(query.limit(1))).scalar_one_or_none() or "city"
