"""Distances along what flows: two places on opposite carriageways are near each other on the map, not on the road."""

from functools import lru_cache
from heapq import heappop, heappush

from city.graph import Graph
from city.space import distance_m

FLOWS_TO = "flows_to"
CACHE_LIMIT = 10_000


class Courses:
    """The road segments and river reaches of a graph, with the distances between the middles of neighbours."""

    def __init__(self, graph: Graph) -> None:
        """Nothing is looked up yet."""
        self._graph = graph
        self.on = lru_cache(CACHE_LIMIT)(self._on)

    def _on(self, places: tuple[str, ...]) -> str | None:
        """The first of these assets that is a part of some course."""
        return next((place for place in places if self._neighbours(place)), None)

    def distance_m(self, start: str, end: str, within_m: float) -> float | None:
        """Metres along the course, up or down it; None when it is farther than `within_m` or not on one course.

        A part whose place is not known is passed as if it lay on the way between its neighbours.
        """
        heap, reached = [(0.0, start, start)], set[str]()
        while heap:
            away, at, placed = heappop(heap)
            if at == end:
                return away
            if at in reached:
                continue
            reached.add(at)
            for to in self._neighbours(at):
                further = away + self._step_m(placed, to)
                if further <= within_m and to not in reached:
                    heappush(heap, (further, to, to if self._graph.position(to) else placed))
        return None

    def _neighbours(self, asset: str) -> list[str]:
        graph = self._graph
        return [*graph.neighbours(asset, FLOWS_TO), *graph.neighbours(asset, FLOWS_TO, against=True)]

    def _step_m(self, one: str, other: str) -> float:
        here, there = self._graph.position(one), self._graph.position(other)
        return distance_m(here, there) if here is not None and there is not None else 0.0
