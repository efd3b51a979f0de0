"""Suspects: several effects without a cause point at the nearest asset above them all."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import inf

import msgspec

from city.correlate.crowds import Crowds, Span, Timeline
from city.correlate.parents import Parents
from city.correlate.ways import CauseWay
from city.graph import Walk

ENOUGH = 0.8
"""A nearer asset is suspected when it stands above this share of what the farther one stands above."""
STORM, STORM_PAUSE_S = 50, 5.0
"""With so many changed groups at once, suspects are judged at most this often: each judgement looks at all of them."""

Spot = tuple[str, float]
"""An asset and a time."""


class Orphan(msgspec.Struct, frozen=True, gc=False):
    """A group that nothing explains, when it began, and what stands above it."""

    at: float
    above: Mapping[str, Walk]


class SuspectsOfWay:
    """The suspects of one rule; an effect concerns only those within twice `suspect_within` under the same asset."""

    def __init__(self, way: CauseWay, parents: Parents) -> None:
        """The rule has `suspect_from`."""
        self._way, self._parents = way, parents
        self._least, self._within_s = way.cause.suspect_from or 1, way.cause.suspect_within
        self._orphans: dict[str, Orphan] = {}
        self._chosen: dict[str, tuple[str, float]] = {}
        self._under, self._pointing = Timeline(), Timeline()
        self.suspected: dict[str, str] = {}

    def update(self, touched: Iterable[str]) -> set[str]:
        """Judge anew after these groups changed; groups with a new answer."""
        changed = [group_id for group_id in touched if self._concerns(group_id)]
        if not changed:
            return set()
        spots = {spot for group_id in changed for spot in self._refresh(group_id)}
        near = {*changed, *_near(self._under, spots, self._within_s)}
        near = {one for one in near if one in self._orphans or one in self._chosen or one in self.suspected}
        if not near:
            return near
        moved = self._point(near)
        again = near.union(_near(self._pointing, moved, self._within_s)) if moved else near
        return self._conclude(again)

    def _concerns(self, group_id: str) -> bool:
        """Whether it counts for the rule, or did."""
        if group_id in self._orphans or group_id in self._chosen or group_id in self.suspected:
            return True
        group = self._parents.groups.get(group_id)
        return group is not None and not self._way.effects.isdisjoint([strand.kind for strand in group.strands])

    def _refresh(self, group_id: str) -> list[Spot]:
        before, after = self._orphans.pop(group_id, None), self._orphan(group_id)
        for asset in before.above if before else ():
            self._under.remove(asset, before.at if before else 0.0, group_id)
        if after is not None:
            self._orphans[group_id] = after
            for asset in after.above:
                self._under.add(asset, after.at, group_id)
        return [(asset, orphan.at) for orphan in (before, after) if orphan is not None for asset in orphan.above]

    def _orphan(self, group_id: str) -> Orphan | None:
        group = self._parents.groups.get(group_id)
        way = self._way
        strands = group.strands if group is not None else ()
        effect = next((one for one in strands if one.kind in way.effects and way.era.holds(one.start)), None)
        if effect is None or not self._parents.is_orphan(group_id):
            return None
        return Orphan(effect.start, way.upstream(effect))

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
                spots |= self._turn(group_id, before, after)
        return spots

    def _turn(self, group_id: str, before: Spot | None, after: Spot | None) -> set[Spot]:
        if before is not None:
            self._pointing.remove(*before, group_id)
            del self._chosen[group_id]
        if after is not None:
            self._pointing.add(*after, group_id)
            self._chosen[group_id] = after
        return {spot for spot in (before, after) if spot is not None}

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
            after = chosen[0] if chosen is not None and chosen[1] in crowds[chosen[0]] else None
            if before == after:
                continue
            found.add(group_id)
            if after is None:
                del self.suspected[group_id]
            else:
                self.suspected[group_id] = after
        return found


class Suspects:
    """The suspects of all rules; where two rules suspect, the first by id counts."""

    def __init__(self, ways: Iterable[CauseWay], parents: Parents) -> None:
        """No groups yet."""
        self._of = [
            SuspectsOfWay(way, parents) for way in ways if way.cause.suspect_from is not None and way.starts_at_cause
        ]
        self._changed: set[str] = set()
        self._judged_s = -inf

    def note(self, touched: Iterable[str]) -> None:
        """Groups that changed; judged at the next `judge`."""
        self._changed.update(touched)

    def judge(self, now_s: float = inf) -> set[str]:
        """Groups whose suspected asset changed since the last time. In a storm it is asked only now and then."""
        if len(self._changed) > STORM and now_s < self._judged_s + STORM_PAUSE_S:
            return set()
        found: set[str] = set()
        if self._changed:
            for suspects in self._of:
                found |= suspects.update(self._changed)
            self._changed = set()
        if now_s < inf:
            self._judged_s = now_s
        return found

    def all(self) -> dict[str, str]:
        """Group → the asset that it makes suspect, of all that do."""
        return {group_id: asset for one in reversed(self._of) for group_id, asset in one.suspected.items()}

    def of(self, group_id: str) -> str | None:
        """The asset that the group makes suspect."""
        for one in self._of:
            if (asset := one.suspected.get(group_id)) is not None:
                return asset
        return None


def _near(timeline: Timeline, spots: Iterable[Spot], within_s: float) -> Iterator[str]:
    by_asset: dict[str, list[float]] = defaultdict(list)
    for asset, at in spots:
        by_asset[asset].append(at)
    for asset, times in by_asset.items():
        for span in _merged(sorted(times), within_s):
            yield from (group_id for _, group_id in timeline.between(asset, span))


def _merged(times: list[float], within_s: float) -> Iterator[Span]:
    start = end = -inf
    for at in times:
        if at - within_s > end:
            if end > -inf:
                yield start, end
            start = at - within_s
        end = at + within_s
    if end > -inf:
        yield start, end
