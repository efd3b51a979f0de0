"""Journeys: how long a corridor takes, how late its buses are, what cameras count on it."""

from collections.abc import Mapping
from math import pi, sin

import numpy as np

from services.simulator.town import Array, Town, numbers

MOTORBIKES, COMMUTERS = 0.72, 0.08
"""Share of motorbikes at noon, and how much more in the hours of going to work; our own, for the demo."""
CATCHING_UP = 0.25
"""Seconds that a late line makes good in a second once its road is free."""
USUAL_LATE_S = 90.0


class Journeys:
    """Every corridor and line of the city; `road` names the segments of one direction."""

    def __init__(self, town: Town) -> None:
        """Buses begin as late as usual."""
        segments = town.of_kind("road_segment")
        self._names = [asset.id for asset in segments]
        self._length_m, self._free_kmh = numbers(segments, "length_m", 1500), numbers(segments, "free_kmh", 50)
        self.corridors, self._corridor_of = _of(town, "corridor", self._names)
        self.lines, self._line_of = _of(town, "bus_line", self._names)
        self.late = np.full(len(self.lines), USUAL_LATE_S)
        self.values: dict[str, Array] = {}

    def step(self, step_s: float, traffic: Mapping[str, Array], hour: float) -> None:
        """`traffic`: speeds and flows of all segments, in the order of their ids."""
        seconds = self._length_m / (traffic["speed_kmh"] / 3.6)
        behind = seconds - self._length_m / (self._free_kmh * 0.8 / 3.6)
        wanted = np.maximum(0.0, np.array([behind[at].sum() for at in self._line_of])) + USUAL_LATE_S
        # a bus loses at most the time that passes, whatever the queue ahead would take
        self.late = np.clip(wanted, self.late - CATCHING_UP * step_s, self.late + step_s)
        commuting = max(sin((hour - 5) / 4 * pi), sin((hour - 16) / 4 * pi)) if 5 < hour < 9 or 16 < hour < 20 else 0.0
        self.values = {
            "travel_time_s": np.array([seconds[at].sum() for at in self._corridor_of]),
            "bus_delay_s": self.late,
            "vehicles_count": traffic["flow_vph"] / 60,
            "motorbike_ratio": np.full(len(self._names), MOTORBIKES + COMMUTERS * max(0.0, commuting)),
        }


def _of(town: Town, kind: str, segments: list[str]) -> tuple[list[str], list[list[int]]]:
    """Assets of the kind, and for each which segments are its own."""
    assets = town.of_kind(kind)
    roads = [f"seg-{asset.properties['road']}-" for asset in assets]
    own = [[at for at, name in enumerate(segments) if name.removeprefix(road).isdecimal()] for road in roads]
    return [asset.id for asset in assets], own
