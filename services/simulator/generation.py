"""Generation besides the grid: solar plants by the sun and the rain, a landfill's generator all day."""

from collections.abc import Mapping
from math import pi, sin

import numpy as np

from services.simulator.town import Array, Town, numbers

DAWN, DUSK = 6.0, 18.0
CLOUDED, HEAVY_MMH = 0.85, 30.0
"""A heavy rain takes so much of a solar plant's power; how heavy it has to be for that."""
STEADY = 0.85
"""What a generator gives of its rating."""


def sun(hour: float) -> float:
    """Part of the peak power of panels at a local hour, 0 to 1."""
    return max(0.0, sin((hour - DAWN) / (DUSK - DAWN) * pi)) if DAWN < hour < DUSK else 0.0


class Generation:
    """Every solar plant, every landfill with a generator."""

    def __init__(self, town: Town) -> None:
        """Their ratings are properties of the assets."""
        plants, landfills = town.of_kind("solar_plant"), town.of_kind("landfill")
        self.plants, self.generators = [one.id for one in plants], [one.id for one in landfills]
        self._zones = [one.zone for one in plants]
        self._peak, self._rated = numbers(plants, "peak_kw", 0), numbers(landfills, "generator_kw", 0)
        self.values: dict[str, Array] = {}

    def step(self, hour: float, rain_mmh: Mapping[str, float]) -> None:
        """`hour`: of the local day; `rain_mmh` by zone."""
        wet = np.array([min(1.0, rain_mmh.get(zone or "", 0.0) / HEAVY_MMH) for zone in self._zones])
        self.values = {
            "solar_plant_kw": self._peak * sun(hour) * (1 - CLOUDED * wet),
            "renewable_kw": self._rated * STEADY,
        }
