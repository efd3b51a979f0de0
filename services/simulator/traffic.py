"""Spatial queue with spill-back: vehicles move through a segment, queue at its end, leave as far as there is room."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.simulator.causes import Cause
from services.simulator.town import Array, Town, numbers

JAM_VEH_M = 0.13
"""Vehicles a metre of lane that stands still."""
SATURATION_VPH = 1900.0
GREEN, FREE = 0.6, 0.6
"""Of the capacity: at a signal and between signals; more between them would only move a queue to the next signal."""
DARK = 0.33
"""Approaches take turns at a dark signal: 6 s move, 3 s lost; what is left of the capacity."""
FLOOD = 0.15
LEFT = {"crash": 0.15, "road_works": 0.4, "works_overrun": 0.4, "works_unannounced": 0.4}
"""What is left of the capacity; works leave one lane and a part."""
DEMAND = 0.72
TURNING = 0.1
LOOP_M = 140.0
"""The loop near the stop line sees the queue over this length."""
FLOODED_M = 0.15


class Traffic:
    """Queues of all segments, vehicles; one step of a few seconds at a time."""

    def __init__(self, town: Town) -> None:
        """Empty roads."""
        segments = town.of_kind("road_segment")
        self.names = [asset.id for asset in segments]
        self._index = {name: at for at, name in enumerate(self.names)}
        self._lanes = numbers(segments, "lanes", 2)
        self._free_kmh = numbers(segments, "free_kmh", 50)
        length_m = numbers(segments, "length_m", 1500)
        self._room = JAM_VEH_M * length_m * self._lanes
        self._travel_s = length_m / (self._free_kmh / 3.6)
        following = [town.onward(name, "flows_to") for name in self.names]
        self._next = np.array([self._index[ends[0]] if ends else -1 for ends in following])
        self._head = ~np.isin(np.arange(len(self.names)), self._next)
        self._signals = {
            signal.id: [self._index[one] for one in town.onward(signal.id, "controls") if one in self._index]
            for signal in town.of_kind("traffic_signal")
        }
        signalled = [at for held in self._signals.values() for at in held]
        self._share = np.full(len(self.names), FREE)
        self._share[signalled] = GREEN
        self._cabinet = {s: c.id for c in town.of_kind("cabinet") for s in town.onward(c.id, "controls")}
        self.lamps = list(self._signals)
        self.moving = np.zeros(len(self.names))
        self.queue = np.zeros(len(self.names))
        self.values: dict[str, Array] = {}

    def step(self, now_s: float, step_s: float, causes: Sequence[Cause], outside: "Outside") -> None:
        """One step of the clock."""
        capacity = self._capacity(now_s, causes, outside) * step_s / 3600
        arrivals = self.moving * min(1.0, step_s / float(self._travel_s.mean()))
        waiting = self.queue + arrivals
        space = np.maximum(0.0, self._room - self.moving - self.queue)
        ahead = np.where(self._next >= 0, space[self._next], np.inf)
        leaving = np.minimum(np.minimum(waiting, capacity), ahead)
        entering = self._entering(leaving, outside.demand, step_s)
        self.queue = waiting - leaving
        self.moving = self.moving - arrivals + np.minimum(entering, space)
        self._look(leaving * 3600 / step_s, outside)

    def _entering(self, leaving: Array, demand: float, step_s: float) -> Array:
        wanted = DEMAND * demand * SATURATION_VPH * GREEN * self._lanes * step_s / 3600
        entering = np.where(self._head, wanted, TURNING * wanted)
        onward = self._next >= 0
        np.add.at(entering, self._next[onward], (1 - TURNING) * leaving[onward])
        return entering

    def _capacity(self, now_s: float, causes: Sequence[Cause], outside: "Outside") -> Array:
        capacity: Array = SATURATION_VPH * self._lanes * self._share
        for signal, held in self._signals.items():
            if self._cabinet.get(signal) in outside.unpowered:
                capacity[held] *= DARK
        for cause in causes:
            if (left := LEFT.get(cause.kind)) and cause.part(now_s):
                capacity[self._index[cause.asset]] *= left
        capacity[self._depth(outside) > FLOODED_M] *= FLOOD
        return capacity

    def _depth(self, outside: "Outside") -> Array:
        return np.array([outside.depth.get(name, 0.0) for name in self.names])

    def _look(self, flow_vph: Array, outside: "Outside") -> None:
        filled = np.minimum(1.0, self.queue / (JAM_VEH_M * LOOP_M * self._lanes))
        wet = np.where(self._depth(outside) > FLOODED_M, 0.35, 1.0)
        lamps = [0.0 if self._cabinet.get(name) in outside.unpowered else 2.1 for name in self.lamps]
        self.values = {
            "speed_kmh": np.maximum(1.5, self._free_kmh * (0.9 - 0.88 * filled) * wet),
            "flow_vph": flow_vph,
            "occupancy_ratio": 0.025 + 0.19 * filled,
            "lamp_current_a": np.array(lamps),
        }


class Outside:
    """What traffic needs of the rest of the world at a step."""

    def __init__(self, demand: float, unpowered: set[str], depth: Mapping[str, float]) -> None:
        """`demand` 0 to 1; `depth` m of water by segment."""
        self.demand = demand
        self.unpowered = unpowered
        self.depth = depth
