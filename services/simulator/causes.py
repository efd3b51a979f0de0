"""The causes that are injected: what, where, from when to when; a believable rhythm drawn from a seed."""

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np

from services.simulator.town import Town

FIRST_S = 15.0
"""The first cause begins so many seconds after the start: something to see within a minute."""
PAUSE_S = (150.0, 330.0)


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """One injected cause; seconds count from the start of the run."""

    id: str
    kind: str
    asset: str
    start_s: float
    end_s: float
    told_late_s: float = 0.0
    """How long after its beginning the system that knows of it tells."""

    def part(self, now_s: float, rise_s: float = 1.0) -> float:
        """How far it has unfolded, 0 to 1: rises over `rise_s`, ends at once."""
        if not self.start_s <= now_s < self.end_s:
            return 0.0
        return min(1.0, (now_s - self.start_s) / rise_s)


def parts(causes: Iterable[Cause], kind: str, now_s: float, rise_s: float) -> dict[str, float]:
    """Asset → how far the causes of a kind have unfolded there; of several the furthest."""
    found: dict[str, float] = {}
    for cause in causes:
        if cause.kind == kind:
            found[cause.asset] = max(found.get(cause.asset, 0.0), cause.part(now_s, rise_s))
    return found


KINDS: dict[str, tuple[str, float, tuple[float, float]]] = {
    "feeder_trip": ("feeder", 3.0, (420, 660)),
    "main_burst": ("water_main", 2.0, (780, 1200)),
    "stack_failure": ("stack", 2.0, (900, 1500)),
    "crash": ("road_segment", 3.0, (420, 780)),
    "high_tide": ("gauge", 0.7, (2400, 3600)),
    "effluent_spill": ("outfall", 1.0, (1800, 2700)),
    "rain": ("zone", 1.0, (900, 1800)),
    "sensor_dead": ("sensor", 0.7, (900, 1500)),
    "sensor_stuck": ("sensor", 0.5, (900, 1500)),
}
"""Kind → (kind of asset it befalls, weight, range of seconds it lasts)."""


def targets(town: Town) -> dict[str, list[str]]:
    """Kind of cause → assets it can befall and be seen at; nothing is made to happen beyond the border."""
    found = {
        kind: [asset.id for asset in town.of_kind(of) if not asset.properties.get("beyond")]
        for kind, (of, _, _) in KINDS.items()
    }
    lit = [name for name in found["feeder_trip"] if any(one.startswith("cabinet-") for one in town.fed[name])]
    found["feeder_trip"] = lit or found["feeder_trip"]
    found["high_tide"] = [name for name in ("gauge-thu-dau-mot",) if name in town.assets]
    found["rain"] = sorted({one.measures for one in town.sensors if one.measures and "rain_mmh" in one.observes})
    for kind, quantity in (("sensor_dead", "head_m"), ("sensor_stuck", "cod_mgl")):
        found[kind] = [sensor.id for sensor in town.sensors if quantity in sensor.observes]
    return {kind: names for kind, names in found.items() if names}


def schedule(town: Town, seed: int) -> Iterator[Cause]:
    """Causes without end, in the order of their beginning; the first is a feeder with many signals."""
    chance = np.random.default_rng([seed, 1])
    choices = targets(town)
    busy: dict[str, float] = {}
    start, number = FIRST_S, 0
    while choices:
        kind = _kind(choices, chance, number)
        free = [name for name in choices[kind] if busy.get(name, 0.0) <= start]
        if free:
            asset = _busiest(town, free) if number == 0 and kind == "feeder_trip" else str(chance.choice(free))
            end = start + float(chance.uniform(*KINDS[kind][2]))
            late = 5.0 if number == 0 or chance.random() < 0.5 else float(chance.uniform(40, 100))
            busy[asset] = end + 600.0
            yield Cause(id=f"{kind}-{number}", kind=kind, asset=asset, start_s=start, end_s=end, told_late_s=late)
        number += 1
        start += float(chance.uniform(*PAUSE_S)) if number > 1 else 75.0


def _kind(choices: dict[str, list[str]], chance: np.random.Generator, number: int) -> str:
    opening = [kind for kind in ("feeder_trip", "main_burst", "crash") if kind in choices]
    if number < len(opening):
        return opening[number]
    kinds = sorted(choices)
    weights = np.array([KINDS[kind][1] for kind in kinds])
    return str(chance.choice(kinds, p=weights / weights.sum()))


def _busiest(town: Town, feeders: list[str]) -> str:
    return max(feeders, key=lambda name: (sum(one.startswith("cabinet-") for one in town.fed[name]), name))


def until(causes: Iterator[Cause], end_s: float) -> list[Cause]:
    """The causes that begin before `end_s`."""
    found = []
    for cause in causes:
        if cause.start_s >= end_s:
            break
        found.append(cause)
    return found
