"""Meters of parks and plants: power by the hour of the day, own panels by the sun, water in step with the power."""

from math import pi, sin

import numpy as np

from services.simulator.generation import sun
from services.simulator.river import EFFLUENT_M3H
from services.simulator.town import Array, Town, numbers

DIESEL_LS_PER_KW = 2.2e-6
REUSED = 0.12
"""Part of the water supplied."""
UNTREATED_M3H = 2.0


class Parks:
    """Every park and plant that has a mean power."""

    def __init__(self, town: Town) -> None:
        """Their means are properties of the assets."""
        found = [asset for kind in ("industrial_park", "plant") for asset in town.of_kind(kind)]
        metered = [asset for asset in found if "mean_kw" in asset.properties]
        self.names = [asset.id for asset in metered]
        self._mean, self._peak = numbers(metered, "mean_kw", 0), numbers(metered, "peak_panels_kw", 0)
        self._water = numbers(metered, "mean_water_m3h", 0)
        self._bought = numbers(metered, "mean_bought_kw", 0)
        self.values: dict[str, Array] = {}

    def step(self, hour: float) -> None:
        """`hour`: of the local day, 0 to 24."""
        busy = 1.0 + 0.15 * sin((hour - 8) / 12 * pi)
        solar = self._peak * sun(hour)
        wanted = self._mean * busy
        water = self._water * busy
        self.values = {
            "grid_kw": np.maximum(0.0, wanted - solar),
            "panels_kw": solar,
            "bought_kw": self._bought * busy,
            "diesel_ls": wanted * DIESEL_LS_PER_KW,
            "water_in_m3h": water,
            "water_reused_m3h": water * REUSED,
            "wastewater_m3h": water * REUSED + EFFLUENT_M3H + UNTREATED_M3H,
        }
