"""Applies a batch of links: load, think, save, in one transaction."""

from collections.abc import Callable, Sequence
from datetime import datetime

from aiokafka import ConsumerRecord
from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from city.enrich import Catalogue
from city.incidents import Moment, Outcome, State, fire, update
from infra.clock import utc_now
from infra.postgres.incident_store import load, save
from infra.postgres.sheet_store import keep_sheets
from infra.postgres.tables import clocks
from schemas.links import LinkTick
from schemas.times import from_ms
from services.recorder.letters import Letters
from services.recorder.parts import Part, parts

CLOCK = "links"


class Links:
    """The work of the recorder on `city.links.v1`."""

    def __init__(self, words: Callable[[], Catalogue], letters: Letters, passed: Callable[[LinkTick], None]) -> None:
        """`words` gives the present catalogue; `passed` is told of the newest tick of each batch."""
        self._words, self._letters, self._passed = words, letters, passed

    async def apply(self, connection: AsyncConnection, records: Sequence[ConsumerRecord]) -> None:
        """Writes what the batch brings, in the caller's transaction."""
        found, refused = parts(records)
        for one in refused:
            await self._letters.refuse(one.record, one.reason)
        tick = max((part.tick for part in found if part.tick), key=lambda one: one.now_ms, default=None)
        moment, words = Moment(utc_now(), max(record.timestamp for record in records)), self._words()
        explanations = [one for part in found for one in part.explanations]
        before = await load(connection, explanations, from_ms(tick.now_ms) if tick else None)
        outcome = _folded(before, found, moment, words)
        await save(connection, before, outcome, words.city.id, moment.now)
        await keep_sheets(connection, outcome, words.instructions)
        if tick and tick.now_ms:
            await _set_clock(connection, from_ms(tick.now_ms))
        if tick:
            self._passed(tick)


def _folded(before: State, found: list[Part], moment: Moment, words: Catalogue) -> Outcome:
    """Each part's explanations, then what its tick makes due."""
    state, outcome = before, Outcome()
    for part in found:
        made = update(state, part.explanations, moment, words)
        state, outcome = state.after(made), outcome.then(made)
        if part.tick:
            made = fire(state, from_ms(part.tick.now_ms), moment)
            state, outcome = state.after(made), outcome.then(made)
    return outcome


async def _set_clock(connection: AsyncConnection, now: datetime) -> None:
    statement = insert(clocks).values(name=CLOCK, now=now)
    later = func.greatest(clocks.c.now, statement.excluded.now)
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"now": later}))
