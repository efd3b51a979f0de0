"""Groups that are linked, or nearly, leave the window together, so that no link changes by forgetting."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import chain
from math import inf

from city.correlate.grouping import Group, Grouping
from city.correlate.model import Model
from city.correlate.parents import Parents
from city.correlate.patterns import Patterns
from city.correlate.suspects import Suspects


class Leaving:
    """Which groups are long past with all that they are tied to; of what stays it is remembered what it rests on."""

    def __init__(self, model: Model, grouping: Grouping, choices: tuple[Parents, Suspects, Patterns]) -> None:
        """Reads the present groups and choices."""
        self._model, self._grouping = model, grouping
        self._parents, self._suspects, self._patterns = choices
        self._ends: list[tuple[float, str]] = []
        self._lasts: dict[str, float] = {}
        self._past: set[str] = set()
        self._staying: set[str] = set()
        """Groups that are past but tied to one that is not."""
        self._rests_on: dict[str, list[set[str]]] = defaultdict(list)
        """Of a group: the groups that stay because of a way through it."""
        self._stirred: set[str] = set()
        self._cites: dict[str, set[str]] = {}
        self._cited_by: dict[str, set[str]] = defaultdict(set)
        """Of a strand: the groups of which it is a condition, or which nearly joined it."""
        self._suspecting: dict[str, list[str]] = {}

    # --- inputs ---

    def stir(self, groups: Iterable[str]) -> None:
        """These groups, their possible causes or suspects are others now."""
        groups = [*groups]
        self._stirred.update(groups)
        self._past.difference_update(groups)
        for group_id in groups:
            group = self._parents.groups.get(group_id)
            self._note_last(group_id, group)
            before, after = self._cites.get(group_id), self._citing(group)
            if before != after:
                self._cite(group_id, before or set(), after or set())

    def _note_last(self, group_id: str, group: Group | None) -> None:
        """Note the time after which nothing that comes can be linked with the group; infinite while active."""
        strands = group.strands if group is not None else ()
        going_on = not strands or inf in [strand.end for strand in strands]
        last = inf if going_on else max([strand.end + self._model.horizon_s(strand.kind) for strand in strands])
        if last < inf:
            self._lasts[group_id] = last
            heappush(self._ends, (last, group_id))
        else:
            self._lasts.pop(group_id, None)

    def _citing(self, group: Group | None) -> set[str] | None:
        if group is None:
            return None
        found: list[str] = []
        for item in self._parents.possible.get(group.id, ()):
            found += item.conditions
        for joined in group.assignments:
            found += [rival.anchor for rival in joined.rivals] if joined.rivals else ()
        return set(found) if found else None

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

    # --- what leaves ---

    def found(self, now_s: float, lateness_s: float) -> list[set[str]]:
        """Sets of groups of which nothing can be linked any more with what comes, so late it may be.

        Each is closed under possible causes, rivals for `same`, conditions, one suspected asset and patterns.
        """
        news = self._stirred | self._groups_of(self._patterns.take_rebound())
        while self._ends and now_s > self._ends[0][0] + lateness_s:
            last, group_id = heappop(self._ends)
            if self._lasts.get(group_id) == last:
                self._past.add(group_id)
                news.add(group_id)
        self._stirred = set()
        return self._leaving(self._in_question(news)) if news else []

    def _groups_of(self, strands: Iterable[str]) -> set[str]:
        found = {self._grouping.group_of(strand_id) for strand_id in strands}
        return {group_id for group_id in found if group_id is not None}

    def _in_question(self, news: Iterable[str]) -> set[str]:
        """The groups that are past and may leave now, as far as is known; none of them is known to stay."""
        found: set[str] = set()
        new = [*news]
        while new:
            group_id = new.pop()
            if group_id not in found:
                found.add(group_id)
                self._staying.discard(group_id)
                new += chain.from_iterable(self._rests_on.pop(group_id, ()))
        return found & self._past

    def _leaving(self, groups: set[str]) -> list[set[str]]:
        leaving: list[set[str]] = []
        gone: set[str] = set()
        self._suspecting = _by_asset(self._suspects.all()) if groups else {}
        for group_id in groups:
            if group_id not in gone and group_id not in self._staying:
                tied, by = self._walk(group_id)
                if by is None:
                    leaving.append(tied)
                    gone |= tied
                else:
                    self._stay(tied, by)
        return leaving

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
        yield from self._groups_of(self._cites.get(group_id, ()))
        for strand in self._parents.groups[group_id].strands:
            yield from self._cited_by.get(strand.id, ())
            yield from self._groups_of(self._patterns.bound_to(strand.id))
        yield from self._suspecting.get(self._suspects.of(group_id) or "", ())


def _by_asset(suspected: dict[str, str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for group_id, asset in suspected.items():
        found[asset].append(group_id)
    return found
