"""Why a day's incidents differ from the truth: the links between stories, and the links that are missing."""

from collections.abc import Iterator

import msgspec

from schemas.links import Explanation, Link
from schemas.signals import Signal
from tests.score.days import Day
from tests.score.judging import Folded, main_incident
from tests.score.story import Occurrence, Story


class Wrong(msgspec.Struct, frozen=True):
    """One wrong or missing link and how many signals it moves."""

    weight: int
    text: str


def wrongs(day: Day, folded: Folded) -> list[Wrong]:
    """All of a day."""
    return list(_Blame(day, folded).all())


class _Blame:
    def __init__(self, day: Day, folded: Folded) -> None:
        self._folded, self._day = folded, day
        told = [one for story in day.stories for one in story.occurrences]
        self._told = {one.id: one for one in told}
        self._raised = {(one.kind, one.asset): one for one in told if one.asset}
        ledger = folded.folding.ledger
        self._groups = {line["id"]: ledger.groups_of(line["id"]) for line in folded.lines}
        groups = [group for found in self._groups.values() for group in found]
        self._signals = {signal.id: signal for group in groups for signal in group.signals}

    def all(self) -> Iterator[Wrong]:
        """Wrong links first by incident, then what is missing by story."""
        for incident, groups in self._groups.items():
            for group in groups:
                for link in (*group.same, *([group.parent] if group.parent else [])):
                    yield from self._joined(incident, group, link)
            yield from self._suspected(groups)
        for story in self._day.stories:
            yield from self._apart(story)

    def _joined(self, incident: str, group: Explanation, link: Link) -> Iterator[Wrong]:
        cause, effect = self._signals.get(link.cause), self._signals.get(link.effect)
        if cause is None or effect is None or self._story(cause) == self._story(effect):
            return
        head = f"JOINED {self._words(effect)}\n    to {self._words(cause)}"
        text = f"{head}\n    by {_link(link)}{self._others(group)}"
        yield Wrong(sum(len(one.signals) for one in self._groups[incident]), text)

    def _suspected(self, groups: list[Explanation]) -> Iterator[Wrong]:
        """Effects of an untold cause are one incident by their suspected asset, without a link."""
        first: dict[str, Explanation] = {}
        told: set[str] = set()
        for group in groups:
            if group.parent is None and group.suspected_asset is not None:
                other, story = first.setdefault(group.suspected_asset, group), self._story(group.signals[0])
                if self._story(other.signals[0]) != story and story not in told:
                    told.add(story)
                    head = f"JOINED {self._words(group.signals[0])}\n    to {self._words(other.signals[0])}"
                    yield Wrong(len(groups), f"{head}\n    by the suspected {group.suspected_asset}")

    def _apart(self, story: Story) -> Iterator[Wrong]:
        main = main_incident(story, self._folded)
        if main not in self._groups:
            return
        lost = {self._folded.incident_of[one.id] for one in story.occurrences} - {main}
        for incident in sorted(lost):
            if incident not in self._groups:
                words = [_occurrence(one) for one in story.occurrences if self._folded.incident_of[one.id] == incident]
                yield Wrong(1, f"IN NO INCIDENT {words}")
                continue
            for group in self._groups[incident]:
                if group.parent is None and self._story(group.signals[0]) == story.id:
                    size = len(story.occurrences)
                    head = f"APART {self._words(group.signals[0])}"
                    whole = f"    from the story of {story.root_kind} {story.root_asset} ({size} signals)"
                    yield Wrong(size, f"{head}\n{whole}{self._others(group)}")

    def _others(self, group: Explanation) -> str:
        lines = []
        for link in group.candidates[:4]:
            cause = self._signals.get(link.cause)
            lines.append(f"\n    candidate {_link(link)} from {self._words(cause) if cause else link.cause}")
        return "".join(lines)

    def _story(self, signal: Signal) -> str:
        one = self._occurrence(signal)
        return one.story if one else "?"

    def _occurrence(self, signal: Signal) -> Occurrence | None:
        known = self._raised.get((signal.kind, signal.asset))
        return next((self._told[name] for name in signal.sources if name in self._told), known)

    def _words(self, signal: Signal) -> str:
        one = self._occurrence(signal)
        return f"{_occurrence(one)} [{one.story}]" if one else f"{signal.kind} {signal.asset}"


def _occurrence(one: Occurrence) -> str:
    end = "…" if one.end is None else f"{one.end:.0f}"
    return f"{one.kind} {one.asset or one.position} {one.at:.0f}–{end}"


def _link(link: Link) -> str:
    way = " ".join(link.path) if link.path else "" if link.distance_m is None else f"{link.distance_m:.0f} m"
    delay = "" if link.delay_s is None else f" delay {link.delay_s:.0f} s"
    return f"{link.kind} {link.rule} {link.score:.3f} {link.reason} ({way}{delay})"
