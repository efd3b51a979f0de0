"""Drops readings that have been kept long enough, and rows of what else would grow for ever."""

import asyncio
from datetime import timedelta

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra import log
from infra.clock import utc_now
from infra.postgres.clocks import center_clock
from infra.postgres.partitions import drop_before
from infra.postgres.sweeping import sweep
from infra.settings import Settings

EVERY_S = 3600.0
_log = log.logger("telemetry")


async def retain(engine: AsyncEngine, settings: Settings) -> None:
    """Until cancelled, once an hour; a table that is being read is tried again in the next."""
    while True:
        for work in (drop_expired, sweep_expired):
            try:
                await work(engine, settings)
            except (DBAPIError, OSError) as error:
                _log.warning("retention_postponed", reason=str(error))
        await asyncio.sleep(EVERY_S)


async def drop_expired(engine: AsyncEngine, settings: Settings) -> list[str]:
    """The partitions that were dropped; none before the center has a time of its own: a recording has another one."""
    kept = {"rollups": settings.keep_minutes_days, "rollup_hours": settings.keep_hours_days}
    async with engine.begin() as connection:
        clock = await center_clock(connection)
        due = [(table, clock - timedelta(days=days)) for table, days in kept.items() if days] if clock else []
        gone = [name for table, oldest in due for name in await drop_before(connection, table, oldest)]
    if gone:
        _log.info("readings_dropped", partitions=gone)
    return gone


async def sweep_expired(engine: AsyncEngine, settings: Settings) -> dict[str, int]:
    """How many rows of which table were old."""
    gone = await sweep(engine, settings, utc_now())
    if gone:
        _log.info("rows_swept", **gone)
    return gone
