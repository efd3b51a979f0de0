"""What correlate knows besides the signals: the graph, the compiled rules, and how long a kind stays relevant."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from math import inf

from city.correlate.eras import Era
from city.correlate.nearness import SameWay
from city.correlate.strands import Stand, Strand, runs
from city.correlate.ways import CauseWay
from city.enrich import Catalogue
from city.flapping import joins_within_s
from city.graph import LOCATED_IN, Graph
from city.space import Line, Position
from schemas.assets import UNKNOWN_ZONE
from schemas.signals import Signal

CONDITION_SLACK_S = 3600.0
"""A condition that ended this long before the effect still counts: water stands after the rain."""


class Model:
    """Immutable; a change of reference data makes a new one."""

    def __init__(self, graph: Graph, eras: Iterable[Era], words: Catalogue) -> None:
        """`eras`: the rules and when they are in force; `words` say how long a signal must stay cleared."""
        eras = list(eras)
        self.graph = graph
        self._words = words
        self.ways = [CauseWay(era, era.rule.cause, graph) for era in eras if era.rule.cause]
        self.same_ways = [SameWay(era, era.rule.same, graph) for era in eras if era.rule.same]
        self.by_cause = _by_kind(self.ways, lambda way: way.causes)
        self.by_effect = _by_kind(self.ways, lambda way: way.effects)
        self.same_by_kind: dict[str, list[tuple[int, SameWay]]] = {}
        for number, way in enumerate(self.same_ways):
            for kind in way.kinds:
                self.same_by_kind.setdefault(kind, []).append((number, way))
        self.patterns = [(era, era.rule.pattern) for era in eras if era.rule.pattern]
        self._pattern_s: dict[str, float] = {}
        for _, pattern in self.patterns:
            for kind in {kind for part in pattern.parts for kind in part.kinds}:
                self._pattern_s[kind] = max(self._pattern_s.get(kind, 0.0), pattern.gathered_s + pattern.beside_s)
        self._telling = frozenset(kind for way in self.same_ways if not way.same.moves for kind in way.telling)
        moving = {kind for way in self.same_ways if way.same.moves for kind in way.kinds}
        self.moving_by_kind = {kind: self.same_by_kind[kind] for kind in moving}
        self.condition_kinds = frozenset(kind for way in self.ways for kind in way.cause.conditions)
        self.needing_kinds = frozenset(kind for way in self.ways if way.cause.conditions for kind in way.effects)
        self._horizons: dict[str, float] = {}

    def strands(self, signals: Collection[Signal], kind: str, bridges: Mapping[str, float]) -> list[Strand]:
        """The strands of one key's signals, in order; `bridges` as `runs` takes them."""
        if len(signals) == 1:
            return [self._strand(tuple(signals))]
        hold_down_s = max(map(self._words.holds_s, signals), default=0.0)
        found = [self._strand(run) for run in runs(signals, hold_down_s, bridges)]
        for strand in found:
            strand.bridged_s = bridges.get(strand.id, -inf)
        return found

    def _strand(self, run: tuple[Signal, ...]) -> Strand:
        first = run[0]
        position = first.position or self.graph.position(first.measures or first.asset)
        places = self.graph.places(first.asset, first.measures)
        return Strand(run, places, position, self._line(first, position), first.kind in self._telling)

    def _line(self, signal: Signal, position: Position | None) -> Line | None:
        """The line on which a signal lies that tells no nearer place than its asset's."""
        asset = self.graph.assets.get(signal.asset)
        if asset is None or asset.geometry is None or asset.position != position:
            return None
        return self.graph.line(asset.id)

    def zones(self, strand: Strand) -> frozenset[str]:
        """The zones a strand lies in, or is."""
        if strand.zones is None:
            strand.zones = self._look_up_zones(strand)
        return strand.zones

    def surroundings(self, strand: Strand) -> frozenset[str]:
        """Where a condition of it goes on: at its own assets, which may lie in no zone, or in its zones."""
        return self.zones(strand).union(strand.places)

    def _look_up_zones(self, strand: Strand) -> frozenset[str]:
        zones = {zone for place in strand.places for zone in self.graph.zones(place)}
        zones |= {place for place in strand.places if self.graph.neighbours(place, LOCATED_IN, against=True)}
        return frozenset(zones | ({strand.first.zone} - {UNKNOWN_ZONE}))

    def stand(self, strand: Strand) -> Stand:
        """Where a strand meets its causes and effects: worked out once, for it is asked for with each change."""
        if strand.stand is None:
            strand.stand = self._look_up_stand(strand)
        return strand.stand

    def _look_up_stand(self, strand: Strand) -> Stand:
        kind = strand.kind
        causes = [(number, key) for number, way in self.by_cause.get(kind, ()) for key in way.cause_keys(strand)]
        effects = [(number, key) for number, way in self.by_effect.get(kind, ()) for key in way.effect_keys(strand)]
        return Stand(
            tuple(self._condition_keys(strand)) if kind in self.condition_kinds else (),
            tuple(causes),
            tuple(effects),
            tuple(self._needed_keys(strand)) if kind in self.needing_kinds else (),
        )

    def _condition_keys(self, strand: Strand) -> Iterator[Hashable]:
        for place in self.surroundings(strand):
            yield condition_key(strand.kind, place)

    def _needed_keys(self, strand: Strand) -> Iterator[Hashable]:
        for _, way in self.by_effect.get(strand.kind, []):
            for kind in way.cause.conditions:
                for place in self.surroundings(strand):
                    yield condition_key(kind, place)

    def horizon_s(self, kind: str) -> float:
        """How long after its end a signal of this kind may still explain or be explained, seconds."""
        if kind not in self._horizons:
            causes = [way.longest_s() for _, way in self.by_cause.get(kind, []) + self.by_effect.get(kind, [])]
            same = [way.same.within_s for _, way in self.same_by_kind.get(kind, [])]
            slack = [CONDITION_SLACK_S] if kind in self.condition_kinds else []
            longest = max([*causes, *same, *slack, self._pattern_s.get(kind, 0.0)])
            self._horizons[kind] = longest + joins_within_s(self._words.hold_down(kind))
        return self._horizons[kind]


def condition_key(kind: str, place: str) -> Hashable:
    """The key at which an effect at an asset or in a zone meets a condition of this kind."""
    return kind, place, "condition"


def _by_kind(
    ways: list[CauseWay], kinds: Callable[[CauseWay], frozenset[str]]
) -> dict[str, list[tuple[int, CauseWay]]]:
    found: dict[str, list[tuple[int, CauseWay]]] = {}
    for number, way in enumerate(ways):
        for kind in kinds(way):
            found.setdefault(kind, []).append((number, way))
    return found
