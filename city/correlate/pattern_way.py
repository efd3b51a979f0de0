"""The place of a pattern rule on a graph: under which keys its signals find each other, and whether two are near."""

from collections.abc import Iterable, Mapping

import msgspec

from city.correlate.eras import Era
from city.correlate.model import Model
from city.correlate.strands import Strand
from city.graph import Walk
from city.space import cell_of, cells_around, distance_m
from schemas.rules import SEQUENCE, Part, Pattern
from schemas.signals import severity_rank


class Near(msgspec.Struct, frozen=True, gc=False):
    """How a signal is near the anchor: the way walked, the distance in metres, or a shared zone or asset."""

    walk: Walk | None = None
    distance_m: float | None = None
    shared: str | None = None


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
        self._known_zones: dict[tuple[tuple[str, ...], str], frozenset[str]] = {}
        self._walks: dict[tuple[str, bool], dict[str, Walk]] = {}

    def fits(self, number: int, strand: Strand) -> bool:
        """Whether a strand is what the part with this number names, and bad enough."""
        if strand.kind not in self.pattern.parts[number].kinds:
            return False
        return (
            self.pattern.parts[number].severity is None
            or min(severity_rank(signal.severity) for signal in strand.signals) <= self._ranks[number]
        )

    def part_of(self, strand: Strand) -> int | None:
        """The first counted part that a strand fits."""
        return next((number for number in self.counted if self.fits(number, strand)), None)

    def is_beside(self, strand: Strand) -> bool:
        """Some `not` or `cited` part names it."""
        return any(strand.kind in part.kinds for part in self.pattern.parts if part.absent or part.cited)

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
        return self._zones(strand) if self.pattern.same_zone else strand.places

    def _zones(self, strand: Strand) -> frozenset[str]:
        known = self._known_zones.get((strand.places, strand.first.zone))
        if known is None:
            known = self._known_zones[strand.places, strand.first.zone] = frozenset(self._model.zones(strand))
        return known

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
            return Near()
        if here.region != there.region:
            return None
        if self.pattern.within_m is not None:
            return self._by_distance(here, there, self.pattern.within_m)
        if self.pattern.along:
            return self._along(anchor, other)
        shared = set(self.keys(here)) & set(self.keys(there))
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
