"""Applies a batch of links: load, think, save, in one transaction."""

from collections.abc import Callable, Sequence

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncConnection

from city.enrich import Catalogue
from city.incidents import Judged, Moment, Outcome, State, fire, suppress, update
from city.incidents.deadlines import deadlines_of
from city.suppression import Standing
from infra.clock import utc_now
from infra.postgres.clocks import move_clock
from infra.postgres.incident_store import load, save
from infra.postgres.known_groups import KnownGroups
from infra.postgres.sheet_store import keep_sheets
from infra.postgres.window_store import Present, keep_held, lock
from schemas.links import LinkTick
from schemas.suppression import Suppression
from schemas.times import from_ms, passed_on_ms
from services.recorder.letters import Letters
from services.recorder.parts import Part, parts

Passed = Callable[[LinkTick], None]


class Links:
    """The work of the recorder on `city.links.v1`."""

    def __init__(
        self, words: Callable[[], Catalogue], letters: Letters, passed: Passed, present: Present, known: KnownGroups
    ) -> None:
        """`words` gives the present catalogue; `passed` is told of the newest tick of each batch."""
        self._words, self._letters, self._passed, self._present = words, letters, passed, present
        self._known = known

    async def apply(self, connection: AsyncConnection, records: Sequence[ConsumerRecord]) -> None:
        """Writes what the batch brings, in the caller's transaction."""
        found, refused = parts(records)
        for one in refused:
            await self._letters.refuse(one.record, one.error)
        tick = max((part.tick for part in found if part.tick), key=lambda one: one.now_ms, default=None)
        words, sent_ms = self._words(), max(record.timestamp for record in records)
        moment = Moment(utc_now(), sent_ms, deadlines=deadlines_of(words.city))
        explanations = [one for part in found for one in part.explanations]
        if explanations:
            await lock(connection, exclusive=False)
        standing = await self._present.standing(connection) if explanations else Standing(words)
        before = await load(connection, explanations, from_ms(tick.now_ms) if tick else None, self._known)
        judged = Fold(before, moment, words, standing).folded(found)
        await save(connection, before, judged.outcome, words.city.id, moment.now)
        await keep_sheets(connection, judged.outcome, words.instructions)
        await keep_held(connection, judged.held, judged.outcome.incidents, standing, moment.now)
        if tick and tick.now_ms:
            await move_clock(
                connection, records[0].partition, from_ms(tick.now_ms), passed_on_ms(tick.clock, tick.stages)
            )
        if tick:
            self._passed(tick)


class Fold:
    """The thinking about one batch: each part's explanations, what covers them, then what its tick makes due."""

    def __init__(self, before: State, moment: Moment, words: Catalogue, standing: Standing) -> None:
        self._state, self._moment, self._words, self._standing = before, moment, words, standing
        self._outcome = Outcome()
        self._held: dict[str, list[Suppression]] = {}

    def folded(self, found: list[Part]) -> Judged:
        """Everything of the batch."""
        for part in found:
            self._take(self._judged(update(self._state, part.explanations, self._moment, self._words)))
            if part.tick:
                self._take(fire(self._state, from_ms(part.tick.now_ms), self._moment))
        return Judged(self._outcome, self._held)

    def _judged(self, made: Outcome) -> Outcome:
        after = self._state.after(made)
        touched = {after.assigned.get(group) for group in made.groups.keys() | made.assigned.keys()} & after.whole
        judged = suppress(after, made, {one for one in touched if one}, self._standing, self._moment)
        self._held |= judged.held
        return judged.outcome

    def _take(self, made: Outcome) -> None:
        self._state, self._outcome = self._state.after(made), self._outcome.then(made)
