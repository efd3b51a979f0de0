"""Scenes besides the causes of `causes.py`: works, fires, security, waste, taps, a storm that was warned of.

They come from a random stream of their own, so that a seed's other causes are what they would be without them.
"""

from collections.abc import Iterator
from heapq import merge

import numpy as np

from services.simulator.causes import Cause, schedule
from services.simulator.town import Town

FIRST_S = 120.0
PAUSE_S = (240.0, 420.0)
LATE_S = 5.0
SCENES: dict[str, tuple[str, tuple[float, float]]] = {
    "road_works": ("road_segment", (900, 1500)),
    "works_overrun": ("road_segment", (1500, 2400)),
    "works_unannounced": ("road_segment", (900, 1500)),
    "plant_fire": ("industrial_park", (1200, 1800)),
    "intrusion": ("camera", (120, 300)),
    "crowd": ("camera", (900, 1800)),
    "storm": ("zone", (1200, 1800)),
    "landfill_gas": ("landfill", (600, 1200)),
    "leachate_rise": ("leachate_pond", (2400, 3600)),
    "round_stops": ("collection_round", (1800, 3600)),
    "turbid_tap": ("tap", (1500, 2100)),
}
"""Kind → (kind of asset it befalls, range of seconds it lasts)."""


def places(town: Town) -> dict[str, list[str]]:
    """Kind of scene → assets it can befall; nothing is made to happen beyond the border."""
    found = {
        kind: [asset.id for asset in town.of_kind(of) if not asset.properties.get("beyond")]
        for kind, (of, _) in SCENES.items()
    }
    found["storm"] = sorted({one.measures for one in town.sensors if one.measures and "gust_ms" in one.observes})
    found["intrusion"] = [name for name in found["intrusion"] if town.onward(name, "located_in")]
    found["crowd"] = [name for name in found["crowd"] if town.onward(name, "watches")]
    return {kind: names for kind, names in found.items() if names}


def scenes(town: Town, seed: int) -> Iterator[Cause]:
    """Scenes without end: all kinds in a drawn order, then all in another."""
    chance = np.random.default_rng([seed, 5])
    choices = places(town)
    busy: dict[str, float] = {}
    start, number = FIRST_S, 0
    while choices:
        for kind in map(str, chance.permutation(sorted(choices))):
            free = [name for name in choices[kind] if busy.get(name, 0.0) <= start]
            end = start + float(chance.uniform(*SCENES[kind][1]))
            if free:
                asset = str(chance.choice(free))
                busy[asset] = end + 600.0
                name = f"{kind}-s{number}"
                yield Cause(id=name, kind=kind, asset=asset, start_s=start, end_s=end, told_late_s=LATE_S)
            number += 1
            start += float(chance.uniform(*PAUSE_S))


def day(town: Town, seed: int) -> Iterator[Cause]:
    """Everything that happens, without end, in the order of its beginning."""
    return merge(schedule(town, seed), scenes(town, seed), key=lambda cause: cause.start_s)
