"""Which groups form one incident: trees by cause, common suspicion, and what people said."""

import msgspec

from city.incidents.model import APART, TOGETHER, State
from schemas.links import Explanation, Link


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """The groups of one incident to be."""

    groups: tuple[Explanation, ...]
    """By (raised_at, id) of their anchors."""
    roots: tuple[Explanation, ...]
    """Those without a cause here."""
    follows: str | None = None
    """A closed incident that holds the cause."""
    offers: tuple[tuple[str, Link], ...] = ()
    """(incident, link): where a group would go if no person had acted."""


class Forest:
    """Union of groups into trees."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._leader: dict[str, str] = {}
        self.parents: dict[str, str] = {}
        self.offers: dict[str, tuple[str, Link]] = {}
        self.group_of = {signal.id: group for group, found in state.groups.items() for signal in found.signals}
        self.free = [group for group, found in state.groups.items() if found.signals and not self._frozen(group)]
        self._apart = self._pairs(APART)

    def trees(self) -> list[Tree]:
        """All trees, in the order of their first group."""
        for group in self.free:
            self._link(group)
            self._gather(group)
        for a, b in self._pairs(TOGETHER) - self._apart:
            self._join(a, b)
        found: dict[str, list[Explanation]] = {}
        for group in self.free:
            found.setdefault(self._find(group), []).append(self._state.groups[group])
        return sorted((self._tree(groups) for groups in found.values()), key=lambda tree: _first(tree.groups[0]))

    def _frozen(self, group: str) -> bool:
        """In a closed incident, and nothing has joined it since."""
        tracked = self._state.incidents.get(self._state.assigned.get(group, ""))
        if tracked is None or not tracked.over:
            return False
        return all(signal.id in self._state.signals for signal in self._state.groups[group].signals)

    def _closed_before(self, found: Explanation) -> str | None:
        """The closed incident that holds the group's cause, or held the group itself."""
        for group in (found.parent_group, found.group):
            incident = self._state.assigned.get(group or "", "")
            tracked = self._state.incidents.get(incident)
            if tracked is not None and tracked.over:
                return incident
        return None

    def _pairs(self, kind: str) -> set[tuple[str, str]]:
        """Pairs of free groups of which a fact of this kind was said, each in order."""
        found = set()
        for fact in self._state.facts:
            pair = sorted(self.group_of.get(signal, "") for signal in (fact.a, fact.b))
            if fact.kind == kind and pair[0] != pair[1] and set(pair) <= set(self.free):
                found.add((pair[0], pair[1]))
        return found

    def _link(self, group: str) -> None:
        """Joins a group to its cause, unless it is frozen, apart, or only to be offered."""
        found = self._state.groups[group]
        parent = found.parent_group
        if parent is None or not self._state.groups.get(parent, found).signals or parent == group:
            return
        if parent not in self._state.groups or tuple(sorted((group, parent))) in self._apart:
            return
        if self._frozen(parent):
            self._join(group, "follows " + self._state.assigned[parent])
        elif found.parent is not None and self._held(group, parent):
            self.offers[group] = (self._state.assigned[parent], found.parent)
        else:
            self.parents[group] = parent
            self._join(group, parent)

    def _held(self, group: str, parent: str) -> bool:
        """Whether a person has acted on the incident that the group would leave for the parent's."""
        mine, other = (self._state.assigned.get(one) for one in (group, parent))
        tracked = self._state.incidents.get(mine or "")
        if tracked is None or not tracked.acted or other is None or other == mine:
            return False
        return self.group_of.get(tracked.incident.root_signal or "") != group

    def _gather(self, group: str) -> None:
        found, incident = self._state.groups[group], self._state.assigned.get(group, "")
        if found.suspected_asset and group not in self.parents:
            self._join(group, "suspected " + found.suspected_asset)
        tracked = self._state.incidents.get(incident)
        said_apart = any(group in pair for pair in self._apart)
        if tracked is not None and tracked.acted and not said_apart:
            self._join(group, "acted " + incident)

    def _find(self, one: str) -> str:
        while (leader := self._leader.get(one, one)) != one:
            self._leader[one] = self._leader.get(leader, leader)
            one = leader
        return one

    def _join(self, a: str, b: str) -> None:
        a, b = self._find(a), self._find(b)
        if a != b:
            self._leader[max(a, b)] = min(a, b)

    def _tree(self, groups: list[Explanation]) -> Tree:
        ordered = sorted(groups, key=_first)
        follows = {closed for found in ordered if (closed := self._closed_before(found))}
        return Tree(
            groups=tuple(ordered),
            roots=tuple(found for found in ordered if found.group not in self.parents) or tuple(ordered[:1]),
            follows=min(follows, default=None),
            offers=tuple(self.offers[found.group] for found in ordered if found.group in self.offers),
        )


def _first(found: Explanation) -> tuple[object, str]:
    anchor = found.signals[0]
    return anchor.raised_at, anchor.id


def trees(state: State) -> list[Tree]:
    """The trees of all groups that are not in a closed incident."""
    return Forest(state).trees()
