"""Where a merged incident went."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import incidents
from schemas.errors import CenterError, Unknown
from schemas.sentences import say

MERGES = 50
"""Longest chain of merges that is followed."""


async def whereabouts(connection: AsyncConnection, incident_id: str) -> str:
    """Id of the incident that it was merged into, its own if it was not; nothing is locked. Raises Unknown."""
    return (await way(connection, incident_id))[-1]


async def way(connection: AsyncConnection, incident_id: str) -> list[str]:
    """The incident and those that it went into, one after the other; nothing is locked. Raises Unknown."""
    names = [incident_id]
    for _ in range(MERGES):
        query = select(incidents.c.merged_into).where(incidents.c.id == names[-1])
        found = (await connection.execute(query)).one_or_none()
        if found is None:
            raise Unknown(say("no_incident", id=names[-1]))
        if found.merged_into is None:
            return names
        names.append(found.merged_into)
    raise CenterError(f"incident {incident_id} was merged in a circle")
