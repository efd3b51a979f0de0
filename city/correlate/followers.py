"""Followers: what a suspected asset would explain besides, had it reported, though it is too little to suspect it.

Three signals went dark, so that their feeder is suspected; two sensors on it that fell silent are of the same trouble.
"""

from collections.abc import Sequence

from city.correlate.crowds import Span
from city.correlate.orphans import Orphan, Orphans, near
from city.correlate.suspecting import SuspectsOfWay
from city.correlate.ways import CauseWay, Place
from city.graph import Walk


class FollowersOfWay:
    """The orphans of one rule under assets that other rules with the same cause make suspect."""

    def __init__(self, orphans: Orphans, leads: Sequence[SuspectsOfWay]) -> None:
        """`leads`: those rules but this one; there are some."""
        self._orphans, self._leads = orphans, leads
        self._reach_s = _longest_s(orphans.way) + max(_longest_s(one.way) for one in leads)
        """Farther apart than this no two effects have one cause."""
        self.suspected: dict[str, str] = {}

    def update(self) -> set[str]:
        """Judge anew after orphans or the suspects of the leads changed; groups with a new answer."""
        moved = [spot for one in self._leads if one.moved for spot in one.moved]
        if not moved and not self._orphans.changed:
            return set()
        concerned = {*self._orphans.changed, *near(self._orphans.under, moved, self._reach_s)}
        return {group_id for group_id in concerned if self._turns(group_id)}

    def _turns(self, group_id: str) -> bool:
        orphan = self._orphans.of.get(group_id)
        after = self._nearest(orphan) if orphan is not None else None
        if self.suspected.get(group_id) == after:
            return False
        if after is None:
            del self.suspected[group_id]
        else:
            self.suspected[group_id] = after
        return True

    def _nearest(self, orphan: Orphan) -> str | None:
        found = [(walk.hops, asset) for asset, walk in orphan.above.items() if self._is_led(orphan, asset, walk)]
        return min(found)[1] if found else None

    def _is_led(self, orphan: Orphan, asset: str, walk: Walk) -> bool:
        """Whether one cause there, at some time, explains it and what makes the asset suspect."""
        ours = _begun(self._orphans.way, walk, orphan.at)
        span = orphan.at - self._reach_s, orphan.at + self._reach_s
        return any(
            _meet(ours, _begun(one.way, one.orphans.of[group_id].above[asset], at))
            for one in self._leads
            for at, group_id in one.told.between(asset, span)
        )


def _longest_s(way: CauseWay) -> float:
    return max(map(abs, way.longest_range()))


def _begun(way: CauseWay, walk: Walk, at: float) -> Span:
    """When the cause of an effect began."""
    shortest, longest = way.delay_range(Place(walk=walk))
    return at - longest, at - shortest


def _meet(one: Span, other: Span) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]
