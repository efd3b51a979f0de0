"""Rows that the relay publishes, written in the transaction of what they tell of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import outbox

CHANNEL = "outbox"
"""NOTIFY channel that wakes the relay at commit."""


def row(
    topic: str, key: str, value: bytes | None, now: datetime, *, incident: tuple[str, int] | None = None
) -> dict[str, Any]:
    """A row to publish; `value` None is a tombstone, `incident` its id and version."""
    incident_id, version = incident or (None, None)
    found: dict[str, Any] = {"topic": topic, "key": key, "value": value, "created_at": now}
    return found | {"incident_id": incident_id, "version": version}


async def write(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Adds the rows in order and wakes the relay once the transaction commits. Returns their ids."""
    if not rows:
        return []
    added = await connection.execute(
        outbox.insert().returning(outbox.c.id, sort_by_parameter_order=True), [dict(one) for one in rows]
    )
    await connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    return [int(one.id) for one in added]
