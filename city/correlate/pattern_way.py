"""The place of a pattern rule on a graph: under which keys its signals find each other, and whether two are near."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from city.correlate.eras import Era
from city.correlate.model import Model
from city.correlate.strands import Strand
from city.graph import Walk
from city.space import cell_of, cells_around, distance_m
from schemas.rules import ANY, AT_LEAST, SEQUENCE, Part, Pattern
from schemas.signals import severity_rank


class Near(msgspec.Struct, frozen=True, gc=False):
    """How a signal is near the anchor: the way walked, the distance in metres, or a shared zone or asset."""

    walk: Walk | None = None
    distance_m: float | None = None
    shared: str | None = None


HERE = Near()
"""How the anchor is near itself."""


class PatternWay:
    """One pattern rule on one graph."""

    def __init__(self, era: Era, pattern: Pattern, model: Model) -> None:
        """`era.rule.pattern` is `pattern`."""
        self.era = era
        self.pattern = pattern
        self.kinds = frozenset(kind for part in pattern.parts for kind in part.kinds)
        self.counted = [number for number, part in enumerate(pattern.parts) if not (part.absent or part.cited)]
        self._model = model
        self._ranks = [99 if part.severity is None else severity_rank(part.severity) for part in pattern.parts]
        self._counted_of = self._by_kind(self.counted)
        self.cited = [number for number, part in enumerate(pattern.parts) if part.cited]
        self.absent = [number for number, part in enumerate(pattern.parts) if part.absent]
        self.needed = {ANY: 1, AT_LEAST: pattern.least or 1}.get(pattern.mode, len(self.counted))
        """So many of the counted parts have to be filled."""
        self._beside = frozenset(kind for part in pattern.parts if part.absent or part.cited for kind in part.kinds)
        self._walks: dict[tuple[str, bool], dict[str, Walk]] = {}

    def fits(self, number: int, strand: Strand) -> bool:
        """Whether a strand is what the part with this number names, and bad enough."""
        return strand.kind in self.pattern.parts[number].kinds and self._is_bad_enough(number, strand)

    def _is_bad_enough(self, number: int, strand: Strand) -> bool:
        return (
            self.pattern.parts[number].severity is None
            or min(severity_rank(signal.severity) for signal in strand.signals) <= self._ranks[number]
        )

    def _by_kind(self, numbers: Iterable[int]) -> dict[str, list[int]]:
        found: dict[str, list[int]] = defaultdict(list)
        for number in numbers:
            for kind in dict.fromkeys(self.pattern.parts[number].kinds):
                found[kind].append(number)
        return found

    def part_of(self, strand: Strand) -> int | None:
        """The first counted part that a strand fits."""
        for number in self._counted_of.get(strand.kind, ()):
            if self._is_bad_enough(number, strand):
                return number
        return None

    def is_beside(self, strand: Strand) -> bool:
        """Some `not` or `cited` part names it."""
        return strand.kind in self._beside

    def can_lead(self, strand: Strand) -> bool:
        """It may be an anchor in this era: in a sequence what the first counted part names, else what any does."""
        number = self.part_of(strand)
        return (
            number is not None
            and self.era.holds(strand.start)
            and (self.pattern.mode != SEQUENCE or self.fits(self.counted[0], strand))
        )

    def lead_part(self, anchor: Strand) -> int:
        """The number of the part that an anchor stands for."""
        number = self.counted[0] if self.pattern.mode == SEQUENCE else self.part_of(anchor)
        return self.counted[0] if number is None else number

    def keys(self, strand: Strand) -> Iterable[str]:
        """Where others find it."""
        if self.pattern.within_m is not None:
            return [] if strand.position is None else [_name(cell_of(strand.position, self.pattern.within_m))]
        return self._model.zones(strand) if self.pattern.same_zone else strand.places

    def looks(self, strand: Strand) -> Iterable[str]:
        """Where it looks for others."""
        if self.pattern.within_m is not None and strand.position is not None:
            return [_name(cell) for cell in cells_around(strand.position, self.pattern.within_m)]
        if not self.pattern.along:
            return self.keys(strand)
        ends = {end for place in strand.places for back in (False, True) for end in self._reach(place, back=back)}
        return ends | set(strand.places)

    def near(self, anchor: tuple[int, Strand], other: tuple[int, Strand]) -> Near | None:
        """How the other (its part's number, its strand) is near the anchor; None when it is not."""
        (_, here), (_, there) = anchor, other
        if here.id == there.id:
            return HERE
        if here.region != there.region:
            return None
        if self.pattern.within_m is not None:
            return self._by_distance(here, there, self.pattern.within_m)
        if self.pattern.along:
            return self._along(anchor, other)
        shared = frozenset(self.keys(here)).intersection(self.keys(there))
        return Near(shared=min(shared)) if shared else None

    def _by_distance(self, here: Strand, there: Strand, within_m: float) -> Near | None:
        if here.position is None or there.position is None:
            return None
        away = distance_m(here.position, there.position)
        return Near(distance_m=round(away, 1)) if away <= within_m else None

    def _along(self, anchor: tuple[int, Strand], other: tuple[int, Strand]) -> Near | None:
        (here_part, here), (there_part, there) = anchor, other
        if here_part == there_part and (shared := set(here.places) & set(there.places)):
            return Near(shared=min(shared))
        onward = [self._walk(here, there)] if here_part <= there_part else []
        back = [self._walk(there, here)] if there_part <= here_part else []
        found = [walk for walk in onward + back if walk is not None]
        return Near(walk=min(found, key=lambda walk: (walk.hops, walk.path))) if found else None

    def _walk(self, start: Strand, end: Strand) -> Walk | None:
        reached = (self._reach(place, back=False) for place in start.places)
        found = [walks[place] for walks in reached for place in end.places if place in walks]
        return min(found, key=lambda walk: (walk.hops, walk.path), default=None)

    def _reach(self, place: str, *, back: bool) -> Mapping[str, Walk]:
        if (place, back) not in self._walks:
            self._walks[place, back] = self._model.graph.walk(place, self.pattern.along, back=back)
        return self._walks[place, back]


def _name(cell: tuple[int, int]) -> str:
    return f"{cell[0]} {cell[1]}"


def beside_s(pattern: Pattern, part: Part) -> float:
    """How far a `not` part looks, seconds: its own `within_s`, else the pattern's."""
    return pattern.within_s if part.within_s is None else part.within_s
