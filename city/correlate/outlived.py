"""Effects that go on long after their cause has ended are none of it any more: when that is, and which."""

from collections.abc import Mapping
from heapq import heappop, heappush
from math import inf

import msgspec

from city.correlate.grouping import Group
from city.correlate.possible import Possible

OUTLIVED = "outlived"


class Outlived:
    """Knows the clock, and which groups have to be judged again when."""

    def __init__(self) -> None:
        """No time has passed."""
        self._now_s = -inf
        self._waiting: list[tuple[float, str]] = []

    def judged(self, item: Possible, group_id: str) -> Possible:
        """The cause, refused if the effect goes on, or went on, too long after it; else the group may wait for that."""
        after = item.way.cause.outlived_after
        if item.reason or after is None:
            return item
        limit_s = item.by.end + after
        if item.to.end <= limit_s:
            return item
        if limit_s < self._now_s:
            return msgspec.structs.replace(item, score=0.0, reason=OUTLIVED)
        heappush(self._waiting, (limit_s, group_id))
        return item

    def due(self, now_s: float, groups: Mapping[str, Group]) -> set[str]:
        """The clock moves on; groups that go on although a limit has passed."""
        self._now_s = max(now_s, self._now_s)
        found: set[str] = set()
        while self._waiting and self._waiting[0][0] < self._now_s:
            limit_s, group_id = heappop(self._waiting)
            group = groups.get(group_id)
            if group is not None and any(strand.end > limit_s for strand in group.strands):
                found.add(group_id)
        return found
