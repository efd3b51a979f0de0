"""Orphans: of one rule, the effects that nothing explains, each under all assets at which its cause would be."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from math import inf

import msgspec

from city.correlate.crowds import Span, Timeline
from city.correlate.parents import Parents
from city.correlate.ways import CauseWay
from city.graph import Walk

Spot = tuple[str, float]
"""An asset and a time."""


class Orphan(msgspec.Struct, frozen=True, gc=False):
    """A group that nothing explains, when it began, and what stands above it."""

    at: float
    above: Mapping[str, Walk]


class Orphans:
    """The orphans of one rule, kept up to date as groups change."""

    def __init__(self, way: CauseWay, parents: Parents) -> None:
        """No groups yet."""
        self.way, self._parents = way, parents
        self.of: dict[str, Orphan] = {}
        self.under = Timeline()
        self.changed: list[str] = []
        """Of the groups that changed last, those that count for the rule, or did."""
        self.spots: set[Spot] = set()
        """Where they were, or are."""

    def update(self, touched: Mapping[str, Collection[str]]) -> None:
        """These groups changed: the kinds of each, none of one that is gone."""
        known, effects = self.of, self.way.effects
        self.changed = [one for one, kinds in touched.items() if one in known or not effects.isdisjoint(kinds)]
        self.spots = {spot for group_id in self.changed for spot in self._refresh(group_id)} if self.changed else set()

    def _refresh(self, group_id: str) -> list[Spot]:
        before, after = self.of.pop(group_id, None), self._orphan(group_id)
        for asset in before.above if before else ():
            self.under.remove(asset, before.at if before else 0.0, group_id)
        if after is not None:
            self.of[group_id] = after
            for asset in after.above:
                self.under.add(asset, after.at, group_id)
        return [(asset, orphan.at) for orphan in (before, after) if orphan is not None for asset in orphan.above]

    def _orphan(self, group_id: str) -> Orphan | None:
        group = self._parents.groups.get(group_id)
        way = self.way
        strands = group.strands if group is not None else ()
        effect = next((one for one in strands if one.kind in way.effects and way.era.holds(one.start)), None)
        if effect is None or not self._parents.is_orphan(group_id):
            return None
        return Orphan(effect.start, way.upstream(effect))


def near(timeline: Timeline, spots: Iterable[Spot], within_s: float) -> Iterator[str]:
    """The groups on the timeline's lines at most so many seconds from one of the spots."""
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
