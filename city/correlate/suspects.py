"""Suspects: several effects without a cause point at the nearest asset above them all that has no signal itself."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from math import inf

import msgspec

from city.correlate.parents import Parents
from city.correlate.ways import CauseWay
from city.graph import Walk

ENOUGH = 0.8
"""A nearer asset is suspected when it stands above this share of what the farther one stands above."""


class Timeline:
    """Groups above or below an asset by time, for counting how many lie close together."""

    def __init__(self) -> None:
        """Nothing anywhere."""
        self._at: dict[str, list[tuple[float, str]]] = defaultdict(list)

    def add(self, asset: str, at: float, group_id: str) -> None:
        """Put a group on an asset's line."""
        insort(self._at[asset], (at, group_id))

    def remove(self, asset: str, at: float, group_id: str) -> None:
        """Take it off again."""
        line = self._at[asset]
        line.pop(bisect_left(line, (at, group_id)))
        if not line:
            del self._at[asset]

    def between(self, asset: str, start: float, end: float) -> Iterator[str]:
        """Groups on the asset's line in this time, ends included."""
        line = self._at.get(asset, [])
        return (group_id for _, group_id in line[bisect_left(line, (start, "")) : bisect_right(line, (end, "~"))])

    def count(self, asset: str, start: float, end: float) -> int:
        """How many there are."""
        line = self._at.get(asset, [])
        return bisect_right(line, (end, "~")) - bisect_left(line, (start, ""))

    def is_dense(self, asset: str, at: float, least: int, within_s: float) -> bool:
        """Whether some stretch of `within_s` around `at` holds at least so many."""
        line = self._at.get(asset, [])
        first, last = bisect_left(line, (at - within_s, "")), bisect_right(line, (at + within_s, "~"))
        here = bisect_left(line, (at, ""))
        starts = range(max(first, here - least + 1), min(here, last - least) + 1)
        return any(line[start + least - 1][0] - line[start][0] <= within_s for start in starts)


class Orphan(msgspec.Struct, frozen=True):
    """A group that nothing explains, when it began, and what stands above it."""

    at: float
    above: Mapping[str, Walk]


class SuspectsOfWay:
    """The suspects of one rule; an effect concerns only those within twice `suspect_within` under the same asset."""

    def __init__(self, number: int, way: CauseWay, parents: Parents) -> None:
        """`number` is the rule's in `parents`; the rule has `suspect_from`."""
        self._number, self._way, self._parents = number, way, parents
        self._least, self._within_s = way.cause.suspect_from or 1, way.cause.suspect_within
        self._orphans: dict[str, Orphan] = {}
        self._chosen: dict[str, tuple[str, float]] = {}
        self._under, self._pointing = Timeline(), Timeline()
        self.suspected: dict[str, str] = {}

    def update(self, changed: Iterable[str], assets: Iterable[str]) -> set[str]:
        """Judge anew after these groups changed and causes came or went at these assets; groups with a new answer."""
        spots = {(asset, at) for group_id in changed for asset, at in self._refresh(group_id)}
        near = set(self._near(self._under, spots)) | {
            group_id for asset in assets for group_id in self._under.between(asset, -inf, inf)
        }
        moved = {spot for group_id in near | set(changed) for spot in self._point(group_id)}
        again = set(self._near(self._pointing, moved)) | near | set(changed)
        return {group_id for group_id in again if self._conclude(group_id)}

    def _refresh(self, group_id: str) -> list[tuple[str, float]]:
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
        if group is None or not self._parents.is_orphan(group_id):
            return None
        effects = [strand for strand in group.strands if strand.kind in self._way.effects]
        return Orphan(effects[0].start, self._way.upstream(effects[0])) if effects else None

    def _near(self, timeline: Timeline, spots: Iterable[tuple[str, float]]) -> Iterator[str]:
        by_asset: dict[str, list[float]] = defaultdict(list)
        for asset, at in spots:
            by_asset[asset].append(at)
        for asset, times in by_asset.items():
            for start, end in _merged(sorted(times), self._within_s):
                yield from timeline.between(asset, start, end)

    def _point(self, group_id: str) -> list[tuple[str, float]]:
        """Choose which asset the group points at; the spots that it left or came to."""
        orphan = self._orphans.get(group_id)
        asset = self._nearest(orphan) if orphan else None
        before, after = self._chosen.get(group_id), (asset, orphan.at) if orphan and asset else None
        spots: list[tuple[str, float]] = []
        if before == after:
            return spots
        if before is not None:
            self._pointing.remove(*before, group_id)
            del self._chosen[group_id]
            spots.append(before)
        if after is not None:
            self._pointing.add(*after, group_id)
            self._chosen[group_id] = after
            spots.append(after)
        return spots

    def _nearest(self, orphan: Orphan) -> str | None:
        at, within_s = orphan.at, self._within_s
        sizes = {
            asset: self._under.count(asset, at - within_s, at + within_s)
            for asset in orphan.above
            if self._under.is_dense(asset, at, self._least, within_s) and not self._has_cause(asset, at)
        }
        most = max(sizes.values(), default=0)
        enough = [asset for asset, size in sizes.items() if size >= ENOUGH * most]
        return min(enough, key=lambda asset: (orphan.above[asset].hops, -sizes[asset], asset), default=None)

    def _has_cause(self, asset: str, at: float) -> bool:
        return self._parents.has_cause(self._number, asset, at - self._within_s, at + self._within_s)

    def _conclude(self, group_id: str) -> bool:
        chosen = self._chosen.get(group_id)
        dense = chosen is not None and self._pointing.is_dense(*chosen, self._least, self._within_s)
        after, before = chosen[0] if chosen and dense else None, self.suspected.pop(group_id, None)
        if after is not None:
            self.suspected[group_id] = after
        return before != after


class Suspects:
    """The suspects of all rules; where two rules suspect, the first by id counts."""

    def __init__(self, ways: Iterable[CauseWay], parents: Parents) -> None:
        """No groups yet."""
        self._of = [
            (number, SuspectsOfWay(number, way, parents))
            for number, way in enumerate(ways)
            if way.cause.suspect_from is not None and way.starts_at_cause
        ]
        self._changed: set[str] = set()
        self._assets: dict[int, set[str]] = defaultdict(set)

    def note(self, touched: Iterable[str], moved: Iterable[Hashable]) -> None:
        """Groups that changed, and the keys of `Parents` at which causes came or went; judged at the next `judge`."""
        self._changed.update(touched)
        for key in moved:
            if isinstance(key, tuple) and isinstance(key[0], int):
                self._assets[key[0]].add(key[1])

    def judge(self) -> set[str]:
        """Groups whose suspected asset changed since the last time."""
        found: set[str] = set()
        for number, suspects in self._of:
            found |= suspects.update(self._changed, self._assets.get(number, ()))
        self._changed, self._assets = set(), defaultdict(set)
        return found

    def of(self, group_id: str) -> str | None:
        """The asset that the group makes suspect."""
        return next((one.suspected[group_id] for _, one in self._of if group_id in one.suspected), None)


def _merged(times: list[float], within_s: float) -> Iterator[tuple[float, float]]:
    start = end = None
    for at in times:
        if start is None or end is None or at - within_s > end:
            if start is not None and end is not None:
                yield start, end
            start = at - within_s
        end = at + within_s
    if start is not None and end is not None:
        yield start, end
