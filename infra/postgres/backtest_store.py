"""Backtests as rows: asked for, on their way, over."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.incident_rows import plain
from infra.postgres.tables import backtests
from schemas.backtests import CANCELLED, DONE, FAILED, OVER, QUEUED, RUNNING, BacktestView, Findings, Proposal
from schemas.errors import Unknown
from schemas.sentences import say

KEPT_FOR = timedelta(days=30)
LOST_AFTER = timedelta(seconds=60)
"""Nobody has touched it: whoever worked on it has ended."""


def view(row: Row[Any]) -> BacktestView:
    """A row as the API shows it."""
    return BacktestView(
        id=row.id,
        state=row.state,
        progress=row.progress,
        step=row.step,
        by=row.by,
        created_at=row.created_at,
        proposal=msgspec.convert(row.proposal, Proposal),
        findings=None if row.findings is None else msgspec.convert(row.findings, Findings),
        error=row.error,
    )


async def add(connection: AsyncConnection, backtest_id: str, proposal: Proposal, by: str, now: datetime) -> None:
    """A new one, queued; those of more than 30 days ago go."""
    await connection.execute(backtests.delete().where(backtests.c.created_at < now - KEPT_FOR))
    values = {"id": backtest_id, "state": QUEUED, "by": by, "created_at": now, "touched_at": now}
    await connection.execute(backtests.insert().values(**values, proposal=plain(proposal)))


async def find(connection: AsyncConnection, backtest_id: str) -> BacktestView:
    """One. Raises Unknown."""
    row = (await connection.execute(select(backtests).where(backtests.c.id == backtest_id))).one_or_none()
    if row is None:
        raise Unknown(say("no_backtest", id=backtest_id))
    return view(row)


async def newest(connection: AsyncConnection, limit: int) -> list[BacktestView]:
    """The newest first."""
    query = select(backtests).order_by(backtests.c.created_at.desc(), backtests.c.id).limit(limit)
    return [view(row) for row in await connection.execute(query)]


async def advance(connection: AsyncConnection, backtest_id: str, progress: float, step: str, now: datetime) -> bool:
    """How far it has come; False if it is over already: cancelled, or given up."""
    return await _change(connection, backtest_id, state=RUNNING, progress=progress, step=step, touched_at=now)


async def touch(connection: AsyncConnection, backtest_id: str, now: datetime) -> None:
    """Somebody still works on it, or will."""
    await _change(connection, backtest_id, touched_at=now)


async def finish(connection: AsyncConnection, backtest_id: str, findings: Findings, now: datetime) -> None:
    """It is done."""
    values = {"state": DONE, "progress": 1.0, "step": "", "findings": plain(findings), "touched_at": now}
    await _change(connection, backtest_id, **values)


async def fail(connection: AsyncConnection, backtest_id: str, error: str) -> None:
    """It cannot be done."""
    await _change(connection, backtest_id, state=FAILED, step="", error=error)


async def cancel(connection: AsyncConnection, backtest_id: str) -> bool:
    """Nobody wants it any more; False if it is over already."""
    return await _change(connection, backtest_id, state=CANCELLED, step="")


async def give_up_lost(connection: AsyncConnection, now: datetime) -> None:
    """Those that nobody works on any more have failed."""
    lost = backtests.c.state.in_([QUEUED, RUNNING]) & (backtests.c.touched_at < now - LOST_AFTER)
    await connection.execute(
        backtests.update().where(lost).values(state=FAILED, step="", error="the process that worked on it ended")
    )


async def _change(connection: AsyncConnection, backtest_id: str, **values: Any) -> bool:
    """Changes one that is not over; whether there was one."""
    where = (backtests.c.id == backtest_id) & backtests.c.state.not_in(OVER)
    return bool((await connection.execute(backtests.update().where(where).values(**values))).rowcount)
