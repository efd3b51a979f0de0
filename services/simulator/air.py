"""Air: wind, rain, and the plumes of stacks over the stations, each arriving as late as the wind carries it."""

from collections import deque
from collections.abc import Sequence
from math import cos, exp, pi, radians, sin, sqrt

import numpy as np

from city.space import DEGREE_M
from services.simulator.causes import Cause, parts
from services.simulator.town import Array, Town

NORMAL_GS, FAILED_GS = 0.5, 26.0
FIRE_GS = 30.0
"""Fine dust of a burning store: 2 kg/s of mixed goods at 15 g/kg (order of magnitude of open burning)."""
STACK_MGM3, FAILED_MGM3 = 35.0, 900.0
STACK_M3H, STACK_C = 60_000.0, 145.0
PM25_UGM3 = 38.0
SO2_UGM3, CO_UGM3, CO_OF_SMOKE = 22.0, 800.0, 6.0
COARSE = 1.45
"""All suspended dust against PM10."""
RAIN_MMH, STORM_MS = 62.0, 16.0
"""Of a heavy rain; what the gusts of a storm add."""
HISTORY = 2160
"""Steps of emission that are remembered: three hours at 5 s."""


class Air:
    """Emission of every stack, dust at every station, weather over the wards."""

    def __init__(self, town: Town, seed: int) -> None:
        """Wind comes from a seed and never from a cause."""
        self.stacks = [asset.id for asset in town.of_kind("stack")]
        self.stations = [asset.id for asset in town.of_kind("air_station")]
        burning = [asset.id for asset in town.of_kind("industrial_park")]
        self._sources = [*self.stacks, *burning]
        self._full = np.array([FAILED_GS] * len(self.stacks) + [FIRE_GS] * len(burning))
        self._offset = _offsets(town, self._sources, self.stations)
        self.zones = [asset.id for asset in town.of_kind("zone")]
        self._clean_steps = HISTORY
        self._past: deque[Array] = deque([np.full(len(self._sources), NORMAL_GS)], maxlen=HISTORY)
        self._phase = float(np.random.default_rng([seed, 2]).uniform(0, 2 * pi))
        self.values: dict[str, Array] = {}

    def wind(self, now_s: float) -> tuple[float, float]:
        """Speed in m/s and the direction it comes from, degrees; both turn slowly."""
        turn = now_s / 7200 + self._phase
        return 2.3 + 0.5 * sin(turn * 1.7), (225 + 55 * sin(turn)) % 360

    def step(self, now_s: float, step_s: float, causes: Sequence[Cause], hour: float) -> None:
        """`hour`: local time of day, 0 to 24."""
        failed = parts(causes, "stack_failure", now_s, 60)
        fires = parts(causes, "plant_fire", now_s, 120)
        lit = np.array([failed.get(name, fires.get(name, 0.0)) for name in self._sources])
        part = lit[: len(self.stacks)]
        self._past.append(NORMAL_GS + (self._full - NORMAL_GS) * lit)
        self._clean_steps = 0 if lit.any() else self._clean_steps + 1
        speed, direction = self.wind(now_s)
        smoke = self._plumes(speed, direction, step_s)
        dust = PM25_UGM3 + 9 * sin(hour / 24 * 2 * pi) + smoke
        storm = self._over_zones(now_s, causes, "storm")
        rain = RAIN_MMH * np.maximum(storm, self._over_zones(now_s, causes, "rain"))
        wet = np.ones(len(self.zones))
        self.values = {
            "pm25_ugm3": dust,
            "pm10_ugm3": 1.6 * dust,
            "no2_ugm3": np.full(len(dust), 42.0),
            "o3_ugm3": np.full(len(dust), 55.0 + 30 * max(0.0, sin((hour - 6) / 12 * pi))),
            "so2_ugm3": SO2_UGM3 + 0.02 * smoke,
            "co_ugm3": CO_UGM3 + CO_OF_SMOKE * smoke,
            "tsp_ugm3": COARSE * 1.6 * dust,
            "stack_flow_m3h": np.full(len(part), STACK_M3H),
            "stack_temperature_c": STACK_C + 15.0 * part,
            "stack_dust_mgm3": STACK_MGM3 + (FAILED_MGM3 - STACK_MGM3) * part,
            "stack_so2_mgm3": np.full(len(part), 120.0),
            "stack_nox_mgm3": np.full(len(part), 210.0),
            "stack_co_mgm3": 90.0 + 200.0 * part,
            "rain_mmh": rain,
            "rain_mm": rain / 60,
            "wind_speed_ms": wet * speed,
            "wind_direction_deg": wet * direction,
            "gust_ms": wet * (1.6 * speed + 0.08 * rain) + STORM_MS * storm,
            "temperature_c": wet * (28 + 4 * sin((hour - 9) / 12 * pi)),
        }

    def rain(self) -> dict[str, float]:
        """mm/h by zone."""
        return dict(zip(self.zones, map(float, self.values["rain_mmh"]), strict=True)) if self.values else {}

    def _over_zones(self, now_s: float, causes: Sequence[Cause], kind: str) -> Array:
        part = np.zeros(len(self.zones))
        for zone, share in parts(causes, kind, now_s, 300).items():
            part[self.zones.index(zone)] = share
        return part

    def _plumes(self, speed: float, direction: float, step_s: float) -> Array:
        """Gaussian plume at the ground (class D, Briggs, open country), with the emission of when it left; µg/m³."""
        total = np.zeros(len(self.stations))
        if self._clean_steps >= HISTORY:
            return total
        east, north = -sin(radians(direction)), -cos(radians(direction))
        for stack, station in np.ndindex(len(self._sources), len(self.stations)):
            dx, dy = self._offset[stack, station]
            down, cross = dx * east + dy * north, dx * north - dy * east
            if 200 < down < 15_000 and abs(cross) < down:
                steps = min(len(self._past) - 1, int(down / speed / step_s))
                emitted = float(self._past[-1 - steps][stack]) - NORMAL_GS
                if emitted > 0:
                    total[station] += _ground(emitted, speed, down, cross)
        return total


def _ground(emitted_gs: float, speed: float, down_m: float, cross_m: float) -> float:
    wide = 0.16 * down_m / sqrt(1 + 0.0001 * down_m)
    high = 0.06 * down_m / sqrt(1 + 0.0015 * down_m)
    return 1e6 * emitted_gs / (pi * speed * wide * high) * exp(-0.5 * (cross_m / wide) ** 2)


def _offsets(town: Town, stacks: list[str], stations: list[str]) -> Array:
    """Metres east and north from each stack to each station."""
    found = np.zeros((len(stacks), len(stations), 2))
    for one, stack in enumerate(stacks):
        for other, station in enumerate(stations):
            start, end = town.assets[stack].position or (0, 0), town.assets[station].position or (0, 0)
            found[one, other] = (
                (end[0] - start[0]) * DEGREE_M * cos(radians(start[1])),
                (end[1] - start[1]) * DEGREE_M,
            )
    return found
