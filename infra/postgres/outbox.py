"""Rows that the relay publishes, written in the transaction of what they tell of."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.row_sets import put
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


async def write(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Adds the rows in order and wakes the relay once the transaction commits."""
    if not rows:
        return
    await put(connection, outbox, [{**one, "value": _hex(one["value"])} for one in rows])
    await connection.execute(text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})


def _hex(value: bytes | None) -> str | None:
    """As PostgreSQL reads bytes from text."""
    return None if value is None else f"\\x{value.hex()}"
