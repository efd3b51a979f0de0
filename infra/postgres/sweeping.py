"""Rows that have been kept long enough go, a few at a time, so that nobody waits for it."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Table, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.tables import dead_letters, deliveries, idempotency, suppressions
from infra.postgres.webhook_store import WAITING
from infra.settings import Settings

BATCH = 1000
"""Rows in one transaction."""
REPEATED_FOR = timedelta(hours=24)
"""So long a repeat with its Idempotency-Key gets the first answer."""
Old = tuple[Table, ColumnElement[bool]]


def expired(settings: Settings, now: datetime) -> list[Old]:
    """Which rows of which tables are old at `now`, by the clock on the wall; what still waits or holds is not."""
    ages = (
        (settings.keep_dead_letters_days, dead_letters, dead_letters.c.at, True),
        (settings.keep_deliveries_days, deliveries, deliveries.c.created_at, deliveries.c.state != WAITING),
        (settings.keep_suppressions_days, suppressions, suppressions.c.ended_at, True),
    )
    old: list[Old] = [(idempotency, idempotency.c.at < now - REPEATED_FOR)]
    return old + [(table, (at < now - timedelta(days=days)) & also) for days, table, at, also in ages if days]


async def sweep(engine: AsyncEngine, settings: Settings, now: datetime) -> dict[str, int]:
    """Deletes what is old, in transactions of at most BATCH rows that step over what others hold; how many, by table.

    Attempts go with their delivery.
    """
    gone = {}
    for table, old in expired(settings, now):
        gone[table.name] = 0
        while done := await _some(engine, table, old):
            gone[table.name] += done
    return {name: number for name, number in gone.items() if number}


async def _some(engine: AsyncEngine, table: Table, old: ColumnElement[bool]) -> int:
    keys = tuple(table.primary_key.columns)
    chosen = select(*keys).where(old).limit(BATCH).with_for_update(skip_locked=True).cte("chosen")
    gone = table.delete().where(tuple_(*keys).in_(select(*chosen.c))).returning(*keys).cte("gone")
    async with engine.begin() as connection:
        return int((await connection.execute(select(func.count()).select_from(gone))).scalar_one())
