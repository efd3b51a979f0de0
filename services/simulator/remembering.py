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
            brought = await _brought(engine, town)
            if brought is not None:
                _log.info("past_remembered", indicators=brought)
                return
            await asyncio.sleep(AGAIN_S)
    finally:
        await engine.dispose()


async def _brought(engine: AsyncEngine, town: Town) -> int | None:
    """How many indicators came; None while the center is not ready for them."""
    try:
        async with engine.begin() as connection:
            known, places = await read_known(connection)
            if not places or not known.figures:
                return None
            found = await asyncio.to_thread(lambda: list(rows(Parks(town), (known, places), utc_now())))
            return await bring(connection, found, known.catalogue.time_zone)
    except (DBAPIError, OSError) as error:
        _log.warning("past_postponed", reason=str(error))
        return None
