"""Pressure-driven water: each works feeds a chain of mains; a burst is an orifice; what leaks floods the road above."""

from collections.abc import Sequence

import numpy as np

from services.simulator.causes import Cause
from services.simulator.town import Array, Town

SOURCE_M, WANTED_M = 24.0, 12.0
"""Head at the works; head above which users take all they want."""
DEMAND_LS = 16.0
LOSS = 8e-4
"""Head loss of a main, m per (l/s)^1.852 (Hazen–Williams)."""
ORIFICE = 48.0
"""A burst lets out this × √head, l/s."""
ROUNDS, DAMPING, NEAR_M = 60, 0.2, 1e-4
POOL_M2, DEEPEST_M = 170.0, 0.3
PUMP_LS, SEEP_LS = 34.0, 16.0
PUMP_KW = 4.2
RAIN_M2 = 3000.0
"""Surface whose rain gathers on a low segment."""


class Water:
    """Heads at the ends of mains, flows in them, depth on the roads that they run under."""

    def __init__(self, town: Town) -> None:
        """Dry roads."""
        mains = town.of_kind("water_main")
        self.mains = [asset.id for asset in mains]
        works = sorted({str(asset.properties.get("works", "")) for asset in mains})
        chains = [[at for at, one in enumerate(mains) if one.properties.get("works") == name] for name in works]
        longest = max(map(len, chains), default=0)
        self._grid = np.array([[*chain, *[0] * (longest - len(chain))] for chain in chains], dtype=int)
        self._real = np.array([[at < len(chain) for at in range(longest)] for chain in chains])
        points = town.of_kind("pressure_point")
        self.points = [asset.id for asset in points]
        key = {name.removeprefix("main-"): at for at, name in enumerate(self.mains)}
        self._end = np.array([key[name.removeprefix("point-").rsplit("-", 1)[0]] for name in self.points], dtype=int)
        self._above = [town.onward(name, "runs_under") for name in self.mains]
        pumps = town.of_kind("pump")
        self.pumps = [asset.id for asset in pumps]
        self._drained = {name: town.onward(name, "drains")[0] for name in self.pumps}
        self.roads = sorted(set(self._drained.values()))
        self._zones = {name: town.assets[name].zone for name in self.roads}
        self.depth = dict.fromkeys(self.roads, 0.0)
        self._head = np.full(len(mains), SOURCE_M - 3)
        self.leaks = dict.fromkeys(self.mains, 0.0)
        """What each main loses, l/s."""
        self.values: dict[str, Array] = {}

    def step(self, now_s: float, step_s: float, causes: Sequence[Cause], outside: "Surroundings") -> None:
        """Solves the heads and moves the water on the roads."""
        orifice = np.zeros(len(self.mains))
        for cause in causes:
            if cause.kind == "main_burst":
                orifice[self.mains.index(cause.asset)] += ORIFICE * cause.part(now_s, 60)
        flow = self._solve(orifice, outside.demand)
        leak = orifice * np.sqrt(np.maximum(self._head, 0))
        self.leaks = dict(zip(self.mains, leak.tolist(), strict=True))
        running = {name: name not in outside.unpowered for name in self.pumps}
        self._flood(leak, running, step_s, outside)
        self.values = {
            "head_m": self._head[self._end],
            "flow_ls": flow,
            "pump_kw": np.array([PUMP_KW if running[name] else 0.0 for name in self.pumps]),
            "depth_m": np.array([self.depth[name] for name in self.roads]),
        }

    def _solve(self, orifice: Array, demand: float) -> Array:
        """Damped fixed point of heads and outflows along all chains at once; a chain has one solution. Flows, l/s."""
        real = self._real
        head, hole = self._head[self._grid], np.where(real, orifice[self._grid], 0.0)
        wish = np.where(real, DEMAND_LS * demand, 0.0)
        for _ in range(ROUNDS):
            root = np.sqrt(np.maximum(head, 0.0))
            out = wish * np.minimum(1.0, root / WANTED_M**0.5) + hole * root
            carried = np.cumsum(out[:, ::-1], axis=1)[:, ::-1]
            wrong = SOURCE_M - np.cumsum(LOSS * carried**1.852, axis=1) - head
            head = head + DAMPING * wrong
            if float(np.abs(wrong[real]).max(initial=0.0)) < NEAR_M:
                break
        flow = np.zeros(len(self.mains))
        self._head[self._grid[real]] = head[real]
        flow[self._grid[real]] = carried[real]
        return flow

    def _flood(self, leak: Array, running: dict[str, bool], step_s: float, outside: "Surroundings") -> None:
        inflow = {name: outside.rain.get(self._zones[name], 0.0) / 3600 * RAIN_M2 for name in self.roads}
        for at, roads in enumerate(self._above):
            for road in roads:
                inflow[road] = inflow.get(road, 0.0) + float(leak[at])
        for pump, road in self._drained.items():
            out = SEEP_LS + (PUMP_LS if running[pump] else 0.0)
            depth = self.depth[road] + (inflow[road] - out) / 1000 * step_s / POOL_M2
            self.depth[road] = min(DEEPEST_M, max(0.0, depth))


class Surroundings:
    """What water needs of the rest of the world at a step."""

    def __init__(self, demand: float, unpowered: set[str], rain: dict[str, float]) -> None:
        """`demand` 0 to 1; `rain` mm/h by zone."""
        self.demand = demand
        self.unpowered = unpowered
        self.rain = rain
