"""Ties within one story: if all causes that explain a group equally well lead to one root, the best one is taken.

So it is with what may be the same thing: of a group that nothing explains and that fits several others equally well.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from heapq import heappop, heappush

from city.correlate.grouping import Group
from city.correlate.possible import Alike, Possible
from city.correlate.strands import Order


class Ties:
    """Decided in (raised_at, id) order, each by those before it only: one answer, whatever came first."""

    def __init__(self, groups: Mapping[str, Group], parent: Callable[[str], Possible | None]) -> None:
        """`parent` gives the cause of a group that has one without a tie."""
        self._groups, self._parent = groups, parent
        self._tied: dict[str, Sequence[Possible | Alike]] = {}
        self._chosen: dict[str, Possible | Alike] = {}
        self._ways: dict[str, set[str]] = {}
        self._tied_below: dict[str, set[str]] = defaultdict(set)
        self._suspected: dict[str, str] = {}
        self._queue: set[str] = set()

    def chosen(self, group_id: str) -> Possible | Alike | None:
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
        if not self._queue:
            return changed
        heap: list[Order] = []
        queued, self._queue = self._queue, set()
        for group_id in queued:
            self._push(heap, group_id, changed)
        while heap:
            order = heappop(heap)
            if heap and heap[0] == order:
                continue
            if self._decide(order[1]):
                changed.add(order[1])
                for below in self._tied_below.get(order[1], ()):
                    if self._groups[below].anchor.order > order:
                        heappush(heap, self._groups[below].anchor.order)
        return changed

    def _push(self, heap: list[Order], group_id: str, changed: set[str]) -> None:
        if self._tied.get(group_id) and group_id in self._groups:
            heappush(heap, self._groups[group_id].anchor.order)
            return
        self._tied.pop(group_id, None)
        self._walk_by(group_id, set())
        if self._chosen.pop(group_id, None) is not None:
            changed.add(group_id)
            self.moved([group_id])

    def _decide(self, group_id: str) -> bool:
        ways: set[str] = set()
        tied = self._tied[group_id]
        roots = {self._root(item.cause, group_id, ways) for item in tied}
        self._walk_by(group_id, ways)
        before = self._chosen.pop(group_id, None)
        after = tied[0] if len(roots) == 1 and None not in roots else None
        if after is not None:
            self._chosen[group_id] = after
        return before != after

    def _root(self, start: str, effect: str, ways: set[str]) -> str | None:
        """The root of the story of `start`, noting the way up; None if it leads back to the effect."""
        order, at, walked = self._groups[effect].anchor.order, start, {effect}
        while at not in walked and at in self._groups:
            walked.add(at)
            ways.add(at)
            above: Possible | Alike | None = self._parent(at)
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
