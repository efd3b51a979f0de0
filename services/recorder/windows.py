"""Lets silences and works begin and end when the recorder's clock, which ticks move, has reached them."""

import asyncio
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city.enrich import Catalogue
from city.incidents import Moment, Outcome, State, suppress
from city.incidents.deadlines import deadlines_of
from infra import log
from infra.clock import utc_now
from infra.postgres.clocks import center_time
from infra.postgres.incident_store import save
from infra.postgres.refusals import is_away
from infra.postgres.window_store import (
    Present,
    any_due,
    keep_held,
    load_whole,
    lock,
    take_due,
    touched_by,
)

LOOK_S = 0.2
"""How long a silence that begins now waits at most."""
_log = log.logger("recorder")


class Windows:
    """One loop beside the links."""

    def __init__(self, engine: AsyncEngine, words: Callable[[], Catalogue], present: Present) -> None:
        """`present` is the one that the links use."""
        self._engine, self._words, self._present = engine, words, present

    async def run(self) -> None:
        """Looks until cancelled; while PostgreSQL is away everything waits."""
        while True:
            try:
                await self._turn()
            except DBAPIError as error:
                if not is_away(error):
                    raise
                self._present.forget()
                _log.info("windows_wait", reason=str(error.orig))
            await asyncio.sleep(LOOK_S)

    async def _turn(self) -> None:
        if not await self._due():
            return
        async with self._engine.begin() as connection:
            await lock(connection, exclusive=True)
            try:
                await self._move(connection)
            except BaseException:
                self._present.forget()
                raise

    async def _due(self) -> bool:
        """Asked five times a second, without a transaction around it; what moves then looks again under its lock."""
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            return await any_due(connection, utc_now())

    async def _move(self, connection: AsyncConnection) -> None:
        now = await center_time(connection)
        changed = await take_due(connection, now)
        words = self._words()
        names = await touched_by(connection, changed, words)
        standing = await self._present.standing(connection)
        state, limits = await load_whole(connection, names), deadlines_of(words.city)
        moment = Moment(utc_now(), deadlines=limits)
        judged = suppress(state, Outcome(), names, standing, moment)
        await save(connection, State(), judged.outcome, words.city.id, moment.now)
        await keep_held(connection, judged.held, names, standing, moment.now)
        _log.info("windows_moved", windows=len(changed), incidents=len(judged.outcome.incidents))
