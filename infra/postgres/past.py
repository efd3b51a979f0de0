"""What the center knows of its own history: reference data in force, and the signals of a stretch of time."""

import asyncio
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Text, cast, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import reference, signals
from schemas.reference import REFERENCE_TYPES
from schemas.signals import Signal

JUDGED = ("domains", "limits", "rules")
"""What people edit of how the center judges."""
JUDGING = ("cities", "assets", "relations", *JUDGED)
DECODE = {name: msgspec.json.Decoder(REFERENCE_TYPES[name]).decode for name in JUDGING}
AT_ONCE = 1000
"""Rows that are read before others get their turn; a city has a hundred thousand assets."""


async def in_force(connection: AsyncConnection, *names: str) -> dict[str, dict[str, Any]]:
    """The reference data of these names, of JUDGING: name → items by id."""
    columns = (reference.c.name, reference.c.id, cast(reference.c.body, Text).label("body"))
    query = select(*columns).where(reference.c.name.in_(names), reference.c.deleted.is_(False))
    found: dict[str, dict[str, Any]] = {name: {} for name in names}
    async for rows in (await connection.stream(query)).partitions(AT_ONCE):
        for row in rows:
            found[row.name][row.id] = DECODE[row.name](row.body)
        await asyncio.sleep(0)
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
