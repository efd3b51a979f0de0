"""The dependency graph of a city: what acts on what, walked along rules' ways with the path kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from city.geometry import line_of
from city.space import Cell, Line, Position, cell_of, cells_within, distance_m
from schemas.assets import UNKNOWN_ZONE, Asset, Relation
from schemas.rules import Hop

LOCATED_IN, MEASURES = "located_in", "measures"
NEAR_CELL_M = 500.0
FAR_M = 5_000.0
"""From here on looking into all cells costs less than into those around."""
SERIES = 10_000
"""So many different series of relations are remembered."""


class Walk(msgspec.Struct, frozen=True, gc=False):
    """One way through the graph: assets in order, the relation of each hop (`~` when against it)."""

    path: tuple[str, ...]
    relations: tuple[str, ...] = ()
    confidence: float = 1.0

    @property
    def end(self) -> str:
        """The last asset."""
        return self.path[-1]

    @property
    def hops(self) -> int:
        """Number of edges."""
        return len(self.relations)

    def step(self, relation: str, to: str, confidence: float) -> "Walk":
        """One edge further."""
        return Walk((*self.path, to), (*self.relations, relation), self.confidence * confidence)

    def reversed(self) -> "Walk":
        """The same way from its other end, read in the direction of cause to effect."""
        return Walk(self.path[::-1], _turned(self.relations), self.confidence)

    def joined(self, onward: "Walk") -> "Walk":
        """This way and then the one that begins where it ends."""
        if not self.relations:
            return onward
        return Walk(self.path + onward.path[1:], self.relations + onward.relations, self.confidence * onward.confidence)


@lru_cache(SERIES)
def _turned(relations: tuple[str, ...]) -> tuple[str, ...]:
    return tuple([name[1:] if name[0] == "~" else f"~{name}" for name in reversed(relations)])


class Leg(msgspec.Struct, frozen=True):
    """A hop of a way as it is walked on a graph."""

    edges: Mapping[str, Sequence[str]]
    name: str
    """The relation, `~` when against it."""
    hop: Hop


Edges = Mapping[str, Mapping[str, Sequence[str]]]


def _adjacency(pairs: Iterable[tuple[str, str, str]]) -> dict[str, dict[str, tuple[str, ...]]]:
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for start, relation, end in pairs:
        found[relation][start].add(end)
    return {name: {key: tuple(sorted(ends)) for key, ends in edges.items()} for name, edges in found.items()}


def _edges(assets: Mapping[str, Asset], relations: Iterable[Relation]) -> set[tuple[str, str, str]]:
    edges = {(relation.from_id, relation.relation, relation.to_id) for relation in relations}
    for asset in assets.values():
        if asset.zone not in (UNKNOWN_ZONE, asset.id):
            edges.add((asset.id, LOCATED_IN, asset.zone))
        if asset.measures:
            edges.add((asset.id, MEASURES, asset.measures))
    return edges


class Graph:
    """Immutable; zones and `measures` of assets count as relations even when not listed."""

    def __init__(self, assets: Mapping[str, Asset], relations: Iterable[Relation] = ()) -> None:
        """`assets` by id; relations to unknown assets are kept (a folder is checked elsewhere)."""
        self.assets = assets
        edges = _edges(assets, relations)
        self._forward: Edges = _adjacency(edges)
        self._backward: Edges = _adjacency((end, relation, start) for start, relation, end in edges)
        self._near: dict[Cell, list[str]] = defaultdict(list)
        for asset in assets.values():
            if asset.position is not None:
                self._near[cell_of(asset.position, NEAR_CELL_M)].append(asset.id)

    def neighbours(self, asset: str, relation: str, *, against: bool = False) -> Sequence[str]:
        """Assets one edge of the relation away, sorted."""
        edges = self._backward if against else self._forward
        return edges.get(relation, {}).get(asset, ())

    def position(self, asset: str) -> Position | None:
        """Where the asset is; a sensor without a place of its own is where the asset is that it measures."""
        asked = set[str]()
        found = self.assets.get(asset)
        while found is not None and found.position is None and found.measures and found.id not in asked:
            asked.add(found.id)
            found = self.assets.get(found.measures)
        return found.position if found is not None else None

    def line(self, asset: str) -> Line | None:
        """The line that the asset is, if its geometry is one (of several parts: the first)."""
        found = self.assets.get(asset)
        return line_of(found.geometry) if found is not None else None

    def places(self, asset: str, measures: str | None = None) -> tuple[str, ...]:
        """The assets that a signal raised there counts for: the asset itself and those it measures."""
        known = self.neighbours(asset, MEASURES)
        if not known and (measures is None or measures == asset):
            return (asset,)
        return tuple(dict.fromkeys((asset, *((measures,) if measures else ()), *known)))

    def zones(self, asset: str) -> Sequence[str]:
        """What the asset is located in."""
        return self.neighbours(asset, LOCATED_IN)

    def near(self, position: Position, within_m: float) -> Iterator[tuple[str, float]]:
        """Assets within so many metres of a position, with their distance in metres."""
        for cell in cells_within(position, NEAR_CELL_M, within_m) if within_m <= FAR_M else self._near:
            for asset in self._near.get(cell, ()):
                place = self.assets[asset].position
                if place is not None and (away := distance_m(position, place)) <= within_m:
                    yield asset, away

    def fan(self, hop: Hop) -> tuple[float, float]:
        """Mean number of assets that one edge of the hop leads to, walked from the cause and from the effect."""
        onward, back = (self._backward, self._forward) if hop.against else (self._forward, self._backward)
        return _mean_degree(onward.get(hop.relation, {})), _mean_degree(back.get(hop.relation, {}))

    def walk(self, start: str, hops: Sequence[Hop], *, back: bool = False) -> dict[str, Walk]:
        """All assets at the end of the way, each with its shortest path from `start` (ties: the first by name).

        `back` walks the way from its far end: the answer's paths still begin at `start`. Cycles are not walked twice.
        """
        return walked(start, self.legs(hops, back=back))

    def legs(self, hops: Sequence[Hop], *, back: bool = False) -> list[Leg]:
        """The hops of a way in the order in which `walked` takes them; `back`: from its far end."""
        return [self._leg(hop, hop.against != back) for hop in (reversed(hops) if back else hops)]

    def _leg(self, hop: Hop, against: bool) -> Leg:
        edges = (self._backward if against else self._forward).get(hop.relation, {})
        return Leg(edges, f"~{hop.relation}" if against else hop.relation, hop)


def walked(start: str, legs: Iterable[Leg]) -> dict[str, Walk]:
    """As `Graph.walk`, along the legs of a way that is walked often."""
    found = {start: Walk((start,))}
    for leg in legs:
        found = _stretch(found, leg)
    return found


def _stretch(starts: dict[str, Walk], leg: Leg) -> dict[str, Walk]:
    least = leg.hop.min
    found = dict(starts) if least == 0 else {}
    current = starts
    for taken in range(1, leg.hop.max + 1):
        current = _advance(current, leg)
        if not current:
            break
        if taken >= least:
            for asset, walk in current.items():
                found.setdefault(asset, walk)
    return found


def _advance(current: Mapping[str, Walk], leg: Leg) -> dict[str, Walk]:
    """One edge further from each; where several arrive at an asset, the first by name stays."""
    further: dict[str, Walk] = {}
    edges = leg.edges
    for asset, walk in current.items():
        if asset not in edges:
            continue
        path = walk.path
        for to in edges[asset]:
            if to not in path and (to not in further or path < further[to].path[:-1]):
                further[to] = walk.step(leg.name, to, leg.hop.confidence)
    return further


def _mean_degree(edges: Mapping[str, Sequence[str]]) -> float:
    return sum(map(len, edges.values())) / len(edges) if edges else 0.0


def graph_of(assets: Iterable[Asset], relations: Iterable[Relation] = ()) -> Graph:
    """The graph of these assets and relations."""
    return Graph({asset.id: asset for asset in assets}, relations)
