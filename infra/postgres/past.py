"""What the center knows of its own history: reference data in force, and the signals of a stretch of time."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select, union_all
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
    known = select(signals.c.body, signals.c.raised_at, signals.c.id).where(signals.c.group_id.is_not(None))
    before = known.where(signals.c.raised_at < start)
    # apart, each is found by blocks of its times
    found = union_all(
        known.where(signals.c.raised_at >= start, signals.c.raised_at < to),
        before.where(signals.c.cleared_at.is_(None)),
        before.where(signals.c.cleared_at >= start),
    ).subquery()
    rows = await connection.execute(select(found.c.body).order_by(found.c.raised_at, found.c.id).limit(limit))
    return [msgspec.convert(row.body, Signal) for row in rows]
