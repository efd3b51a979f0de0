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
    name = incident_id
    for _ in range(MERGES):
        found = (await connection.execute(select(incidents.c.merged_into).where(incidents.c.id == name))).one_or_none()
        if found is None:
            raise Unknown(say("no_incident", id=name))
        if found.merged_into is None:
            return name
        name = found.merged_into
    raise CenterError(f"incident {incident_id} was merged in a circle")
