"""Backtests of this process: one at a time, each in a program of its own, cancelled with it."""

import asyncio
import sys
from secrets import token_hex

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra import log
from infra.clock import utc_now
from infra.embedded.plan import environment
from infra.postgres import backtest_store as store
from infra.settings import Settings
from schemas.backtests import BacktestView, Proposal
from schemas.errors import Unavailable
from schemas.sentences import say

MOST_WAITING = 10
BEAT_S = 10.0
_log = log.logger("backtests")


class Backtests:
    """The queue; `end()` cancels what waits and ends what runs."""

    def __init__(self, engine: AsyncEngine, settings: Settings) -> None:
        """Nothing waits yet."""
        self._engine, self._settings = engine, settings
        self._one = asyncio.Semaphore(1)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def require_room(self) -> None:
        """Raises Unavailable if too many wait already."""
        if len(self._tasks) >= MOST_WAITING:
            raise Unavailable(say("backtests_wait", number=len(self._tasks)))

    async def start(self, proposal: Proposal, by: str) -> str:
        """Queues one that was checked; its id."""
        self.require_room()
        backtest_id = f"bt-{token_hex(10)}"
        async with self._engine.begin() as connection:
            await store.add(connection, backtest_id, proposal, by, utc_now())
        task = asyncio.create_task(self._run(backtest_id))
        self._tasks[backtest_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(backtest_id, None))
        return backtest_id

    async def find(self, backtest_id: str) -> BacktestView:
        """How far one has come. Raises Unknown."""
        async with self._engine.begin() as connection:
            await store.give_up_lost(connection, utc_now())
            return await store.find(connection, backtest_id)

    async def over(self, backtest_id: str, within_s: float) -> BacktestView:
        """Waits until one is over, or for so many seconds."""
        task = self._tasks.get(backtest_id)
        if task is not None:
            await asyncio.wait({task}, timeout=within_s)
        return await self.find(backtest_id)

    async def cancel(self, backtest_id: str) -> tuple[BacktestView, bool]:
        """Ends one, wherever it runs, and whether it did: one that is over stays as it is. Raises Unknown."""
        async with self._engine.begin() as connection:
            ended = await store.cancel(connection, backtest_id)
        if task := self._tasks.get(backtest_id):
            task.cancel()
            await asyncio.wait({task})
        return await self.find(backtest_id), ended

    async def end(self) -> None:
        """Ends all."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _run(self, backtest_id: str) -> None:
        beating = asyncio.create_task(self._beat(backtest_id))
        try:
            async with self._one:
                code = await self._worked(backtest_id)
            if code:
                _log.error("backtest_failed", id=backtest_id, code=code)
                async with self._engine.begin() as connection:
                    await store.fail(connection, backtest_id, "it ended before it was done; the API's log says why")
        finally:
            beating.cancel()

    async def _worked(self, backtest_id: str) -> int:
        command = (sys.executable, "-m", "services.api.backtests.work", backtest_id)
        process = await asyncio.create_subprocess_exec(*command, env=environment(self._settings))
        try:
            return await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()

    async def _beat(self, backtest_id: str) -> None:
        """Says that somebody still works on it, also while it waits or folds for long and once PostgreSQL is back."""
        while True:
            await asyncio.sleep(BEAT_S)
            try:
                async with self._engine.begin() as connection:
                    await store.touch(connection, backtest_id, utc_now())
            except SQLAlchemyError as error:
                _log.warning("backtest_beat_failed", id=backtest_id, reason=str(error).splitlines()[0])
