"""VN_AQI of stations from the hourly means of their sensors."""

from collections.abc import Mapping, Sequence

import numpy as np

from city.indicators.air_index import GASES, HOURS, MEAN_H, PARTICLES, AirIndices, Floats, daily, hourly, slots

QUANTITIES = {f"{name}_ugm3": name for name in (*PARTICLES, *GASES)}
"""Quantity → parameter of the index."""
HOUR_MS, DAY_H = 3_600_000, 24
Means = Mapping[tuple[str, str], Mapping[int, float]]
"""(Station, parameter) → beginning of the hour, Unix milliseconds → mean in µg/m³."""


def of_hour(means: Means, stations: Sequence[str], end_ms: int) -> AirIndices:
    """AQI^h of each station in the hour that ends at `end_ms`."""
    gases = {name: _rows(means, stations, name, (end_ms, 1))[:, 0] for name in GASES}
    particles = {name: _rows(means, stations, name, (end_ms, HOURS)) for name in PARTICLES}
    return hourly(gases, particles)


def of_day(means: Means, stations: Sequence[str], end_ms: int) -> AirIndices:
    """AQI^d of each station in the day that ends at `end_ms`, a midnight of the city."""
    hours = {name: _rows(means, stations, name, (end_ms, DAY_H))[:, ::-1] for name in (*PARTICLES, *GASES)}
    hours["o3"] = _rows(means, stations, "o3", (end_ms, DAY_H + MEAN_H - 1))[:, ::-1]
    return daily(hours)


def _rows(means: Means, stations: Sequence[str], name: str, span: tuple[int, int]) -> Floats:
    """Stations × so many hours before the end, the newest first."""
    end_ms, count = span
    rows = [slots(means.get((station, name), {}), end_ms, count) for station in stations]
    return np.array(rows, dtype=np.float64).reshape(len(stations), count)
