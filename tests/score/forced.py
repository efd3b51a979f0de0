"""Which false merges CONTRACT's table itself asks for: nothing of its own story could explain what was joined."""

from collections.abc import Iterator

from schemas.links import Explanation, Link
from schemas.signals import Signal
from tests.score.days import Day, reach_of
from tests.score.ground import Ground
from tests.score.judging import Folded
from tests.score.reach import outranks
from tests.score.story import Occurrence

Pair = tuple[Occurrence, Occurrence]
"""What a link says is the cause, or the thing, and what it says belongs to it."""


def forced(ground: Ground, day: Day, folded: Folded) -> set[str]:
    """Incidents with several stories in which no link between two of them had a rival.

    A rival is a signal of the effect's own story outside this incident that by the table may be its cause or the same
    thing, and that the table does not rank below. Without one, whoever has the signals and the table alone has one
    explanation: a street that stops by itself minutes after its lights went dark is explained by them.
    """
    return _Forced(ground, day, folded).incidents()


class _Forced:
    def __init__(self, ground: Ground, day: Day, folded: Folded) -> None:
        self._reach, self._folded = reach_of(ground), folded
        self._of = {one.id: one for story in day.stories for one in story.occurrences}
        self._stories = {story.id: story for story in day.stories}

    def incidents(self) -> set[str]:
        found = set()
        for line in self._folded.lines:
            pairs = list(self._between(self._folded.folding.ledger.groups_of(line["id"])))
            if pairs and not any(self._has_rival(*pair, line["id"]) for pair in pairs):
                found.add(line["id"])
        return found

    def _between(self, groups: list[Explanation]) -> Iterator[Pair]:
        """The links between two stories."""
        signals = {signal.id: signal for group in groups for signal in group.signals}
        for group in groups:
            for link in (*group.same, *([group.parent] if group.parent else [])):
                pair = self._pair(link, signals)
                if pair is not None and pair[0].story != pair[1].story:
                    yield pair

    def _pair(self, link: Link, signals: dict[str, Signal]) -> Pair | None:
        ends = [self._told(signals[name]) for name in (link.cause, link.effect) if name in signals]
        return (ends[0], ends[1]) if len(ends) == 2 and ends[0] and ends[1] else None

    def _told(self, signal: Signal) -> Occurrence | None:
        return next((self._of[name] for name in signal.sources if name in self._of), None)

    def _has_rival(self, cause: Occurrence, effect: Occurrence, incident: str) -> bool:
        return any(
            one.id != effect.id
            and self._folded.incident_of[one.id] != incident
            and self._reach.could_explain(one, effect)
            and not outranks(cause, one)
            for one in self._stories[effect.story].occurrences
        )
