"""Waste: bins that fill until their round comes, trucks that stop, a landfill's pond, gas and weighbridge."""

from collections.abc import Sequence

import numpy as np

from services.simulator.causes import Cause, parts
from services.simulator.town import Array, Town

EMPTIED_H = 4.0
"""Local hour at which rounds empty bins."""
EMPTY_PERCENT, FULL_PERCENT = 8.0, 82.0
"""Fill right after a round and right before the next."""
USUAL_LATE_S, STOPPED_LATE_S = 600.0, 18_000.0
"""A truck that broke down: the round is expected five hours late (our own)."""
TRUCK_KG = 9500.0
POND_M, RISE_M = 3.9, 0.22
"""The demo pond in the rainy season, 10 cm below its invented permit; what runs off a cell lifts it so far."""
METHANE_PERCENT, ESCAPING_PERCENT = 0.15, 1.9
"""In the air over the cells, against a lower explosion limit of about 5 %."""


class Waste:
    """Every bin, round and landfill."""

    def __init__(self, town: Town) -> None:
        """As the city folder has them."""
        self.bins = [one.id for one in town.of_kind("bin")]
        self.rounds = [one.id for one in town.of_kind("collection_round")]
        self.landfills = [one.id for one in town.of_kind("landfill")]
        self.ponds = [one.id for one in town.of_kind("leachate_pond")]
        emptied_by = {name: one for one in self.rounds for name in town.onward(one, "empties")}
        self._round = [emptied_by.get(name, "") for name in self.bins]
        self.values: dict[str, Array] = {}

    def step(self, now_s: float, causes: Sequence[Cause], hour: float) -> None:
        """`hour`: of the local day, 0 to 24."""
        stopped = parts(causes, "round_stops", now_s, 60)
        gas, rise = parts(causes, "landfill_gas", now_s, 120), parts(causes, "leachate_rise", now_s, 1200)
        since = (hour - EMPTIED_H) % 24 / 24
        fill = EMPTY_PERCENT + (FULL_PERCENT - EMPTY_PERCENT) * since
        late = np.array([stopped.get(name, 0.0) for name in self.rounds])
        self.values = {
            "fill_percent": np.array([fill + 20.0 * stopped.get(name, 0.0) for name in self._round]),
            "round_delay_s": USUAL_LATE_S + (STOPPED_LATE_S - USUAL_LATE_S) * late,
            "delivered_kg": np.full(len(self.landfills), TRUCK_KG),
            "leachate_level_m": np.array([POND_M + RISE_M * rise.get(name, 0.0) for name in self.ponds]),
            "methane_percent": np.array(
                [METHANE_PERCENT + (ESCAPING_PERCENT - METHANE_PERCENT) * gas.get(name, 0.0) for name in self.landfills]
            ),
        }
