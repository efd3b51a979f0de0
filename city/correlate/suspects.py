"""Suspects: several effects without a cause point at the nearest asset above them all that has no signal itself."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping

from city.correlate.model import Model
from city.correlate.parents import Parents
from city.correlate.ways import CauseWay
from city.graph import Walk

ENOUGH = 0.8
"""A nearer asset is suspected when it stands above this share of what the farther one stands above."""

Timed = list[tuple[float, str]]


def suspects(model: Model, parents: Parents) -> dict[str, str]:
    """Suspected asset by group, over all groups that nothing explains; a function of the set alone."""
    found: dict[str, str] = {}
    for number, way in enumerate(model.ways):
        if way.cause.suspect_from is not None and way.starts_at_cause:
            for group_id, asset in _of_way(number, way, parents).items():
                found.setdefault(group_id, asset)
    return found


def _of_way(number: int, way: CauseWay, parents: Parents) -> dict[str, str]:
    above = {
        group_id: {asset: walk for asset, walk in walks.items() if not parents.has_cause(number, asset)}
        for group_id, walks in _orphans(way, parents)
    }
    bursts = _bursts_by_asset(
        way, parents, ((group_id, asset) for group_id, assets in above.items() for asset in assets)
    )
    chosen = {group_id: _nearest(walks, bursts, group_id) for group_id, walks in above.items()}
    kept = _bursts_by_asset(way, parents, ((group_id, asset) for group_id, asset in chosen.items() if asset))
    return {group_id: asset for group_id, asset in chosen.items() if asset and group_id in kept.get(asset, {})}


def _orphans(way: CauseWay, parents: Parents) -> Iterable[tuple[str, Mapping[str, Walk]]]:
    for group_id in parents.orphans():
        for strand in parents.groups[group_id].strands:
            if strand.kind in way.effects:
                yield group_id, way.upstream(strand)
                break


def _bursts_by_asset(way: CauseWay, parents: Parents, pairs: Iterable[tuple[str, str]]) -> dict[str, dict[str, int]]:
    timed: dict[str, Timed] = defaultdict(list)
    for group_id, asset in pairs:
        timed[asset].append((parents.groups[group_id].anchor.start, group_id))
    least, within_s = way.cause.suspect_from or 1, way.cause.suspect_within
    found = {
        asset: _bursts(sorted(effects), least, within_s) for asset, effects in timed.items() if len(effects) >= least
    }
    return {asset: burst for asset, burst in found.items() if burst}


def _bursts(effects: Timed, least: int, within_s: float) -> dict[str, int]:
    """Size of the burst by group: every stretch of `within_s` that holds `least` effects, joined where they overlap."""
    times = [at for at, _ in effects]
    found: dict[str, int] = {}
    start = end = 0
    for first, at in enumerate(times):
        last = bisect_right(times, at + within_s)
        if last - first >= least:
            if first >= end:
                _note(found, effects[start:end])
                start = first
            end = max(end, last)
    _note(found, effects[start:end])
    return found


def _note(found: dict[str, int], burst: Timed) -> None:
    found.update((group_id, len(burst)) for _, group_id in burst)


def _nearest(walks: Mapping[str, Walk], bursts: Mapping[str, Mapping[str, int]], group_id: str) -> str | None:
    sizes = {asset: bursts[asset][group_id] for asset in walks if group_id in bursts.get(asset, {})}
    most = max(sizes.values(), default=0)
    enough = [asset for asset, size in sizes.items() if size >= ENOUGH * most]
    return min(enough, key=lambda asset: (walks[asset].hops, -sizes[asset], asset), default=None)
