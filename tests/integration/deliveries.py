"""Deliveries of a test: changes to deliver, the sender at work, what the tables then say."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.tables import deliveries
from schemas.incidents import Change
from services.webhooks.sender import Sender
from tests.changes import a_change

NOW = datetime.now(UTC)


def change(incident: str, version: int, **fields: object) -> Change:
    """Version `version` of an incident."""
    made = a_change(id=incident, version=version, **fields)
    return msgspec.structs.replace(made, incident_id=incident, version=version, previous_version=version - 1, at=NOW)


async def rows(engine: AsyncEngine, table: Any) -> Sequence[Any]:
    async with engine.connect() as connection:
        return (await connection.execute(select(table).order_by(table.c.id))).all()


async def work_until(sender: Sender, done: Callable[[], Any], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            answer = done()
            if await answer if asyncio.iscoroutine(answer) else answer:
                return
            await sender.round()
            await asyncio.sleep(0.02)


async def hurry(engine: AsyncEngine) -> None:
    """What waits for a retry is due now."""
    async with engine.begin() as connection:
        await connection.execute(update(deliveries).values(next_at=NOW - timedelta(seconds=1)))
