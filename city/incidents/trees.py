"""Which groups form one incident: trees by cause, patterns, common suspicion, and what people said."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

import msgspec

from city.incidents.model import APART, GONE, TOGETHER, State
from city.incidents.unions import Unions, by_first
from schemas.links import Explanation, Link

AGAIN = timedelta(minutes=30)
"""An asset that is suspected once more after so long is a trouble of its own."""


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """The groups of one incident to be."""

    groups: tuple[Explanation, ...]
    """By (raised_at, id) of their anchors."""
    roots: tuple[Explanation, ...]
    """Those without a cause here."""
    follows: str | None = None
    """A closed incident that holds the cause."""
    offers: tuple[tuple[str | None, Link], ...] = ()
    """(incident, link): where a group would go if people had not acted or had not taken it apart."""


class Forest:
    """Union of groups into trees. People's word first, then what is together already, then causes and suspicion.

    What is together already comes before what moves, so that thinking again with nothing new finds everything where it
    is (ADR 0024). Of two groups that are apart the one that left is joined last, so that the rest stays as it was.
    """

    def __init__(self, state: State) -> None:
        self._state = state
        self.parents: dict[str, str] = {}
        self.offers: dict[str, tuple[str | None, str, Link]] = {}
        self._over = {name for name, tracked in state.incidents.items() if tracked.over}
        self.group_of = {signal.id: group for group, found in state.groups.items() for signal in found.signals}
        self.free = sorted(group for group, found in state.groups.items() if found.signals and not self._frozen(group))
        self._crowds = _crowds(state.groups[group] for group in self.free)
        apart = self._pairs(APART)
        self._left = by_first(apart)
        self._brought = self._brought_home()
        self._unions = Unions(apart, state.wish.loose | self._brought.keys())
        self._stays: dict[tuple[str, str, int], bool] = {}

    def trees(self) -> list[Tree]:
        """All trees, in the order of their first group."""
        for a, b in [*self._pairs(TOGETHER), *self._pairs_of(self._state.wish.together)]:
            self._unions.join(a, b)
        if any(tracked.acted for tracked in self._state.incidents.values()):
            self._follow_causes(at_home=True)
            for group in sorted(self.free, key=self._is_root, reverse=True):
                self._hold(group)
        self._follow_causes(at_home=False)
        while self.offers and any(self._leads_away(groups) for groups in self._whole()):
            pass
        return sorted(map(self._tree, self._whole()), key=lambda tree: _first(tree.groups[0]))

    def _whole(self) -> list[list[Explanation]]:
        """The groups of each tree, in order."""
        whole: dict[str, list[Explanation]] = {}
        for group in self.free:
            whole.setdefault(self._unions.find(group), []).append(self._state.groups[group])
        return [sorted(groups, key=_first) for groups in whole.values()]

    def _follow_causes(self, at_home: bool) -> None:
        """Links and suspicion; `at_home`: only between groups of one incident."""
        for group in sorted(self.free, key=self._leaves) if self._left else self.free:
            self._link(group, at_home)
            if not at_home:
                self._suspect(group)

    def _leaves(self, group: str) -> bool:
        """Whether it, or what it would be joined to, was taken out of somewhere."""
        found = self._state.groups[group]
        return any(one in self._left for one in (group, found.parent_group, found.held_to))

    def _frozen(self, group: str) -> bool:
        """In a closed incident, and nothing has joined it since."""
        if self._state.assigned.get(group) not in self._over:
            return False
        return all(signal.id in self._state.signals for signal in self._state.groups[group].signals)

    def _closed_before(self, found: Explanation) -> str | None:
        """The closed incident that holds the group's cause or its pattern's first, or held the group itself."""
        held = (self._state.assigned.get(group or "") for group in (found.parent_group, found.held_to, found.group))
        return next((incident for incident in held if incident in self._over), None)

    def _pairs(self, kind: str) -> list[tuple[str, str]]:
        """Pairs of free groups of which a fact of this kind was said, in the order of the facts."""
        return self._pairs_of((fact.a, fact.b) for fact in self._state.facts if fact.kind == kind)

    def _pairs_of(self, said: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Pairs of signals as pairs of different free groups."""
        free = set(self.free)
        pairs = [(self.group_of.get(a, ""), self.group_of.get(b, "")) for a, b in said]
        return [(a, b) for a, b in pairs if a != b and a in free and b in free]

    def _brought_home(self) -> dict[str, str | None]:
        """Group that an undo brings home → the incident there: its cause elsewhere does not come along."""
        pairs = self._pairs_of(self._state.wish.together)
        return {a: self._state.assigned.get(b) for a, b in pairs if a not in self._state.wish.loose}

    def _link(self, group: str, at_home: bool) -> None:
        """Joins a group to its cause, and to the first of a pattern's groups."""
        found, home = self._state.groups[group], self._state.assigned.get(group, "")
        cause, first = found.parent_group or "", found.held_to or ""
        if (not at_home or self._all_in(home, cause)) and self._follow(group, cause, found.parent):
            self.parents[group] = cause
        if not at_home or self._all_in(home, first):
            self._follow(group, first, found.held)

    def _follow(self, group: str, other: str, link: Link | None) -> bool:
        """Joins two groups, unless the other is gone or frozen, they are apart, or it is only to be offered."""
        if link is None or other == group or not self._state.groups.get(other, GONE).signals:
            return False
        if self._frozen(other):
            self._unions.join(group, "follows " + self._state.assigned[other])
        elif self._held(group, other):
            self._offer(group, other, link)
        elif self._unions.join(group, other):
            return True
        else:
            self._offer(group, other, msgspec.structs.replace(link, reason="apart"))
        return False

    def _offer(self, group: str, parent: str, link: Link) -> None:
        self.offers[group] = (self._state.assigned.get(parent), parent, link)

    def _held(self, group: str, parent: str) -> bool:
        """Whether the group stays where a person has acted, though the parent is elsewhere."""
        mine, other = (self._state.assigned.get(one) for one in (group, parent))
        if group in self._brought:
            return parent not in self._brought and other not in (None, self._brought[group])
        tracked = self._state.incidents.get(mine or "")
        if tracked is None or not tracked.acted or other is None or other == mine or self._is_root(group):
            return False
        stays = self._unions.find(group) == self._unions.find(f"acted {mine}")
        return stays or not self._unions.marked(group).isdisjoint(self._state.wish.loose)

    def _is_root(self, group: str) -> bool:
        """Whether its incident is named by it: of two that cannot both stay, the root does."""
        tracked = self._state.incidents.get(self._state.assigned.get(group, ""))
        return tracked is not None and self.group_of.get(tracked.incident.root_signal or "") == group

    def _suspect(self, group: str) -> None:
        if group in self._crowds and group not in self.parents:
            self._unions.join(group, self._crowds[group])

    def _hold(self, group: str) -> None:
        """Keeps a group where a person has acted, unless it, or what it belongs to, was taken out of there.

        What goes on without its cause leaves all the same: not the machine has changed its mind, the city has changed.
        """
        incident = self._state.assigned.get(group, "")
        tracked = self._state.incidents.get(incident)
        if tracked is None or not tracked.acted or self._outlived(group):
            return
        left = self._unions.marked(group)
        asked = (incident, self._unions.find(group), len(left))
        if asked not in self._stays:  # a set only grows: of as many members it is the same
            self._stays[asked] = self._all_stay(incident, left)
        if self._stays[asked]:
            self._unions.join(group, f"acted {incident}")

    def _all_stay(self, incident: str, left: AbstractSet[str]) -> bool:
        """Whether none of those that were taken apart from others is to leave the incident."""
        taken_out = any(self._all_in(incident, one, other) for one in left for other in self._left.get(one, ()))
        goes_home = any(self._brought.get(one, incident) != incident for one in left)
        return not taken_out and not goes_home and left.isdisjoint(self._state.wish.loose)

    def _all_in(self, incident: str, *groups: str) -> bool:
        return all(self._state.assigned.get(group) == incident for group in groups)

    def _leads_away(self, groups: list[Explanation]) -> bool:
        """Whether what an incident is named by goes to its cause now, and the whole incident with it."""
        roots = self._roots(groups)
        root = next((one.group for one in roots if not one.suspected_asset), None)
        _, parent, link = self.offers.get(root or "", (None, "", None))
        if root is None or link is None or link.reason or self._unions.find(root) == self._unions.find(parent):
            return False
        if self._unions.join(root, parent):
            self.parents[root] = parent
            return True
        self._offer(root, parent, msgspec.structs.replace(link, reason="apart"))
        return False

    def _roots(self, groups: list[Explanation]) -> tuple[Explanation, ...]:
        """Of the ordered groups of a tree those without a cause in it."""
        return tuple(found for found in groups if found.group not in self.parents) or tuple(groups[:1])

    def _outlived(self, group: str) -> bool:
        """Whether what it is an effect of in the end, or it itself, goes on without its cause."""
        walked = {group}
        while (parent := self.parents.get(group)) is not None and parent not in walked:
            walked.add(parent)
            group = parent
        found = self._state.groups[group]
        return found.parent is None and any(link.reason == "outlived" for link in found.candidates)

    def _tree(self, groups: list[Explanation]) -> Tree:
        follows = {closed for found in groups if (closed := self._closed_before(found))} if self._over else ()
        return Tree(
            groups=tuple(groups),
            roots=self._roots(groups),
            follows=min(follows, default=None),
            offers=tuple(self._offered(found.group) for found in groups if self._elsewhere(found.group)),
        )

    def _elsewhere(self, group: str) -> bool:
        """Whether something is offered that is not here anyway."""
        return group in self.offers and self._unions.find(group) != self._unions.find(self.offers[group][1])

    def _offered(self, group: str) -> tuple[str | None, Link]:
        incident, _, link = self.offers[group]
        return incident, link


def _crowds(found: Iterable[Explanation]) -> dict[str, str]:
    """Group → the suspicion that it shares: of one asset, without a pause of `AGAIN` in which nothing more began."""
    suspecting = sorted((one for one in found if one.suspected_asset and one.signals), key=_first)
    last: dict[str, tuple[datetime, str]] = {}
    crowds = {}
    for one in suspecting:
        asset, at = one.suspected_asset or "", one.signals[0].raised_at
        before, name = last.get(asset, (at, f"suspected {asset} {one.group}"))
        name = name if at - before <= AGAIN else f"suspected {asset} {one.group}"
        last[asset], crowds[one.group] = (at, name), name
    return crowds


def _first(found: Explanation) -> tuple[object, str]:
    anchor = found.signals[0]
    return anchor.raised_at, anchor.id


def trees(state: State) -> list[Tree]:
    """The trees of all groups that are not in a closed incident."""
    return Forest(state).trees()
