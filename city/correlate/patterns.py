"""Patterns of all rules: what came goes to the rules that name it, what they match becomes holds and near misses."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import heappop, heappush

from city.correlate.grouping import Grouping
from city.correlate.holds import Hold, Holds, Key, Missed
from city.correlate.matches import Matches
from city.correlate.matching import HOLDS, Match
from city.correlate.model import Model
from city.correlate.parents import Parents
from city.correlate.pattern_way import PatternWay
from city.correlate.possible import Alike
from city.correlate.strands import Strand
from city.correlate.suspects import Suspects
from schemas.signals import Signal

MOST_TOLD = 3
"""Near misses of patterns that one group tells."""


class Patterns:
    """Judged at ticks, after causes and suspects: only what nothing explains takes part."""

    def __init__(self, model: Model, grouping: Grouping, parents: Parents, suspects: Suspects) -> None:
        """Nothing came yet."""
        self._grouping, self._parents, self._suspects = grouping, parents, suspects
        self._rules = [era.rule for era, _ in model.patterns]
        self._all = [Matches(PatternWay(era, pattern, model)) for era, pattern in model.patterns]
        self._by_kind: dict[str, list[int]] = defaultdict(list)
        for number, matches in enumerate(self._all):
            for kind in matches.way.kinds:
                self._by_kind[kind].append(number)
        self._came: dict[str, str] = {}
        self._groups: set[str] = set()
        self._due: list[tuple[float, int, str]] = []
        self._holds = Holds(self._rules, grouping.strands, grouping.group_of)
        self._late: dict[str, dict[int, Match]] = defaultdict(dict)
        self._bonds: dict[Key, tuple[str, ...]] = {}
        self._bound: dict[str, set[Key]] = defaultdict(set)
        self._rebound: set[str] = set()

    # --- inputs ---

    def note(self, strands: Iterable[Strand], groups: Iterable[str]) -> None:
        """Strands that came, changed or went, and groups that may have another cause; judged at the next `judge`."""
        if self._all:
            for strand in strands:
                if strand.kind in self._by_kind:
                    self._came[strand.id] = strand.kind
            self._groups.update(groups)

    def is_due(self, now: float) -> bool:
        """Whether at this time, Unix seconds, something came to be judged, or is over."""
        return bool(self._groups or self._came or (self._due and self._due[0][0] <= now))

    def judge(self, now: float, groups: Collection[str] = ()) -> set[str]:
        """At this time, Unix seconds: the groups of which something else is to be told now."""
        if not self._all:
            return set()
        self._groups.update(groups)
        touched, self._groups = self._groups, set()
        numbers = self._put_all(touched)
        while self._due and self._due[0][0] <= now:
            _, number, strand_id = heappop(self._due)
            self._all[number].wake(strand_id)
            numbers.add(number)
        held: dict[Key, Match | None] = {}
        told: set[str] = set()
        for number in sorted(numbers):
            held |= self._settle(number, now)
            told |= self._note_late(number)
        return told | self._holds.update(held, touched)

    def _put_all(self, groups: Iterable[str]) -> set[int]:
        """Give the rules what came; the numbers of those that have something to settle."""
        came, self._came = self._came, {}
        for group_id in groups:
            group = self._parents.groups.get(group_id)
            for strand in group.strands if group is not None else ():
                if strand.kind in self._by_kind:
                    came[strand.id] = strand.kind
        found = set()
        for strand_id, kind in came.items():
            free = self._is_free(self._grouping.group_of(strand_id))
            present = self._grouping.strands.get(strand_id)
            for number in self._by_kind[kind]:
                self._all[number].put(strand_id, present, free=free)
                found.add(number)
        return found

    def _is_free(self, group_id: str | None) -> bool:
        """Nothing explains the group."""
        if group_id is None or self._parents.parent(group_id) or self._suspects.of(group_id):
            return False
        return not isinstance(self._parents.held(group_id), Alike)

    def _settle(self, number: int, now: float) -> dict[Key, Match | None]:
        held: dict[Key, Match | None] = {}
        for strand_id, found in self._all[number].settle(now).items():
            if found is not None and found.due is not None:
                heappush(self._due, (found.due, number, strand_id))
            self._bind((number, strand_id), found)
            held[number, strand_id] = found if found is not None and found.state == HOLDS else None
        return held

    def _note_late(self, number: int) -> set[str]:
        """Note what timed out; the groups whose near misses are others now."""
        gone, come = self._all[number].take_late()
        if not gone and not come:
            return set()
        for strand_id in gone:
            del self._late[strand_id][number]
            if not self._late[strand_id]:
                del self._late[strand_id]
        for strand_id in come:
            self._late[strand_id][number] = self._all[number].found[strand_id]
        groups = {self._grouping.group_of(strand_id) for strand_id in gone | come}
        return {group_id for group_id in groups if group_id is not None}

    # --- what is told ---

    def hold(self, group_id: str) -> Hold | None:
        """The match that holds a group, if one does."""
        return self._holds.holds.get(group_id)

    def missed(self, group_id: str, signals: Iterable[Signal]) -> Sequence[Missed]:
        """What a group of these signals nearly belonged to, at most three."""
        elsewhere = self._holds.elsewhere.get(group_id, ())
        if not self._late:
            return elsewhere[-MOST_TOLD:]
        found = list(elsewhere)
        for strand_id in [signal.id for signal in signals if signal.id in self._late]:
            if strand_id in self._grouping.strands:
                found += [Missed(self._rules[number], late) for number, late in sorted(self._late[strand_id].items())]
        return found[-MOST_TOLD:]

    # --- what it binds ---

    def _bind(self, key: Key, found: Match | None) -> None:
        before, after = self._bonds.pop(key, ()), _strands(found)
        if after:
            self._bonds[key] = after
        if before != after:
            self._rebound.update(before, after)
            for strand_id in before:
                self._bound[strand_id].discard(key)
                if not self._bound[strand_id]:
                    del self._bound[strand_id]
            for strand_id in after:
                self._bound[strand_id].add(key)

    def take_rebound(self) -> set[str]:
        """The strands of which a match binds others, or others no more, since this was last asked."""
        rebound, self._rebound = self._rebound, set()
        return rebound

    def bound_to(self, strand_id: str) -> Iterator[str]:
        """The strands that matches bind to this one, or their absence: they leave the window together."""
        for key in self._bound.get(strand_id, ()):
            yield from self._bonds[key]


def _strands(found: Match | None) -> tuple[str, ...]:
    """Ids of all strands that a match binds; none where there is but its anchor."""
    if found is None or len(found.members) + len(found.beside) < 2:
        return ()
    return (*(member.strand.id for member in found.members), *(strand.id for strand in found.beside))
