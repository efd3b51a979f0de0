"""How much stands in PostgreSQL right now: live incidents, what waits to be published and delivered, positions."""

from datetime import datetime

import msgspec
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import deliveries, endpoints, incidents, offsets, outbox
from infra.postgres.webhook_store import WAITING
from schemas.incidents import LIVE_STATES

STATES = ("well", "failing", "disabled")
"""Of an endpoint."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What was found."""

    incidents: dict[tuple[str, str], int]
    """By state and severity, live ones."""
    outbox_rows: int
    outbox_age_s: float
    """Of the oldest row that waits; 0 if none does."""
    waiting: dict[str, int]
    """Deliveries by form of endpoint."""
    endpoints: dict[tuple[str, str], int]
    """By form and state."""
    positions: dict[tuple[str, str, int], int]
    """Consumer, topic, partition → next offset."""


async def standing(connection: AsyncConnection, now: datetime) -> Standing:
    """Everything, in one transaction; raises SQLAlchemyError."""
    rows, since = (
        await connection.execute(
            select(func.count(), func.min(outbox.c.created_at)).where(outbox.c.published_at.is_(None))
        )
    ).one()
    return Standing(
        incidents=await _incidents(connection),
        outbox_rows=rows,
        outbox_age_s=max(0.0, (now - since).total_seconds()) if since else 0.0,
        waiting=await _waiting(connection),
        endpoints=await _endpoints(connection),
        positions=await _positions(connection),
    )


async def _incidents(connection: AsyncConnection) -> dict[tuple[str, str], int]:
    by = (incidents.c.state, incidents.c.severity)
    query = select(*by, func.count()).where(incidents.c.state.in_(LIVE_STATES)).group_by(*by)
    return {(state, severity): count for state, severity, count in await connection.execute(query)}


async def _waiting(connection: AsyncConnection) -> dict[str, int]:
    query = select(endpoints.c.form, func.count()).join(deliveries, deliveries.c.endpoint_id == endpoints.c.id)
    query = query.where(deliveries.c.state == WAITING).group_by(endpoints.c.form)
    return {form: count for form, count in await connection.execute(query)}


async def _endpoints(connection: AsyncConnection) -> dict[tuple[str, str], int]:
    well, failing, disabled = STATES
    state = case(
        (endpoints.c.disabled_at.is_not(None), disabled), (endpoints.c.failing_since.is_not(None), failing), else_=well
    ).label("state")
    query = select(endpoints.c.form, state, func.count()).group_by(endpoints.c.form, state)
    return {(form, state): count for form, state, count in await connection.execute(query)}


async def _positions(connection: AsyncConnection) -> dict[tuple[str, str, int], int]:
    query = select(offsets.c.consumer, offsets.c.topic, offsets.c.partition, offsets.c.next_offset)
    return {
        (consumer, topic, partition): following
        for consumer, topic, partition, following in await connection.execute(
            query.where(offsets.c.consumer != "relay")
        )
    }
