"""Radial power network: a tripped feeder leaves everything below it without power."""

from collections.abc import Sequence

import numpy as np

from services.simulator.causes import Cause
from services.simulator.town import Array, Town

NOMINAL_V, SAG_V = 230.0, 6.0
FULL_LOAD_A, RATING_A = 320.0, 400.0
CUSTOMERS = 6400.0
"""Of a feeder; made up."""


class Power:
    """Which assets have power, and what meters on feeders and cabinets show."""

    def __init__(self, town: Town) -> None:
        """Everything energised."""
        self._town = town
        self.feeders = [asset.id for asset in town.of_kind("feeder")]
        self.metered = [asset.id for kind in ("feeder", "cabinet") for asset in town.of_kind(kind)]
        self.unpowered: set[str] = set()
        self.values: dict[str, Array] = {}

    def step(self, now_s: float, causes: Sequence[Cause], demand: float) -> None:
        """Switches as the causes have them; `demand` is 0 to 1."""
        tripped = [cause.asset for cause in causes if cause.kind == "feeder_trip" and cause.part(now_s)]
        self.unpowered = {name for feeder in tripped for name in self._town.fed[feeder]}
        on = np.array([name not in self.unpowered for name in self.metered], dtype=float)
        feeding = np.array([name not in self.unpowered for name in self.feeders], dtype=float)
        load_a = FULL_LOAD_A * (0.35 + 0.45 * demand)
        self.values = {
            "voltage_v": on * (NOMINAL_V - SAG_V * demand),
            "load_a": on * load_a,
            "load_ratio": feeding * load_a / RATING_A,
            "customers_off_count": (1 - feeding) * CUSTOMERS,
        }
