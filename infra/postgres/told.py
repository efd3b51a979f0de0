"""Whom an endpoint for people has reached, and what of an incident they need not hear any more."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import deliveries
from infra.postgres.webhook_store import UNSAID

OVERTAKE = text(
    """
    UPDATE deliveries SET state = 'unsaid' WHERE endpoint_id = :endpoint AND state = 'waiting' AND EXISTS (
        SELECT FROM deliveries newer
        WHERE newer.endpoint_id = :endpoint AND newer.incident_id = deliveries.incident_id
            AND newer.version > deliveries.version AND newer.state = 'waiting' AND newer.next_at <= :now
    )
    """
)


async def overtake(connection: AsyncConnection, endpoint_id: str, now: datetime) -> None:
    """Of each incident only the newest change that is due is still to be said: people hear how it is, not how it was.

    So nothing that waits for another try, for a full mailbox or a slow gateway, holds an escalation back.
    """
    await connection.execute(OVERTAKE, {"endpoint": endpoint_id, "now": now})


async def is_known(connection: AsyncConnection, endpoint_id: str, incident_id: str) -> bool:
    """Whether anything of the incident was said by the endpoint or waits to be."""
    mine = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.incident_id == incident_id)
    query = select(select(deliveries.c.id).where(mine, deliveries.c.state != UNSAID).exists())
    return bool((await connection.execute(query)).scalar_one())


async def told_of(connection: AsyncConnection, endpoint_id: str, incident_id: str) -> set[str]:
    """Addresses and numbers of those who were told anything of the incident by the endpoint."""
    query = select(func.unnest(deliveries.c.told).label("one"))
    query = query.where(deliveries.c.endpoint_id == endpoint_id, deliveries.c.incident_id == incident_id)
    return set((await connection.execute(query)).scalars())


async def note_told(connection: AsyncConnection, delivery_id: int, people: Sequence[str]) -> None:
    """A delivery has reached these people; the next attempt at it leaves them out."""
    if people:
        values = {"told": deliveries.c.told + list(people)}
        await connection.execute(update(deliveries).where(deliveries.c.id == delivery_id).values(values))
