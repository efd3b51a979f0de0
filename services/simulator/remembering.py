"""Gives the center of the demo its past, once it has its reference data."""

import asyncio

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra import log
from infra.clock import utc_now
from infra.postgres.engine import connect
from infra.postgres.indicator_store import bring
from infra.postgres.park_words import read_known
from infra.settings import Settings
from services.simulator.history import rows
from services.simulator.parks import Parks
from services.simulator.town import Town

AGAIN_S = 5.0
_log = log.logger("simulator")


async def remember(settings: Settings, town: Town) -> None:
    """Returns when the past is there; waits for the reference data as long as it takes."""
    engine = connect(settings.database_url)
    try:
        while True:
            if await _brought(engine, town):
                return
            await asyncio.sleep(AGAIN_S)
    finally:
        await engine.dispose()


async def _brought(engine: AsyncEngine, town: Town) -> bool:
    """Whether the past is there; not while the center is not ready for it."""
    try:
        async with engine.begin() as connection:
            known, places = await read_known(connection)
            if not places or not known.figures:
                return False
            found = await asyncio.to_thread(lambda: list(rows(Parks(town), (known, places), utc_now())))
            await bring(connection, found, known.catalogue.time_zone)
    except (DBAPIError, OSError) as error:
        _log.warning("past_postponed", reason=str(error))
        return False
    _log.info("past_remembered", indicators=len(found))
    return True
