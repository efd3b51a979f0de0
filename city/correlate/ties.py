"""Ties within one story: if all causes that explain a group equally well lead to one root, the best one is taken.

So it is with what may be the same thing: of a group that nothing explains and that fits several others equally well.
What is tied between several stories is of none, but what is tied between the same ones at one place is one thing, as a
road that is slow and then at a stop; so is a report with another one that it fits as well as what that one fits.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush

from city.correlate.grouping import Group
from city.correlate.possible import Alike, Fellow, Possible
from city.correlate.strands import Order

Stories = frozenset[str]
"""Roots between which a group is tied; empty: it is not."""
NONE: Stories = frozenset()
Spot = tuple[str, Stories]
"""A place, and the stories between which what is there is tied."""


class Ties:
    """Decided in (raised_at, id) order, each by those before it only: one answer, whatever came first."""

    def __init__(self, groups: Mapping[str, Group], parent: Callable[[str], Possible | None]) -> None:
        """`parent` gives the cause of a group that has one without a tie."""
        self._groups, self._parent = groups, parent
        self._tied: dict[str, Sequence[Possible | Alike]] = {}
        self._chosen: dict[str, Possible | Alike | Fellow] = {}
        self._spots: dict[str, list[Spot]] = {}
        self._fellows: dict[Spot, set[str]] = defaultdict(set)
        self._ways: dict[str, set[str]] = {}
        self._tied_below: dict[str, set[str]] = defaultdict(set)
        self._suspected: dict[str, str] = {}
        self._queue: set[str] = set()

    def chosen(self, group_id: str) -> Possible | Alike | Fellow | None:
        """What was taken in spite of the tie."""
        return self._chosen.get(group_id)

    def put(self, group_id: str, tied: Sequence[Possible | Alike]) -> None:
        """What a group is tied between now, best first; none: it is not."""
        if tied or group_id in self._tied:
            self._tied[group_id] = tied
            self._queue.add(group_id)

    def moved(self, group_ids: Iterable[str]) -> None:
        """These groups belong elsewhere now, and with them all that is below."""
        for group_id in group_ids:
            self._queue |= self._tied_below.get(group_id, set())

    def suspect(self, group_id: str, asset: str | None) -> None:
        """Roots that suspect one asset are one story."""
        if asset is not None:
            self._suspected[group_id] = asset
        else:
            self._suspected.pop(group_id, None)
        self.moved([group_id])

    def settle(self) -> set[str]:
        """Decide what changed; the groups whose cause is another now."""
        changed: set[str] = set()
        while self._queue:
            heap: list[Order] = []
            queued, self._queue = self._queue, set()
            for group_id in queued:
                if self._tied.get(group_id) and group_id in self._groups:
                    heappush(heap, self._groups[group_id].anchor.order)
                elif self._forget(group_id):
                    changed.add(group_id)
            self._decide_all(heap, changed)
        return changed

    def _forget(self, group_id: str) -> bool:
        """It is tied no more; whether something was taken in spite of the tie."""
        self._tied.pop(group_id, None)
        self._walk_by(group_id, set())
        self._queue |= self._share(group_id, NONE)
        had = self._chosen.pop(group_id, None) is not None
        self.moved([group_id])
        return had

    def _decide_all(self, heap: list[Order], changed: set[str]) -> None:
        while heap:
            order = heappop(heap)
            if heap and heap[0] == order:
                continue
            group_id = order[1]
            before = self._chosen.get(group_id), self._between(group_id)
            again = self._decide(group_id)
            if before[0] != self._chosen.get(group_id):
                changed.add(group_id)
            if before != (self._chosen.get(group_id), self._between(group_id)):
                again |= self._tied_below.get(group_id, set())
            for other in again & self._groups.keys():
                if self._groups[other].anchor.order > order:
                    heappush(heap, self._groups[other].anchor.order)

    def _decide(self, group_id: str) -> set[str]:
        """Takes what is to be taken; the groups for which that may matter, besides those below."""
        ways: set[str] = set()
        tied = self._tied[group_id]
        self._chosen.pop(group_id, None)
        roots = [self._root(item.cause, group_id, ways) for item in tied]
        known = {root for root in roots if root is not None}
        self._walk_by(group_id, ways)
        if None in roots:
            return self._share(group_id, NONE)
        if len(known) == 1:
            self._chosen[group_id] = tied[0]
            return self._share(group_id, NONE)
        stories = NONE.union(*(self._between_of(root, group_id) for root in known))
        again = self._share(group_id, stories)
        alike = (root for root in roots if root is not None and self._between(root) == stories)
        first = self._fellow(group_id) or next(alike, None)
        if first is not None:
            self._chosen[group_id] = Fellow(first, tied[0].score)
        return again

    def _between_of(self, root: str, effect: str) -> Stories:
        """The stories between which an earlier root is tied; the root itself where it is not."""
        group = self._groups.get(root)
        if group is None or group.anchor.order >= self._groups[effect].anchor.order:
            return Stories({root})
        return self._between(root) or Stories({root})

    def _between(self, group_id: str) -> Stories:
        """The stories between which a group is tied."""
        spots = self._spots.get(group_id)
        return spots[0][1] if spots else NONE

    def _share(self, group_id: str, stories: Stories) -> set[str]:
        """Note between which stories it is tied now; the others that were tied so where it is, or are."""
        group = self._groups.get(group_id)
        before = self._spots.pop(group_id, [])
        after = [(place, stories) for place in group.anchor.places] if stories and group is not None else []
        if after:
            self._spots[group_id] = after
        if before == after:
            return set()
        for spot in before:
            self._fellows[spot].discard(group_id)
        for spot in after:
            self._fellows[spot].add(group_id)
        again = {other for spot in (*before, *after) for other in self._fellows[spot]}
        for spot in before:
            if not self._fellows[spot]:
                self._fellows.pop(spot, None)
        return again - {group_id}

    def _fellow(self, group_id: str) -> str | None:
        """The first group that is tied between the same stories at one of its places, if it is not the first itself."""
        fellows = {other for spot in self._spots[group_id] for other in self._fellows[spot]} & self._groups.keys()
        first = min(self._groups[other].anchor.order for other in fellows)[1]
        return first if first != group_id else None

    def _root(self, start: str, effect: str, ways: set[str]) -> str | None:
        """The root of the story of `start`, noting the way up; None if it leads back to the effect."""
        order, at, walked = self._groups[effect].anchor.order, start, {effect}
        while at not in walked and at in self._groups:
            walked.add(at)
            ways.add(at)
            above: Possible | Alike | Fellow | None = self._parent(at)
            if above is None and self._groups[at].anchor.order < order:
                above = self._chosen.get(at)
            if above is None:
                return self._suspected.get(at, at)
            at = above.cause
        return None

    def _walk_by(self, group_id: str, ways: set[str]) -> None:
        before = self._ways.pop(group_id, set())
        for at in before - ways:
            self._tied_below[at].discard(group_id)
            if not self._tied_below[at]:
                del self._tied_below[at]
        for at in ways - before:
            self._tied_below[at].add(group_id)
        if ways:
            self._ways[group_id] = ways
