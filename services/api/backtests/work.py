"""`python -m services.api.backtests.work ID`: does one backtest, so that the API goes on answering meanwhile."""

import os
import sys
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from city.counterparts import signal_changes, signal_counts
from city.differences import counts, differences
from city.enrich import Catalogue
from city.graph import Graph
from city.history import Picture, picture
from infra.cities.folder import Shipped
from infra.cities.proposed import in_force_of, with_proposal
from infra.clock import utc_now
from infra.postgres import backtest_store as store
from infra.postgres.engine import connect
from infra.postgres.past import JUDGING, in_force, past_signals
from infra.process import run
from infra.settings import Settings
from schemas.backtests import DIFFERENCES, SIGNAL_CHANGES, Findings, Proposal
from schemas.errors import CenterError, Conflict, Invalid
from schemas.sentences import say
from schemas.signals import Signal
from services.api.backtests.readings import Rejudged, rejudged
from services.api.backtests.span import span

MOST_SIGNALS = 50_000
TOLD_S = 1.0
NICE = 10


class Work:
    """One backtest from its row to its findings."""

    def __init__(self, engine: AsyncEngine, settings: Settings, backtest_id: str) -> None:
        """Nothing is read yet."""
        self._engine, self._settings, self._id = engine, settings, backtest_id
        self._said = 0.0

    async def do(self) -> None:
        """Does it; what is wrong with the proposal is kept with it."""
        try:
            await self._step(0.05, "history")
            async with self._engine.connect() as connection:
                asked = await store.find(connection, self._id)
                items = await in_force(connection, *JUDGING)
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
        judging = (in_force_of(items), with_proposal(items, proposal))
        present, proposed = (_catalogue(items, one) for one in judging)
        found = await rejudged(self._settings.kafka, (present, proposed), within, self._reading)
        recorded = await self._recorded(found, within[1])
        graph = Graph(items["assets"], items["relations"].values())
        await self._step(0.6, "what is in force")
        before = picture(recorded + found.before, present, graph, judging[0].rules.values(), within[1])
        await self._step(0.75, "what is proposed")
        after = picture(recorded + found.after, proposed, graph, judging[1].rules.values(), within[1])
        await self._step(0.9, "differences")
        return _findings(found, len(recorded), (before, after), within[1])

    async def _recorded(self, found: Rejudged, to: datetime) -> list[Signal]:
        """Signals of the history as they were recorded, without those that are judged anew."""
        async with self._engine.connect() as connection:
            signals = await past_signals(connection, found.start, to, MOST_SIGNALS + 1)
        if max(len(signals), len(found.before), len(found.after)) > MOST_SIGNALS:
            raise Invalid(say("too_many_signals", most=MOST_SIGNALS), field="from")
        return [one for one in signals if one.condition is None or one.kind not in found.kinds]

    async def _reading(self, share: float) -> None:
        """How much of the readings is read; said at most once a second."""
        if share >= 1 or monotonic() - self._said > TOLD_S:
            self._said = monotonic()
            await self._step(0.05 + 0.5 * share, "readings")

    async def _step(self, progress: float, step: str) -> None:
        """Says how far it is; raises Conflict if nobody wants it any more."""
        async with self._engine.begin() as connection:
            if not await store.advance(connection, self._id, progress, step, utc_now()):
                raise Conflict(say("cancelled"))


def _catalogue(items: Mapping[str, Mapping[str, Any]], judging: Shipped) -> Catalogue:
    return Catalogue.build(items["cities"], items["assets"], judging.domains, judging.limits)


def _findings(found: Rejudged, recorded: int, pictures: tuple[Picture, Picture], to: datetime) -> Findings:
    before, after = pictures
    different, changed = differences(before, after), signal_changes(found.before, found.after)
    return Findings(
        start=found.start,
        to=to,
        kinds=tuple(sorted(found.kinds)),
        readings=found.readings,
        signals_before=recorded + len(found.before),
        signals_after=recorded + len(found.after),
        signal_counts=signal_counts(changed),
        signals=tuple(changed[:SIGNAL_CHANGES]),
        incidents_before=len(before.incidents),
        incidents_after=len(after.incidents),
        counts=counts(different),
        differences=tuple(different[:DIFFERENCES]),
    )


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
