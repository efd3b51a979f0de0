"""One batch: from the present explanations to the incidents as they are now, and the changes that tell of it."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from city.enrich import Catalogue
from city.incidents.change import change
from city.incidents.claims import Claim, claims, new_id
from city.incidents.due import resolved
from city.incidents.figures import clears_at, figures, holding, signals_of
from city.incidents.flaps import calmed, flapping, only_flaps
from city.incidents.instructing import instructed
from city.incidents.life import (
    elsewhere,
    gone_into,
    judged,
    opened,
    reopened,
    reopens,
    returned,
    settled_at,
    with_due,
    with_merged,
    worse_than_shelved,
)
from city.incidents.model import Moment, Outcome, State, Tracked
from city.incidents.parts import with_parts
from city.incidents.trees import trees
from schemas.incidents import RESOLVED, Incident
from schemas.links import Explanation
from schemas.signals import ACTIVE


def update(state: State, explanations: Iterable[Explanation], moment: Moment, words: Catalogue) -> Outcome:
    """Takes in explanations (older ones than the stored are ignored); at most one change for each incident."""
    return _outcome(state, newest(state, explanations), moment, words)


def rethink(state: State, wholes: Iterable[Explanation], moment: Moment, words: Catalogue) -> Outcome:
    """The same when not the explanations have changed but what people say of them; `wholes` are divided anew."""
    return _outcome(state, {one.group: one for one in wholes}, moment, words)


def _outcome(state: State, told: dict[str, Explanation], moment: Moment, words: Catalogue) -> Outcome:
    fresh = with_parts(state, told)
    return Batch(msgspec.structs.replace(state, groups={**state.groups, **fresh}), fresh, moment, words).outcome()


def newest(state: State, explanations: Iterable[Explanation]) -> dict[str, Explanation]:
    """Of each group the newest explanation that is not older than the stored one, if it says anything new."""
    found: dict[str, Explanation] = {}
    for one in explanations:
        known = found.get(one.group) or state.groups.get(one.group)
        if known is None or one.revision >= known.revision:
            found[one.group] = one
    return {group: one for group, one in found.items() if one != state.groups.get(group)}


class Grown(msgspec.Struct, frozen=True):
    """An incident after its tree has changed, and the word for what became of it."""

    waiting: Tracked
    word: str

    @property
    def after(self) -> Incident:
        """What it says now."""
        return self.waiting.incident


class Batch:
    """The computation of one batch."""

    def __init__(self, state: State, fresh: dict[str, Explanation], moment: Moment, words: Catalogue) -> None:
        self._state, self._moment, self._words = state, moment, words
        self._placed = state
        """With the incidents that signals come to in this batch, for those that name them as candidates."""
        self._outcome = Outcome(groups=fresh, assigned={group: "" for group, one in fresh.items() if not one.signals})
        self._before: dict[str, set[str]] = {}
        for signal, incident in state.signals.items():
            self._before.setdefault(incident, set()).add(signal)
        self._now: dict[str, str] = {}
        self._new: set[str] = set(state.wish.revived)

    def outcome(self) -> Outcome:
        """What changed."""
        every = [(claim, self._name(claim)) for claim in claims(self._state, trees(self._state))]
        found = [(claim, name) for claim, name in every if name is not None]
        for claim, name in found:
            self._now |= {signal.id: name for signal in signals_of(claim.tree)}
        self._placed = msgspec.structs.replace(self._state, signals={**self._state.signals, **self._now})
        for claim, where in every:
            self._assign(claim, where or "")
        for claim, name in sorted(found, key=lambda one: _age(*one)):
            self._open(claim, name) if claim.survivor is None else self._continue(claim, claim.survivor)
            for tracked in claim.merged:
                self._outcome.add(*change(*gone_into(tracked, name), "merged", self._moment))
        self._empty({name for _, name in found} | {one.incident.id for claim, _ in found for one in claim.merged})
        return self._outcome

    def _name(self, claim: Claim) -> str | None:
        """The incident of a claim; None when nothing of it may open one."""
        if claim.survivor is not None:
            return claim.survivor.incident.id
        if not any(group.opens for group in claim.tree.groups):
            return None
        name = new_id(self._state, claim.tree)
        self._new.add(name)
        return name

    def _assign(self, claim: Claim, name: str) -> None:
        for group in claim.tree.groups:
            if self._state.assigned.get(group.group, "") != name:
                self._outcome.assigned[group.group] = name

    def _open(self, claim: Claim, name: str) -> None:
        tracked = opened(name, claim.tree, figures(self._placed, claim.tree, self._words), self._moment)
        tracked = instructed(tracked, claim.tree, self._words.instructions, self._moment.now)
        tracked = flapping(tracked, claim.tree, self._words)
        tracked = with_due(tracked, calmed(tracked.incident, clears_at(claim.tree, self._words)))
        added = tuple(signal.id for signal in signals_of(claim.tree))
        left = self._left(added, set())
        more = {"added": added, "moved_from": left, "note": f"split from {', '.join(left)}" if left else None}
        self._outcome.add(*change(tracked, tracked.incident, "opened", self._moment, **more))

    def _continue(self, claim: Claim, survivor: Tracked) -> None:
        name = survivor.incident.id
        members = signals_of(claim.tree)
        before, now = self._before.get(name, set()), {signal.id for signal in members}
        came = now - before
        added, removed = tuple(sorted(came)), tuple(sorted(before - now))
        known = before | (now if name in self._state.wish.revived else set())
        grown = self._grown(claim, survivor, any(one.state == ACTIVE and one.id not in known for one in members))
        kind = self._kind(claim, added, removed, grown.word)
        plain = kind == "updated" and not removed
        same = grown.after == survivor.incident and not added
        if plain and (same or only_flaps(survivor.incident, grown.after, [one for one in members if one.id in came])):
            if grown.waiting != survivor:
                self._outcome.incidents[name] = grown.waiting
            return
        merged = tuple(one.incident.id for one in claim.merged)
        more = {"added": added, "removed": removed, "merged_from": merged, "note": elsewhere(grown.after, claim.merged)}
        more |= {"moved_from": self._left(added, {name, *merged}), "moved_to": self._gone_to(removed)}
        self._outcome.add(*change(grown.waiting, grown.after, kind, self._moment, **more))

    def _grown(self, claim: Claim, survivor: Tracked, new_active: bool) -> "Grown":
        """The survivor as its tree is now."""
        tracked = with_merged(survivor, claim.merged)
        fields = figures(self._placed, claim.tree, self._words)
        reopening = tracked.incident.state == RESOLVED and reopens(
            tracked.incident, fields["active_count"], new_active, self._began_at(claim)
        )
        word = "reopened" if reopening else "updated"
        settled = settled_at(tracked.incident.settled_at, claim.tree, self._moment.now)
        after = judged(msgspec.structs.replace(tracked.incident, **fields, settled_at=settled))
        after = reopened(after) if word == "reopened" else after
        tracked = msgspec.structs.replace(tracked, incident=after)
        if worse_than_shelved(after):
            tracked, after = returned(tracked)
            word = "returned"
        tracked = msgspec.structs.replace(tracked, incident=after)
        tracked = instructed(tracked, claim.tree, self._words.instructions, self._moment.now)
        tracked = flapping(tracked, claim.tree, self._words)
        return Grown(with_due(tracked, calmed(tracked.incident, clears_at(claim.tree, self._words))), word)

    def _began_at(self, claim: Claim) -> datetime | None:
        """When the last of what nobody knew before began."""
        news = [one.raised_at for one in holding(signals_of(claim.tree)) if one.id not in self._state.signals]
        return max(news, default=None)

    def _left(self, added: tuple[str, ...], but: set[str]) -> tuple[str, ...]:
        """The incidents that these signals were in, but for some."""
        return tuple(sorted({self._state.signals[one] for one in added if one in self._state.signals} - but))

    def _gone_to(self, removed: tuple[str, ...]) -> tuple[str, ...]:
        """The incidents that these signals are in now."""
        return tuple(sorted({self._now[one] for one in removed if one in self._now}))

    def _kind(self, claim: Claim, added: tuple[str, ...], removed: tuple[str, ...], word: str) -> str:
        """The one word for everything that happened to it in this batch."""
        if claim.merged:
            return "merged"
        if claim.survivor is not None and claim.survivor.incident.id in self._state.wish.revived:
            return "split"
        went = set(self._gone_to(removed))
        if went & self._new:
            return "split"
        if word != "updated":
            return word
        moved_here = any(signal in self._state.signals for signal in added)
        return "moved" if went or moved_here else "updated"

    def _empty(self, seen: set[str]) -> None:
        """An incident whose signals were all judged away resolves; one that a person acted on is left to people."""
        for name in sorted(self._state.whole - seen):
            tracked = self._state.incidents[name]
            removed = tuple(sorted(self._before.get(name, ())))
            if tracked.over or tracked.acted or not removed or tracked.incident.state == RESOLVED:
                continue
            waiting, after = resolved(tracked, tracked.incident.opened_at)
            after = msgspec.structs.replace(after, signal_count=0, active_count=0)
            self._outcome.add(*change(waiting, after, "resolved", self._moment, removed=removed))


def _age(claim: Claim, name: str) -> tuple[bool, object]:
    return (True, name) if claim.survivor is None else (False, claim.survivor.age)
