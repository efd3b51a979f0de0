"""What the works supply: level of their tanks, water at the taps, flow of metered areas at night."""

from collections.abc import Mapping, Sequence
from math import cos, pi, sin

import numpy as np

from services.simulator.causes import Cause, parts
from services.simulator.town import Array, Town

TANK_M, SWING_M, TANK_M2 = 3.4, 0.25, 2000.0
"""Half full tanks of 4.5 m, fuller before the morning; made up like the works themselves."""
CHLORINE_MGL, TAP_PH = 0.5, 7.2
"""Within QCVN 01-1:2018/BYT (`city/limits/water.toml`): 0.2 to 1.0 mg/l, pH 6.0 to 8.5."""
CLEAR_NTU, STIRRED_NTU = 0.4, 5.0
"""Turbidity as usual, and after what lay in a pipe was stirred up; the limit is 2 NTU."""
NIGHT_LS, USED_LS = 6.0, 20.0
"""What flows into a metered area at three in the night, and what is used besides at three in the afternoon."""


class Supply:
    """Every works with a tank, every tap, every metered area."""

    def __init__(self, town: Town) -> None:
        """Nothing has leaked yet."""
        reservoirs, self._taps = town.of_kind("reservoir"), town.of_kind("tap")
        self.tanks, self.taps = [one.id for one in reservoirs], [one.id for one in self._taps]
        self.areas = [one.id for one in town.of_kind("metered_area")]
        self._works = {one.id: f"works-{one.properties.get('works')}" for one in town.of_kind("water_main")}
        self._lost_m3 = dict.fromkeys(self.tanks, 0.0)
        self.values: dict[str, Array] = {}

    def step(
        self, now_s: float, step_s: float, causes: Sequence[Cause], outside: tuple[float, Mapping[str, float]]
    ) -> None:
        """`outside`: local hour, and what leaks of each main, l/s."""
        hour, leaks = outside
        for main, leak_ls in leaks.items():
            if self._works.get(main) in self._lost_m3:
                self._lost_m3[self._works[main]] += leak_ls / 1000 * step_s
        stirred = parts(causes, "turbid_tap", now_s, 300)
        part = np.array([stirred.get(name, 0.0) for name in self.taps])
        fuller = TANK_M + SWING_M * sin((hour + 1) / 12 * pi)
        self.values = {
            "tank_level_m": np.maximum(0.0, fuller - np.array(list(self._lost_m3.values())) / TANK_M2),
            "chlorine_mgl": CHLORINE_MGL - 0.15 * part,
            "turbidity_ntu": CLEAR_NTU + (STIRRED_NTU - CLEAR_NTU) * part,
            "tap_ph": np.full(len(self.taps), TAP_PH),
            "inflow_ls": np.full(len(self.areas), NIGHT_LS + USED_LS * (1 - cos((hour - 3) / 12 * pi)) / 2),
            "night_flow_ls": np.full(len(self.areas), NIGHT_LS),
        }
