"""What the center knows of its own history: reference data in force, and the signals of a stretch of time."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import reference, signals
from schemas.reference import REFERENCE_TYPES
from schemas.signals import Signal

JUDGING = ("cities", "assets", "relations", "domains", "limits", "rules")


async def in_force(connection: AsyncConnection) -> dict[str, dict[str, Any]]:
    """The reference data that judge: name → items by id."""
    columns = (reference.c.name, reference.c.id, reference.c.body)
    query = select(*columns).where(reference.c.name.in_(JUDGING), reference.c.deleted.is_(False))
    found: dict[str, dict[str, Any]] = {name: {} for name in JUDGING}
    for row in await connection.execute(query):
        found[row.name][row.id] = msgspec.convert(row.body, REFERENCE_TYPES[row.name])
    return found


async def past_signals(connection: AsyncConnection, start: datetime, to: datetime, limit: int) -> list[Signal]:
    """At most `limit` signals that were active between two times, event time, the first raised first."""
    lasted = or_(signals.c.raised_at >= start, signals.c.cleared_at.is_(None), signals.c.cleared_at >= start)
    query = select(signals.c.body).where(signals.c.raised_at < to, lasted, signals.c.group_id.is_not(None))
    rows = await connection.execute(query.order_by(signals.c.raised_at, signals.c.id).limit(limit))
    return [msgspec.convert(row.body, Signal) for row in rows]
