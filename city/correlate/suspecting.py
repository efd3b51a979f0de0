"""Which asset the orphans of one rule make suspect: the nearest one above enough of them."""

from collections.abc import Iterable

from city.correlate.crowds import Crowds, Timeline
from city.correlate.orphans import Orphan, Orphans, Spot, near

ENOUGH = 0.8
"""A nearer asset is suspected when it stands above this share of what the farther one stands above."""


class SuspectsOfWay:
    """The suspects of one rule; an effect concerns only those within twice `suspect_within` under the same asset."""

    def __init__(self, orphans: Orphans) -> None:
        """Of a rule that has `suspect_from`."""
        self.orphans, self.way = orphans, orphans.way
        cause = orphans.way.cause
        self._least, self._within_s = cause.suspect_from or 1, cause.suspect_within
        self._orphans, self._under = orphans.of, orphans.under
        self._chosen: dict[str, Spot] = {}
        self._pointing = Timeline()
        self.suspected: dict[str, Spot] = {}
        """Group → the asset that it makes suspect, and when the group began."""
        self.told = Timeline()
        """The same, by asset."""
        self.moved: set[Spot] = set()
        """Of the last change: where groups came to suspect an asset, or do no more."""

    def update(self) -> set[str]:
        """Judge anew after orphans changed; groups with a new answer."""
        self.moved = set()
        changed = self.orphans.changed
        if not changed:
            return set()
        around = {*changed, *near(self._under, self.orphans.spots, self._within_s)}
        around = {one for one in around if one in self._orphans or one in self._chosen or one in self.suspected}
        if not around:
            return around
        moved = self._point(around)
        again = around.union(near(self._pointing, moved, self._within_s)) if moved else around
        return self._conclude(again)

    def _crowds(self, timeline: Timeline, group_ids: Iterable[str]) -> Crowds:
        times = [self._orphans[group_id].at for group_id in group_ids if group_id in self._orphans]
        span = min(times, default=0.0), max(times, default=0.0)
        return Crowds(timeline, self._least, self._within_s, span)

    def _point(self, group_ids: Iterable[str]) -> set[Spot]:
        """Choose which asset each group points at; the spots that they left or came to."""
        crowds, spots = self._crowds(self._under, group_ids), set[Spot]()
        for group_id in group_ids:
            orphan, before, after = self._orphans.get(group_id), self._chosen.get(group_id), None
            if orphan is not None and (asset := self._nearest(orphan, crowds)) is not None:
                after = asset, orphan.at
            if before != after:
                spots |= _turned(self._chosen, self._pointing, group_id, after)
        return spots

    def _nearest(self, orphan: Orphan, crowds: Crowds) -> str | None:
        at = orphan.at
        sizes = {asset: size for asset in orphan.above if (size := crowds[asset].get(at)) is not None}
        if len(sizes) < 2:
            return next(iter(sizes), None)
        most = max(sizes.values())
        enough = [asset for asset, size in sizes.items() if size >= ENOUGH * most]
        if len(enough) == 1:
            return enough[0]
        return min(enough, key=lambda asset: (orphan.above[asset].hops, -sizes[asset], asset))

    def _conclude(self, group_ids: Iterable[str]) -> set[str]:
        crowds, found = self._crowds(self._pointing, group_ids), set[str]()
        for group_id in group_ids:
            chosen, before = self._chosen.get(group_id), self.suspected.get(group_id)
            after = chosen if chosen is not None and chosen[1] in crowds[chosen[0]] else None
            if before != after:
                self.moved |= _turned(self.suspected, self.told, group_id, after)
                found.add(group_id)
        return found


def _turned(spots: dict[str, Spot], timeline: Timeline, group_id: str, after: Spot | None) -> set[Spot]:
    """Has a group at another spot, or at none, there and on the timeline; the spots that it left and came to."""
    before = spots.pop(group_id, None)
    if before is not None:
        timeline.remove(*before, group_id)
    if after is not None:
        timeline.add(*after, group_id)
        spots[group_id] = after
    return {spot for spot in (before, after) if spot is not None}
