"""`python -m services.api.backtests.work ID`: does one backtest, so that the API goes on answering meanwhile."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from city.differences import counts, differences
from city.enrich import Catalogue
from city.graph import Graph
from city.history import Picture, picture
from infra.cities.folder import Shipped
from infra.cities.proposed import with_proposal
from infra.clock import utc_now
from infra.postgres import backtest_store as store
from infra.postgres.engine import connect
from infra.postgres.past import in_force, past_signals
from infra.process import run
from infra.settings import Settings
from schemas.backtests import DIFFERENCES, Findings, Proposal
from schemas.errors import CenterError, Conflict, Invalid
from schemas.signals import Signal
from services.api.backtests.span import span

MOST_SIGNALS = 50_000
NICE = 10


class Work:
    """One backtest from its row to its findings."""

    def __init__(self, engine: AsyncEngine, settings: Settings, backtest_id: str) -> None:
        """Nothing is read yet."""
        self._engine, self._settings, self._id = engine, settings, backtest_id

    async def do(self) -> None:
        """Does it; what is wrong with the proposal is kept with it."""
        try:
            await self._step(0.05, "history")
            async with self._engine.connect() as connection:
                asked = await store.find(connection, self._id)
                items = await in_force(connection)
            findings = await self._found(asked.proposal, items, span(asked.proposal, asked.created_at))
            async with self._engine.begin() as connection:
                await store.finish(connection, self._id, findings, utc_now())
        except Conflict:
            return
        except CenterError as error:
            async with self._engine.begin() as connection:
                await store.fail(connection, self._id, str(error))

    async def _found(
        self, proposal: Proposal, items: Mapping[str, Mapping[str, Any]], within: tuple[datetime, datetime]
    ) -> Findings:
        start, to = within
        whole = with_proposal(items, proposal)
        async with self._engine.connect() as connection:
            signals = await past_signals(connection, start, to, MOST_SIGNALS + 1)
        if len(signals) > MOST_SIGNALS:
            raise Invalid(f"more than {MOST_SIGNALS} signals since then; choose a later time", field="from")
        await self._step(0.3, "rules in force")
        graph = Graph(items["assets"], items["relations"].values())
        fold = partial(_picture, items, graph, to)
        present = Shipped(domains=dict(items["domains"]), limits=dict(items["limits"]), rules=dict(items["rules"]))
        before = fold(signals, present)
        await self._step(0.6, "rules proposed")
        after = fold(signals, whole)
        await self._step(0.9, "differences")
        found = differences(before, after)
        return Findings(
            start=start,
            to=to,
            signals_before=len(signals),
            signals_after=len(signals),
            incidents_before=len(before.incidents),
            incidents_after=len(after.incidents),
            counts=counts(found),
            differences=tuple(found[:DIFFERENCES]),
        )

    async def _step(self, progress: float, step: str) -> None:
        """Says how far it is; raises Conflict if nobody wants it any more."""
        async with self._engine.begin() as connection:
            if not await store.advance(connection, self._id, progress, step, utc_now()):
                raise Conflict("it was cancelled")


def _picture(
    items: Mapping[str, Mapping[str, Any]], graph: Graph, to: datetime, signals: list[Signal], judging: Shipped
) -> Picture:
    catalogue = Catalogue.build(items["cities"], items["assets"], judging.domains, judging.limits)
    return picture(signals, catalogue, graph, judging.rules.values(), to)


async def body(backtest_id: str, settings: Settings) -> None:
    """Does one and ends."""
    engine = connect(settings.database_url, pool=1)
    try:
        await Work(engine, settings, backtest_id).do()
    finally:
        await engine.dispose()


def main() -> None:
    """The program; it gives way to everything else on the machine."""
    os.nice(NICE)
    run("backtest", partial(body, sys.argv[1]))


if __name__ == "__main__":
    main()
