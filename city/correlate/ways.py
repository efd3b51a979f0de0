"""Rules compiled against a graph: by which keys a cause and its effects find each other without all pairs."""

from collections.abc import Hashable, Iterable, Mapping
from functools import lru_cache
from math import inf

import msgspec
from msgspec.structs import replace

from city.correlate.eras import Era
from city.correlate.strands import Strand
from city.graph import LOCATED_IN, Graph, Walk, walked
from city.space import bearing_deg, cell_of, cells_around, distance_m, turn_deg
from schemas.rules import Cause, Hop

TOLERANCE_S = 30.0
"""Clocks of sources differ by so much: beyond a delay's range the score falls to 0 over it."""
LATE_MISS_S, EARLY_MISS_S = 300.0, 120.0
"""How far outside its range, at either end, a delay is still worth telling (the late end: at least)."""
AGEING = 0.1
"""How much the far end of the delay range scores below its near end."""
ENDED = 0.9
"""A cause that had ended before the effect began explains it less well."""
FARTHEST = 0.6
"""What the farthest place of a distance rule leaves of the score."""
DOWNWIND_DEG = 60.0
"""So far to either side of where the wind blows is down wind still: it turns, and smoke spreads."""
BESIDE_M = 100.0
"""What is nearer than this is reached whatever the wind: positions are no more exact than that."""
WARNED = 0.7
"""A warning of a zone explains so much of what the same would explain that was measured there."""
CACHE_LIMIT = 50_000

Key = Hashable


class Place(msgspec.Struct, frozen=True, gc=False):
    """How a cause reaches its effect: the way walked, or the distance."""

    walk: Walk | None = None
    distance_m: float | None = None
    factor: float = 1.0
    wind_deg: float | None = None
    """Where the wind came from, where the rule asks for it and it is known."""
    upwind: bool = False
    """The effect does not lie down wind: the cause did not reach it."""


def _split(graph: Graph, hops: Iterable[Hop]) -> int:
    """How many leading hops the cause walks itself: those that fan out when walked from the effect (into a zone)."""
    taken = 0
    for hop in hops:
        from_cause, from_effect = graph.fan(hop)
        if from_effect <= 2 * from_cause:
            break
        taken += 1
    return taken


class CauseWay:
    """One cause rule on one graph. Keys are assets in the middle of the way, or cells of a grid."""

    def __init__(self, era: Era, cause: Cause, graph: Graph) -> None:
        """`cause` is that of the era's rule."""
        self.era = era
        self.rule = era.rule
        self.cause = cause
        self.causes, self.effects = frozenset(cause.causes), frozenset(cause.effects)
        split = _split(graph, cause.along)
        self._before, self._after = tuple(cause.along[:split]), tuple(cause.along[split:])
        self._legs = {False: graph.legs(self._before), True: graph.legs(self._after, back=True)}
        self._walks = lru_cache(CACHE_LIMIT)(self._walk)
        self._range = lru_cache(CACHE_LIMIT)(self._range_over)
        self.begins_until_s = inf if cause.begins_until is None else cause.begins_until
        """How long after the cause has ended an effect may still begin."""
        hops = (sum(hop.min for hop in cause.along), sum(hop.max for hop in cause.along), 1)
        self._earliest_s = min(self._range(number)[0] for number in hops) - EARLY_MISS_S
        self._latest_s = max(self._range(number)[1] for number in hops) + self._late_miss_s()

    def cause_keys(self, strand: Strand) -> Iterable[Key]:
        """Where effects look for this cause."""
        if self.cause.within_m is not None:
            return () if strand.position is None else (cell_of(strand.position, self.cause.within_m),)
        return self._reach(strand.places + self._warned(strand), back=False) if self._before else strand.places

    def effect_keys(self, strand: Strand) -> Iterable[Key]:
        """Where this effect looks for causes."""
        if self.cause.within_m is not None:
            return () if strand.position is None else cells_around(strand.position, self.cause.within_m)
        return self._reach(strand.places, back=True) if self._after else strand.places

    @property
    def starts_at_cause(self) -> bool:
        """Walked from the effect, the whole way leads to the cause's own asset."""
        return bool(self.cause.along) and not self._before

    def upstream(self, effect: Strand) -> Mapping[str, Walk]:
        """The assets at which a cause of this effect would be, with the way back to them (`starts_at_cause`)."""
        return self._reach(effect.places, back=True)

    def _reach(self, places: tuple[str, ...], *, back: bool) -> Mapping[str, Walk]:
        if len(places) == 1:
            return self._walks(places[0], back)
        found: dict[str, Walk] = {}
        for place in places:
            for end, walk in self._walks(place, back).items():
                if end not in found or _better(walk, found[end]):
                    found[end] = walk
        return found

    def _warned(self, cause: Strand) -> tuple[str, ...]:
        """The zones that a warning is about: it is no asset, and acts from there."""
        zones = cause.first.evidence.get("zones")
        return tuple(zones) if zones and self._before[0].relation == LOCATED_IN else ()

    def _walk(self, start: str, back: bool) -> Mapping[str, Walk]:
        return walked(start, self._legs[back])

    def place(self, cause: Strand, effect: Strand) -> Place | None:
        """How the cause reaches the effect, best way first; None when it does not."""
        if self.cause.within_m is not None:
            return self._by_distance(cause, effect, self.cause.within_m)
        ways = self._ways(cause, effect)
        if not ways:
            return None
        best = ways[0] if len(ways) == 1 else min(ways, key=lambda walk: (-walk.confidence, walk.path))
        return Place(walk=best, factor=best.confidence)

    def _ways(self, cause: Strand, effect: Strand) -> list[Walk]:
        end = self._reach(effect.places, back=True)
        if not self._before:
            return [end[place].reversed() for place in cause.places if place in end]
        found = self._meeting(cause.places, end)
        if warned := self._warned(cause):
            found += [replace(way, confidence=WARNED * way.confidence) for way in self._meeting(warned, end)]
        return found

    def _meeting(self, places: tuple[str, ...], end: Mapping[str, Walk]) -> list[Walk]:
        start = self._reach(places, back=False)
        return [start[middle].joined(end[middle].reversed()) for middle in start.keys() & end.keys()]

    def _by_distance(self, cause: Strand, effect: Strand, within_m: float) -> Place | None:
        if cause.position is None or effect.position is None:
            return None
        away = distance_m(cause.position, effect.position)
        if away > within_m:
            return None
        factor, wind = 1 - (1 - FARTHEST) * away / within_m, _wind(cause, effect) if self.cause.downwind else None
        if wind is None:
            return Place(distance_m=away, factor=factor)
        turn = turn_deg(bearing_deg(cause.position, effect.position), wind + 180)
        upwind = turn > DOWNWIND_DEG and away > BESIDE_M
        return Place(distance_m=away, factor=factor, wind_deg=wind, upwind=upwind)

    def delay_range(self, place: Place) -> tuple[float, float]:
        """Shortest and longest delay in seconds over this place's hops."""
        return self._range(place.walk.hops if place.walk is not None else 1)

    def _range_over(self, hops: int) -> tuple[float, float]:
        counted = hops if self.cause.delay_per_hop else 1
        return self.cause.delay_min * counted, self.cause.delay_max * counted

    def longest_range(self) -> tuple[float, float]:
        """Shortest and longest delay in seconds over the longest way."""
        return self._range(max(1, sum(hop.max for hop in self.cause.along)))

    def may_tell(self, cause: Strand, effect: Strand) -> bool:
        """Wherever the two are, their delay may be told of: it is in range, or a near miss, over some way."""
        begun = cause.start if cause.is_one else cause.begun(effect.start - self._earliest_s)
        return self._earliest_s <= effect.start - begun <= self._latest_s

    def begun(self, cause: Strand, effect: Strand, place: Place) -> float:
        """When the cause began, Unix seconds: of one that came again, the last time that leaves the shortest delay.

        The time after that counts where the delay from there misses its range by less, as clocks differ.
        """
        if cause.is_one:
            return cause.start
        shortest, longest = self.delay_range(place)
        begun = cause.begun(effect.start - shortest)
        if shortest <= effect.start - begun <= longest:
            return begun
        later = cause.begun(effect.start - shortest + TOLERANCE_S)
        return min((begun, later), key=lambda at: self.outside_s(place, effect.start - at))

    def outside_s(self, place: Place, delay_s: float) -> float:
        """By how much a delay misses its range, seconds; 0 inside."""
        shortest, longest = self.delay_range(place)
        return max(shortest - delay_s, delay_s - longest, 0.0)

    def is_near_miss(self, place: Place, delay_s: float) -> bool:
        """So close outside its range that an operator should hear of it."""
        shortest, longest = self.delay_range(place)
        return shortest - EARLY_MISS_S <= delay_s <= longest + self._late_miss_s()

    def _late_miss_s(self) -> float:
        return max(LATE_MISS_S, (self.cause.delay_max - self.cause.delay_min) / 4)

    def score(self, cause: Strand, effect: Strand, place: Place, delay: float) -> float:
        """0 to 1: rule confidence × way × delay against its range (tolerance 30 s) × the cause still lasting."""
        shortest, longest = self.delay_range(place)
        fit = max(0.0, 1 - max(shortest - delay, delay - longest, 0.0) / TOLERANCE_S)
        used = min(1.0, max(0.0, delay - shortest) / (longest - shortest)) if longest > shortest else 0.0
        lasting = 1.0 if cause.end + TOLERANCE_S >= effect.start else ENDED
        return round(self.cause.confidence * place.factor * fit * (1 - AGEING * used) * lasting, 9)

    def longest_s(self) -> float:
        """The longest time between two that this rule can bridge, whichever comes first, near misses included."""
        most = sum(hop.max for hop in self.cause.along) if self.cause.delay_per_hop else 1
        shortest, longest = self._range(max(1, most))
        return max(longest + max(self._late_miss_s(), self.cause.suspect_within), EARLY_MISS_S - shortest)


def _better(one: Walk, other: Walk) -> bool:
    return (-one.confidence, one.path) < (-other.confidence, other.path)


def _wind(cause: Strand, effect: Strand) -> float | None:
    """Where the wind came from, degrees: as it was at the cause when this began, else as it was at the effect."""
    told = [strand.first.evidence.get("wind_direction_deg") for strand in (cause, effect)]
    return next((float(one) for one in told if isinstance(one, int | float)), None)
