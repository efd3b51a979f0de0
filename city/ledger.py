"""Incidents in memory: the pure steps of `city/incidents` applied to just what each batch of explanations touches."""

from collections import defaultdict
from datetime import datetime

from city.enrich import Catalogue
from city.incidents import Fact, Moment, Outcome, State, Tracked, fire, suppress, update
from city.suppression import Calendar
from schemas.incidents import Change
from schemas.links import Explanation


class Ledger:
    """All incidents ever, by id, and the groups they are made of."""

    def __init__(self, words: Catalogue) -> None:
        """Nothing happened yet."""
        self._words = words
        self.calendar = Calendar(words)
        self.groups: dict[str, Explanation] = {}
        self.incidents: dict[str, Tracked] = {}
        self.assigned: dict[str, str] = {}
        self.facts: tuple[Fact, ...] = ()
        """What people said of signals, once for all."""
        self._due_at: dict[str, datetime] = {}
        self._signals: dict[str, str] = {}
        self._members: dict[str, set[str]] = defaultdict(set)
        self._children: dict[str, set[str]] = defaultdict(set)
        self._suspected: dict[str, set[str]] = defaultdict(set)

    def apply(self, explanations: list[Explanation], now: datetime) -> list[Change]:
        """Take explanations in at an event time; what they change."""
        for one in explanations:
            self._index(one)
        state = self._around(explanations)
        made = update(state, explanations, Moment(now), self._words)
        after = state.after(made)
        outcome = suppress(after, made, after.whole, self.calendar.standing, Moment(now)).outcome
        self._store(outcome)
        return outcome.changes

    def fire(self, now: datetime) -> list[Change]:
        """What is due by an event time, and what silences and works that begin or end then make of incidents."""
        return [*self._fire(now), *self._advance(now)]

    def _advance(self, now: datetime) -> list[Change]:
        if not self.calendar.advance(now):
            return []
        live = {name: one for name, one in self.incidents.items() if not one.over}
        state = State(groups=self.groups, assigned=self.assigned, incidents=live)
        outcome = suppress(state, Outcome(), live, self.calendar.standing, Moment(now)).outcome
        self._store(outcome)
        return outcome.changes

    def _fire(self, now: datetime) -> list[Change]:
        if not self._due_at or min(self._due_at.values()) > now:
            return []
        due = {name: one for name, one in self.incidents.items() if name in self._due_at and self._due_at[name] <= now}
        outcome = fire(State(incidents=due), now, Moment(now))
        self._store(outcome)
        return outcome.changes

    def groups_of(self, incident: str) -> list[Explanation]:
        """The explanations of an incident's groups, first raised first."""
        found = [self.groups[group] for group in self._members.get(incident, ()) if self.groups[group].signals]
        return sorted(found, key=lambda one: (one.signals[0].raised_at, one.group))

    def _index(self, one: Explanation) -> None:
        before = self.groups.get(one.group)
        for index, name in (
            (self._children, before.parent_group if before else None),
            (self._children, before.held_to if before else None),
            (self._suspected, before.suspected_asset if before else None),
        ):
            if name is not None:
                index[name].discard(one.group)
        for above in (one.parent_group, one.held_to):
            if above is not None:
                self._children[above].add(one.group)
        if one.suspected_asset is not None:
            self._suspected[one.suspected_asset].add(one.group)

    def _around(self, explanations: list[Explanation]) -> State:
        """Every incident that the explanations touch, whole, with the groups linked to it."""
        queue = self._linked(explanations)
        incidents: set[str] = set()
        for one in explanations:
            incidents |= {self._signals[signal.id] for signal in one.signals if signal.id in self._signals}
        incidents |= {self.assigned[group] for group in queue if self.assigned.get(group)}
        members = {group for incident in incidents for group in self._members[incident]}
        groups = {group: self.groups[group] for group in queue | members if group in self.groups}
        named = {signal.id for one in groups.values() for signal in one.signals}
        named |= {link.cause for one in [*explanations, *groups.values()] for link in one.candidates}
        return State(
            groups=groups,
            assigned={group: self.assigned[group] for group in groups if self.assigned.get(group)},
            signals={signal: self._signals[signal] for signal in named if signal in self._signals},
            incidents={name: self.incidents[name] for name in incidents},
            whole=frozenset(incidents),
            facts=self.facts,
        )

    def whole(self) -> State:
        """Everything, as a command that reshapes incidents needs it."""
        return State(
            groups=self.groups,
            assigned={group: name for group, name in self.assigned.items() if name},
            signals=self._signals,
            incidents=self.incidents,
            whole=frozenset(self.incidents),
            facts=self.facts,
        )

    def take(self, outcome: Outcome) -> None:
        """What a command came to."""
        self._store(outcome)

    def _linked(self, explanations: list[Explanation]) -> set[str]:
        """Their groups, those above and below them, and those that suspect the same asset."""
        found = {one.group for one in explanations}
        told = [*explanations, *(self.groups[group] for group in found & self.groups.keys())]
        found.update(*(self._children.get(group, ()) for group in [*found]))
        found.update(above for one in told for above in (one.parent_group, one.held_to) if above)
        found.update(*(self._suspected.get(asset, ()) for asset in {one.suspected_asset or "" for one in told}))
        return found

    def _store(self, outcome: Outcome) -> None:
        self.groups |= outcome.groups
        self.incidents |= outcome.incidents
        for name, tracked in outcome.incidents.items():
            if (at := tracked.due_at) is not None:
                self._due_at[name] = at
            else:
                self._due_at.pop(name, None)
        for group, incident in outcome.assigned.items():
            self._members[self.assigned.get(group, "")].discard(group)
            self.assigned[group] = incident
            self._members[incident].add(group)
        for group in outcome.groups.keys() | outcome.assigned.keys():
            incident = self.assigned.get(group, "")
            for signal in self.groups[group].signals:
                if incident:
                    self._signals[signal.id] = incident
                else:
                    self._signals.pop(signal.id, None)
