"""Groups that are linked, or nearly, leave the window together, so that no link changes by forgetting."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from city.correlate.grouping import Grouping
from city.correlate.parents import Parents
from city.correlate.patterns import Patterns
from city.correlate.suspects import Suspects


class Leaving:
    """Which groups are long past with all that they are tied to; of what stays it is remembered what it rests on."""

    def __init__(self, parents: Parents, suspects: Suspects, grouping: Grouping, patterns: Patterns) -> None:
        """Reads their present choices."""
        self._parents, self._suspects, self._grouping, self._patterns = parents, suspects, grouping, patterns
        self._past: set[str] = set()
        self._staying: set[str] = set()
        """Groups that are past but tied to one that is not."""
        self._rests_on: dict[str, list[set[str]]] = defaultdict(list)
        """Of a group: the groups that stay because of a way through it."""
        self._stirred: set[str] = set()
        self._moved = False
        self._cites: dict[str, set[str]] = {}
        self._cited_by: dict[str, set[str]] = defaultdict(set)
        """Of a strand: the groups of which it is a condition, or which nearly joined it."""
        self._bonds: set[frozenset[str]] = set()
        self._bonds_of: dict[str, list[frozenset[str]]] = {}
        self._suspecting: dict[str, list[str]] = {}

    def stir(self, groups: Iterable[str]) -> None:
        """These groups, their possible causes or suspects are others now; with none: some pattern is."""
        self._moved = True
        for group_id in groups:
            self._stirred.add(group_id)
            before, after = self._cites.get(group_id), self._citing(group_id)
            if before != after:
                self._cite(group_id, before or set(), after or set())

    def _citing(self, group_id: str) -> set[str] | None:
        group = self._parents.groups.get(group_id)
        if group is None:
            return None
        found = {one for item in self._parents.possible.get(group_id, ()) for one in item.conditions}
        found.update(rival.anchor for joined in group.assignments for rival in joined.rivals)
        return found or None

    def _cite(self, group_id: str, before: set[str], after: set[str]) -> None:
        for strand_id in before - after:
            self._cited_by[strand_id].discard(group_id)
            if not self._cited_by[strand_id]:
                del self._cited_by[strand_id]
        for strand_id in after - before:
            self._cited_by[strand_id].add(group_id)
        if after:
            self._cites[group_id] = after
        else:
            del self._cites[group_id]

    def found(self, past: set[str]) -> list[set[str]]:
        """Sets of groups, each closed under possible causes, rivals for `same`, conditions, one suspected asset and
        patterns, that lie wholly in `past`: the groups with which nothing that comes can be linked any more."""
        if not self._moved and past == self._past:
            return []
        self._moved = False
        self._look_at_bonds()
        again = self._in_question(past)
        self._past, self._stirred = past, set()
        leaving: list[set[str]] = []
        gone: set[str] = set()
        for group_id in again:
            if group_id not in gone and group_id not in self._staying:
                tied, by = self._walk(group_id)
                if by is None:
                    leaving.append(tied)
                    gone |= tied
                else:
                    self._stay(tied, by)
        return leaving

    def _look_at_bonds(self) -> None:
        bonds = {frozenset(bond) for bond in self._patterns.bonds()}
        self._stirred.update(*(bonds ^ self._bonds))
        self._bonds, self._bonds_of = bonds, defaultdict(list)
        for bond in bonds:
            for group_id in bond:
                self._bonds_of[group_id].append(bond)
        self._suspecting = defaultdict(list)
        for group_id, asset in self._suspects.all().items():
            self._suspecting[asset].append(group_id)

    def _in_question(self, past: set[str]) -> set[str]:
        """The groups that are past and may leave now, as far as is known; none of them is known to stay."""
        found: set[str] = set()
        news = [*(past - self._past), *(self._past - past), *self._stirred]
        while news:
            group_id = news.pop()
            found.add(group_id)
            self._staying.discard(group_id)
            for others in self._rests_on.pop(group_id, ()):
                news += others - found
        return found & past

    def _walk(self, group_id: str) -> tuple[set[str], str | None]:
        """Groups tied to this one, and the first that has to stay; None: all of them are past."""
        tied, new = {group_id}, [group_id]
        while new:
            for other in self._ties(new.pop()):
                if other in tied or other not in self._parents.groups:
                    continue
                if other not in self._past or other in self._staying:
                    return tied, other
                tied.add(other)
                new.append(other)
        return tied, None

    def _stay(self, tied: set[str], by: str) -> None:
        self._staying |= tied
        for group_id in chain(tied, (by,)):
            self._rests_on[group_id].append(tied)

    def _ties(self, group_id: str) -> Iterator[str]:
        for item in self._parents.possible.get(group_id, ()):
            yield item.cause
        yield from self._parents.causes.effects_of.get(group_id, ())
        for strand_id in self._cites.get(group_id, ()):
            yield self._grouping.group_of(strand_id) or group_id
        for strand in self._parents.groups[group_id].strands:
            yield from self._cited_by.get(strand.id, ())
        yield from self._suspecting.get(self._suspects.of(group_id) or "", ())
        for bond in self._bonds_of.get(group_id, ()):
            yield from bond
