"""Which stories reach each other: CONTRACT's table of causes walked pair by pair, independent of the correlator."""

from collections.abc import Callable, Iterable
from functools import cache

import msgspec

from tests.score.ground import Ground, apart_m
from tests.score.story import Occurrence, Story

MINUTE, HOUR = 60.0, 3600.0
SLACK_S = 90.0
"""Delays so close outside their range still count as reaching."""
JAM = ("traffic.slow", "traffic.stalled")
Hops = dict[str, int]
"""Asset reached → hops to it."""
Walk = Callable[[Ground, str], Hops]


def _here(_: Ground, asset: str) -> Hops:
    return {asset: 1}


def _powered(ground: Ground, asset: str) -> Hops:
    below = ground.below(asset)
    lights = [light for one in (asset, *below) for light in ground.onward(one, "controls")]
    return dict.fromkeys([*below, *lights], 1)


def _along(*relations: str) -> Walk:
    def walk(ground: Ground, asset: str) -> Hops:
        found = [asset]
        for relation in relations:
            found = [end for one in found for end in ground.onward(one, relation)]
        return dict.fromkeys(found, 1)

    return walk


def _upstream(ground: Ground, asset: str) -> Hops:
    return _hops(lambda one: ground.back(one, "flows_to"), [asset], 5)


def _downriver(ground: Ground, asset: str) -> Hops:
    first = ground.onward(asset, "discharges_to")
    return dict.fromkeys([*first, *_hops(lambda one: ground.onward(one, "flows_to"), first, 4)], 1)


def _hops(step: Callable[[str], Iterable[str]], starts: list[str], most: int) -> Hops:
    found: Hops = {}
    current = starts
    for number in range(1, most + 1):
        current = sorted({end for one in current for end in step(one)} - set(starts) - found.keys())
        found |= dict.fromkeys(current, number)
    return found


def _rained_on(ground: Ground, zone: str) -> Hops:
    zones = [zone, *ground.onward(zone, "located_in")]
    return dict.fromkeys([*zones, *(one for name in zones for one in ground.back(name, "located_in"))], 1)


class Row(msgspec.Struct, frozen=True):
    """One row of the table."""

    causes: tuple[str, ...]
    effects: tuple[str, ...]
    walk: Walk | None
    """None: by distance."""
    delay: tuple[float, float]
    each_hop: bool = False
    within_m: float = 0.0


DARK = ("traffic.signal_dark", "water.pump_off", "power.outage")
TABLE = (
    Row(("power.outage",), DARK, _powered, (0, 2 * MINUTE)),
    Row(("power.outage",), ("sensor.silent",), _powered, (0, 10 * MINUTE)),
    Row(("traffic.signal_dark",), JAM, _along("controls"), (MINUTE, 20 * MINUTE)),
    Row(("traffic.crash", "road.flooded"), JAM, _here, (0, 30 * MINUTE)),
    Row(("traffic.stalled",), JAM, _upstream, (MINUTE, 10 * MINUTE), each_hop=True),
    Row(JAM, JAM, _here, (0, 40 * MINUTE)),
    Row(("water.burst",), ("water.pressure_low",), _along("carries"), (0, 10 * MINUTE)),
    Row(("water.burst",), ("road.flooded",), _along("runs_under"), (5 * MINUTE, HOUR)),
    Row(("water.pump_off",), ("road.flooded",), _along("drains"), (10 * MINUTE, 24 * HOUR)),
    Row(("weather.heavy_rain",), ("road.flooded", "river.high_water"), _rained_on, (10 * MINUTE, 12 * HOUR)),
    Row(("effluent.limit_exceeded",), ("river.polluted",), _downriver, (30 * MINUTE, 12 * HOUR)),
    Row(("air.smoke", "report.smoke"), ("air.unhealthy",), None, (0, 3 * HOUR), within_m=5000),
    Row(("report.crash",), ("report.crash", "traffic.crash"), None, (0, HOUR), within_m=800),
    Row(("traffic.crash",), ("report.crash",), None, (0, HOUR), within_m=800),
    Row(("report.flood",), ("report.flood", "road.flooded"), None, (0, 2 * HOUR), within_m=600),
    Row(("road.flooded",), ("report.flood",), None, (0, 2 * HOUR), within_m=600),
    Row(("report.leak",), ("report.leak", "water.burst"), None, (0, 2 * HOUR), within_m=600),
    Row(("water.burst",), ("report.leak",), None, (0, 2 * HOUR), within_m=600),
    Row(("report.smoke",), ("report.smoke", "air.smoke"), None, (0, 2 * HOUR), within_m=2000),
    Row(("air.smoke",), ("report.smoke",), None, (0, 2 * HOUR), within_m=2000),
    Row(("report.outage",), ("report.outage",), None, (0, 2 * HOUR), within_m=1000),
)
OUTRANKS = {("water.pump_off", "weather.heavy_rain")}
"""The table says so of these causes: the first explains better whatever the delays."""
FED_M, FED_S = 600.0, 2 * HOUR
SUSPECT_S = 12 * MINUTE
AGAIN_S, LONG_AGAIN_S = 10 * MINUTE, 24 * HOUR
LONG = ("air", "river", "effluent")
"""Domains whose conditions dip and come back for hours."""


def outranks(one: Occurrence, other: Occurrence) -> bool:
    """By the table the one explains what both may, and the other does not count."""
    return (one.kind, other.kind) in OUTRANKS


class Reach:
    """Answers whether one occurrence could belong to another, on one ground."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._walk = cache(self._reached)
        self._above = cache(ground.above)

    def _reached(self, number: int, asset: str) -> Hops:
        walk = TABLE[number].walk
        return walk(self._ground, asset) if walk is not None else {}

    def crosses(self, one: Story, other: Story) -> bool:
        """Some signal of one story could belong to the other's."""
        if other.id in one.spares or one.id in other.spares:
            return False
        return any(self.meets(a, b) for a in one.occurrences for b in other.occurrences)

    def meets(self, one: Occurrence, other: Occurrence) -> bool:
        """One could be the cause of the other, the same thing, or hang on the same line that fails untold."""
        return (
            self.twice(one, other)
            or self._untold(one, other)
            or any(self._fed(*pair) or self._causes(*pair) for pair in ((one, other), (other, one)))
        )

    def could_explain(self, one: Occurrence, effect: Occurrence) -> bool:
        """One could be the cause of the effect, or the same thing."""
        return self.twice(one, effect) or self._causes(one, effect) or self._fed(one, effect) or self._fed(effect, one)

    def _causes(self, cause: Occurrence, effect: Occurrence) -> bool:
        delay = effect.at - cause.at
        for number, row in enumerate(TABLE):
            if cause.kind in row.causes and effect.kind in row.effects and delay >= row.delay[0] - SLACK_S:
                hops = self._distance(row, cause, effect) if row.walk is None else self._along(number, cause, effect)
                if hops and delay <= row.delay[1] * (hops if row.each_hop else 1) + SLACK_S:
                    return True
        return False

    def _along(self, number: int, cause: Occurrence, effect: Occurrence) -> int:
        for start in (cause.about, cause.asset):
            reached = self._walk(number, start) if start else {}
            if hops := reached.get(effect.about) or reached.get(effect.asset):
                return hops
        return 0

    def _distance(self, row: Row, cause: Occurrence, effect: Occurrence) -> int:
        if cause.position is None or effect.position is None:
            return 0
        return int(apart_m(cause.position, effect.position) <= row.within_m)

    def twice(self, one: Occurrence, other: Occurrence) -> bool:
        """The same signal on the same asset while the other still stands, or soon after."""
        first, second = sorted((one, other), key=lambda item: item.at)
        ended = second.at if first.end is None else first.end
        again = LONG_AGAIN_S if one.kind.partition(".")[0] in LONG else AGAIN_S
        return (one.kind, one.about) == (other.kind, other.about) and second.at <= ended + again

    def _untold(self, one: Occurrence, other: Occurrence) -> bool:
        kinds = {one.kind, other.kind}
        if abs(one.at - other.at) > SUSPECT_S or not (kinds <= set(DARK) or kinds == {"sensor.silent"}):
            return False
        return bool(self._above(one.about) & self._above(other.about))

    def _fed(self, outage: Occurrence, report: Occurrence) -> bool:
        if outage.kind != "power.outage" or report.kind != "report.outage" or abs(outage.at - report.at) > FED_S:
            return False
        fed = [place for one in self._ground.below(outage.asset) if (place := self._ground.position(one)) is not None]
        return report.position is not None and any(apart_m(place, report.position) <= FED_M for place in fed)
