"""Rivers: the tide from the sea, flow by Muskingum routing, load carried from outfalls down the reaches."""

from collections.abc import Sequence
from math import cos, pi

import numpy as np

from city.geometry import line_of
from city.space import length_m
from schemas.assets import Asset
from services.simulator.causes import Cause, parts
from services.simulator.town import Array, Town, numbers

TIDE_S = 12.42 * 3600
MEAN_M, AMPLITUDE_M = 0.35, 0.65
CRITICAL_M = 1.78
"""What a high tide reaches at its crest: above alert level III of Thủ Dầu Một."""
SURGING = "sai-gon"
"""The river that a high tide runs up."""
STORAGE_S, WEIGHT = 900.0, 0.2
"""Muskingum K and X of a reach; the step is then chosen so that dt ≥ 2KX (else a dip before the crest)."""
ROUTING_S = 600.0
LENGTH_M = 8_000.0
"""Of a reach that has no line."""
CURRENT_MS = 1.0
"""Speed of the water; lowland rivers run at 0.3 to 1.5 m/s. Polluted water takes hours from one station to the next."""
CELLS = 10
"""Well mixed tanks in series for each reach: they carry a load at CURRENT_MS and spread it as dispersion does
(Levenspiel's tanks in series: the time of passing spreads by its √CELLS-th part)."""
STATION = CELLS // 2
"""The cell in which a station measures: it stands at the middle of its reach, outfalls come in at the head."""
KEPT = 0.93
"""Part of a load that is left at the end of a reach."""
COD_MGL, OXYGEN_MGL = 9.0, 5.6
AMMONIUM_MGL, WATER_C = 0.12, 28.0
BOD5_OF_COD, SOLIDS_MGL = 0.45, 28.0
"""Part of the COD that a BOD5 finds; suspended solids. Clean reaches lie within class B of QCVN 08:2023."""
EFFLUENT_COD, SPILL_COD = 60.0, 1400.0
EFFLUENT_M3H, SPILL_FACTOR = 120.0, 12.0


class River:
    """State of all reaches and outfalls."""

    def __init__(self, town: Town) -> None:
        """At rest with the mean flow."""
        reaches = town.of_kind("river_reach")
        self.names = [asset.id for asset in reaches]
        index = {name: at for at, name in enumerate(self.names)}
        self._mean = numbers(reaches, "flow_m3s", 50)
        self._surging = np.array([asset.properties.get("river") == SURGING for asset in reaches])
        self._tidal = np.array([bool(asset.properties.get("tidal")) for asset in reaches])
        self._above: list[list[int]] = [[] for _ in self.names]
        for name in self.names:
            for end in town.onward(name, "flows_to"):
                self._above[index[end]].append(index[name])
        self.outfalls = [asset.id for asset in town.of_kind("outfall")]
        self._into = [index[town.onward(name, "discharges_to")[0]] for name in self.outfalls]
        self._load = np.zeros((len(self.names), CELLS))
        """COD above that of clean water in each cell, mg/l."""
        self._cell_s = np.array([_length_m(reach) for reach in reaches]) / CELLS / CURRENT_MS
        self.flow = self._mean.copy()
        self._inflow = self._mean.copy()
        self._routed_s = 0.0
        self.values: dict[str, Array] = {}

    def step(self, now_s: float, step_s: float, causes: Sequence[Cause], tide_s: float) -> None:
        """`tide_s`: seconds since a high water, for the phase of the tide."""
        spills = parts(causes, "effluent_spill", now_s, 120)
        part = np.array([spills.get(name, 0.0) for name in self.outfalls])
        strength = EFFLUENT_COD + (SPILL_COD - EFFLUENT_COD) * part
        discharge = EFFLUENT_M3H * (1 + (SPILL_FACTOR - 1) * part)
        self._carry(strength * part * discharge / 3600, step_s)
        self._route(step_s)
        stage = self._stage(now_s, causes, tide_s)
        spoilt = self._load[:, STATION]
        cod = COD_MGL + spoilt
        self.values = {
            "stage_m": stage,
            "river_flow_m3s": self.flow,
            "river_cod_mgl": cod,
            "do_mgl": np.maximum(1.0, OXYGEN_MGL - 0.12 * spoilt),
            "river_temperature_c": np.full(len(self.names), WATER_C),
            "river_ph": np.full(len(self.names), 7.0),
            "river_bod5_mgl": BOD5_OF_COD * cod,
            "river_tss_mgl": SOLIDS_MGL + 0.5 * spoilt,
            "tide_table_m": np.where(self._tidal, MEAN_M + AMPLITUDE_M * cos(2 * pi * tide_s / TIDE_S), 0.0),
            "river_nh4n_mgl": AMMONIUM_MGL + 0.02 * spoilt,
            "cod_mgl": strength,
            "nh4n_mgl": 4.0 + 40.0 * part,
            "effluent_temperature_c": 31.0 + 4.0 * part,
            "tss_mgl": 40.0 + 90.0 * part,
            "ph": 7.2 - 0.5 * part,
            "effluent_flow_m3h": discharge,
        }

    def _carry(self, load_gs: Array, step_s: float) -> None:
        """Into the first cell of a reach comes the mix of what is above, and of its outfalls; each fills the next."""
        added = np.zeros(len(self.names))
        np.add.at(added, self._into, load_gs)
        load = self._load
        head = np.array([self._from_above(above, load[:, -1]) for above in self._above]) + added / self._mean
        coming = np.column_stack([head, load[:, :-1]])
        share = np.minimum(1.0, step_s / self._cell_s)[:, None]
        self._load = load + share * (KEPT ** (1 / CELLS) * coming - load)

    def _from_above(self, above: list[int], load: Array) -> float:
        if not above:
            return 0.0
        weights = self._mean[above]
        return float((load[above] * weights).sum() / weights.sum())

    def _route(self, step_s: float) -> None:
        self._routed_s += step_s
        if self._routed_s < ROUTING_S:
            return
        self._routed_s = 0.0
        below = 2 * STORAGE_S * (1 - WEIGHT) + ROUTING_S
        c0 = (ROUTING_S - 2 * STORAGE_S * WEIGHT) / below
        c1 = (ROUTING_S + 2 * STORAGE_S * WEIGHT) / below
        c2 = (2 * STORAGE_S * (1 - WEIGHT) - ROUTING_S) / below
        before, outflow = self._inflow.copy(), self.flow.copy()
        for at in range(len(self.names)):
            self._inflow[at] = self._mean[at]
            self.flow[at] = c0 * self._inflow[at] + c1 * before[at] + c2 * outflow[at]

    def _stage(self, now_s: float, causes: Sequence[Cause], tide_s: float) -> Array:
        tide = MEAN_M + AMPLITUDE_M * cos(2 * pi * tide_s / TIDE_S)
        surge = max((cause.part(now_s, 600) for cause in causes if cause.kind == "high_tide"), default=0.0)
        high = tide + surge * max(0.0, CRITICAL_M - tide)
        return np.where(self._tidal, np.where(self._surging, high, tide), 2.0)


def _length_m(reach: Asset) -> float:
    line = line_of(reach.geometry)
    return LENGTH_M if line is None else length_m(line)
