"""Same rules compiled against a graph: which strands may tell of one thing, and how well they fit."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

import msgspec

from city.correlate.courses import Courses
from city.correlate.eras import Era
from city.correlate.strands import Strand, Turn
from city.graph import Graph, Walk
from city.space import Cell, Position, around, cell_of, distance_m, distance_to_line_m, points_along
from schemas.rules import Rule, Same

CACHE_LIMIT = 10_000
HUBS = 16
"""Of so many, those that came last, it is remembered what they reach."""


class Fit(msgspec.Struct, frozen=True, gc=False):
    """How well two strands fit as one thing."""

    rule: Rule
    score: float
    distance_m: float | None = None
    walk: Walk | None = None


def repeating(same: Same) -> frozenset[str]:
    """Kinds of which a group may hold several: those named; where none is, a kind that stands alone; all that move."""
    alone = same.kinds if same.moves or len(same.kinds) == 1 else ()
    return frozenset(same.repeats or alone)


class SameWay:
    """One same rule on one graph."""

    def __init__(self, era: Era, same: Same, graph: Graph) -> None:
        """`same` is that of the era's rule."""
        self._era = era
        self.rule = era.rule
        self.same = same
        self.kinds = frozenset(same.kinds)
        self.repeats = repeating(same)
        self.telling = self.repeats if self.kinds - self.repeats else frozenset[str]()
        """Kinds that tell of the others: a citizen of the crash that a camera sees."""
        self._reach_m = same.reach_m
        self._graph = graph
        self._courses = Courses(graph)
        self._hops = tuple(same.along)
        self._hubs_meet = len(self.kinds - self.repeats) > 1
        """Two hubs may be the same: the earlier one reaches the other, as it does a report."""
        self._upstream = cache(self._walked_back)
        self._hub_positions = lru_cache(HUBS)(self._found_reached)
        self._hubs_near = lru_cache(CACHE_LIMIT)(self._found_near)

    def _is_hub(self, strand: Strand) -> bool:
        return bool(self._hops) and strand.kind not in self.repeats

    def _positions(self, strand: Strand) -> Iterable[Position]:
        if not self._is_hub(strand):
            return self._own_positions(strand)
        if not self._hubs_meet:
            return self._hub_positions(strand.places)
        return [*self._hub_positions(strand.places), *self._own_positions(strand)]

    def _found_reached(self, places: tuple[str, ...]) -> list[Position]:
        """Where all is that a hub at these places reaches: of a substation the whole city, asked for several times."""
        reached = {asset for place in places for asset in self._graph.walk(place, self._hops)}
        return [where for asset in sorted(reached) if (where := self._graph.position(asset)) is not None]

    def _own_positions(self, strand: Strand) -> Iterable[Position]:
        """With the middle of its road, from which distances along the road count: a camera may stand far from it."""
        course = self._courses.on(strand.places)
        middle = self._graph.position(course) if course is not None else None
        if strand.line is not None and self._reach_m is not None:
            yield from points_along(strand.line, self._reach_m)
        elif strand.position is not None:
            yield strand.position
        if middle is not None and middle != strand.position:
            yield middle

    def keys(self, strand: Strand) -> set[Cell | str]:
        """Where others find it."""
        if self._reach_m is None:
            return set(strand.places)
        if strand.line is not None:
            return self.looks(strand)
        return {cell_of(position, self._reach_m) for position in self._positions(strand)}

    def looks(self, strand: Strand) -> set[Cell | str]:
        """Where it looks for others."""
        if self._reach_m is None:
            return set(strand.places)
        size = self._reach_m
        within = {cell_of(position, size) for position in self._positions(strand)}
        return {cell for one in within for cell in around(one)}

    def fit(self, one: Strand, other: Strand) -> Fit | None:
        """How well they fit in place and time; None when they do not. Symmetrical."""
        if one.region != other.region or (one.kind == other.kind and one.kind not in self.repeats):
            return None
        apart_s = one.apart_s(other)
        if apart_s > self.same.within_s:
            return None
        if not self._era.holds(min(one.start, other.start)):
            return None
        score = self.same.confidence * (1 - 0.2 * apart_s / max(self.same.within_s, 1.0))
        if self._reach_m is None:
            return Fit(self.rule, score) if set(one.places) & set(other.places) else None
        if self._is_hub(other) and (other.order < one.order or not self._is_hub(one)):
            one, other = other, one
        if self._is_hub(one):
            return self._through(one, other, score)
        away = self._away(one, other, self._reach_m)
        return self._scored(score, away, None) if away is not None and away <= self._reach_m else None

    def _away(self, one: Strand, other: Strand, within_m: float) -> float | None:
        """Along the road where both are on one; else to the line that one of them is somewhere on; else straight."""
        here, there = self._courses.on(one.places), self._courses.on(other.places)
        if here is not None and there is not None:
            return self._courses.distance_m(here, there, within_m)
        if one.position is None or other.position is None:
            return None
        if (one.line is None) != (other.line is None):
            return distance_to_line_m(*((one.position, other.line) if other.line else (other.position, one.line or ())))
        return distance_m(one.position, other.position)

    def _through(self, hub: Strand, report: Strand, score: float) -> Fit | None:
        if report.position is None or self._reach_m is None:
            return None
        under = self._hubs_near(report.position, self._reach_m)
        found = [self._scored(score, away, walk) for place in hub.places for away, walk in under.get(place, ())]
        return max(found, key=lambda fit: (fit.score, fit.walk.path if fit.walk else ()), default=None)

    def _found_near(self, position: Position, within_m: float) -> dict[str, list[tuple[float, Walk]]]:
        """What is reached near the position from each asset that a hub may be at: how far away, and the way back."""
        found: dict[str, list[tuple[float, Walk]]] = {}
        for asset, away in self._graph.near(position, within_m):
            for start, walk in self._upstream(asset).items():
                found.setdefault(start, []).append((away, walk))
        return found

    def _scored(self, score: float, away: float, walk: Walk | None) -> Fit:
        nearness = 1 - 0.5 * away / (self._reach_m or 1.0)
        held = walk.confidence if walk else 1.0
        return Fit(self.rule, round(score * nearness * held, 9), round(away, 1), walk.reversed() if walk else None)

    def _walked_back(self, asset: str) -> dict[str, Walk]:
        return self._graph.walk(asset, self._hops, back=True)


class Neighbours:
    """Strands at the keys of their rules, so that whom one may fit is found without looking at all."""

    def __init__(self, ways: Mapping[str, Sequence[tuple[int, SameWay]]]) -> None:
        """`ways` by kind, each with its number."""
        self._ways = ways
        self._at: dict[Hashable, set[str]] = defaultdict(set)
        self._leading_at: dict[Hashable, set[str]] = defaultdict(set)
        self._latest: dict[Hashable, Turn] = {}
        """At each key nothing comes later than this: of a crowd, which comes in order, nobody need be asked."""
        self._keys: dict[str, list[Hashable]] = {}

    def add(self, strand: Strand) -> None:
        """It came."""
        keys = self._keys[strand.id] = [
            (number, key) for number, way in self._ways.get(strand.kind, ()) for key in way.keys(strand)
        ]
        for key in keys:
            self._at[key].add(strand.id)
            self._latest[key] = max(strand.turn, self._latest.get(key, strand.turn))

    def remove(self, strand: Strand) -> None:
        """It went."""
        self.follow(strand)
        for key in self._keys.pop(strand.id, ()):
            self._at[key].discard(strand.id)
            if not self._at[key]:
                del self._at[key], self._latest[key]

    def lead(self, strand: Strand) -> None:
        """It founded a group: others look for it alone."""
        for key in self._keys[strand.id]:
            self._leading_at[key].add(strand.id)

    def follow(self, strand: Strand) -> None:
        """It founds a group no more, if it did."""
        for key in self._keys.get(strand.id, ()):
            if leading := self._leading_at.get(key):
                leading.discard(strand.id)
                if not leading:
                    del self._leading_at[key]

    def of(self, strand: Strand) -> Iterator[tuple[SameWay, set[str]]]:
        """Each rule of its kind, with the ids of those that it may fit by that."""
        return self._near(strand, lambda key: self._at.get(key, ()))

    def leading(self, strand: Strand) -> Iterator[tuple[SameWay, set[str]]]:
        """As `of`: those that founded a group."""
        return self._near(strand, lambda key: self._leading_at.get(key, ()))

    def later(self, strand: Strand, after: Turn) -> Iterator[tuple[SameWay, set[str]]]:
        """As `of`: where somebody comes after this, though others may be among them."""
        return self._near(strand, lambda key: self._at[key] if self._latest.get(key, after) > after else ())

    def _near(self, strand: Strand, at: Callable[[Hashable], Iterable[str]]) -> Iterator[tuple[SameWay, set[str]]]:
        for number, way in self._ways.get(strand.kind, ()):
            near: set[str] = set()
            near.update(*(at((number, key)) for key in way.looks(strand)))
            near.discard(strand.id)
            yield way, near
