"""Deliveries that are sent again, or sooner than their schedule says: the same bytes under the same ids."""

from datetime import datetime, timedelta

from sqlalchemy import case, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import deliveries
from infra.postgres.webhook_store import DELIVERED, FAILED, WAITING, WITHHELD, WRITTEN_DOWN, endpoint
from schemas.errors import Conflict, Unknown
from schemas.sentences import say

ON_ITS_WAY = timedelta(minutes=1)
"""What is due before may be on its way, or wait until its incident has settled."""
AFRESH = case((WRITTEN_DOWN, 0), else_=deliveries.c.attempts)
"""The count with which a delivery begins its schedule again: what only the count knows of is not forgotten."""


async def replay(connection: AsyncConnection, endpoint_id: str, delivery_id: int, now: datetime) -> None:
    """Sends a delivery again: the same bytes under the same message id, with a fresh schedule. Raises Unknown.

    What an exercise withheld stays so: it was never meant for anybody, after the exercise neither. Raises Conflict.
    """
    mine = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.id == delivery_id)
    if (await connection.execute(select(deliveries.c.state).where(mine))).scalar_one_or_none() == WITHHELD:
        raise Conflict(say("of_exercise"))
    values = {"state": WAITING, "next_at": now, "attempts": AFRESH, "told": []}
    done = await connection.execute(update(deliveries).where(mine).values(values))
    if done.rowcount == 0:
        raise Unknown(say("no_delivery", id=endpoint_id, delivery=delivery_id))


async def hasten(connection: AsyncConnection, endpoint_id: str, now: datetime) -> None:
    """What failed and waits for hours is due now, with a fresh schedule: its receiver was put in order, or moved."""
    mine = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.state == WAITING)
    values = {"next_at": now, "attempts": AFRESH}
    await connection.execute(update(deliveries).where(mine, deliveries.c.next_at > now + ON_ITS_WAY).values(values))


async def replay_since(connection: AsyncConnection, endpoint_id: str, since: datetime, now: datetime) -> int:
    """Sends again what was queued since then and is no longer on its way, in order per incident; how many.

    Asked twice it is sent once more only, and always under the same message ids. Raises Unknown.
    """
    await endpoint(connection, endpoint_id)
    mine = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.created_at >= since)
    told = deliveries.c.state.in_((DELIVERED, FAILED))
    values = {"state": WAITING, "next_at": now, "attempts": AFRESH, "told": []}
    return (await connection.execute(update(deliveries).where(mine, told).values(values))).rowcount
