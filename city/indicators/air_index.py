"""VN_AQI, hourly and daily, for many stations at once (Decision 1459/QĐ-TCMT of 2019-11-12).

Concentrations are in µg/m³, CO too. Arrays have a row per station; NaN is an hour without a valid mean.
"""

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from city.indicators.levels import VN_AQI_LEVELS, VN_AQI_TOPS, Level, rising

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

INDEX = np.array([0.0, 50, 100, 150, 200, 300, 400, 500])
BREAKPOINTS: dict[str, Floats] = {
    "o3": np.array([0.0, 160, 200, 300, 400, 800, 1000, 1200]),
    "o3_8h": np.array([0.0, 100, 120, 170, 210, 400]),
    "co": np.array([0.0, 10_000, 30_000, 45_000, 60_000, 90_000, 120_000, 150_000]),
    "so2": np.array([0.0, 125, 350, 550, 800, 1600, 2100, 2630]),
    "no2": np.array([0.0, 100, 200, 700, 1200, 2350, 3100, 3850]),
    "pm10": np.array([0.0, 50, 150, 250, 350, 420, 500, 600]),
    "pm25": np.array([0.0, 25, 50, 80, 150, 250, 350, 500]),
}
"""Table 2: continuous, so that nothing falls between two levels; above the last one the index is 500."""
PARTICLES, GASES = ("pm25", "pm10"), ("so2", "no2", "co", "o3")
HOURS, RECENT, NEEDED = 12, 3, 2
"""Of NowCast: of the last 12 hours at least two of the last three are needed."""
MEAN_H = 8
OZONE_MOST = 400.0
"""Above this 8-hour mean of ozone the 8-hour index is not worked out."""
COVERED = 0.75
"""Our own, the decision is silent: the part of a day or of eight hours that must be there before its mean counts."""
METHOD = "VN_AQI (1459/QĐ-TCMT), NowCast normalised"
METHOD_VI = "VN_AQI (1459/QĐ-TCMT), NowCast chuẩn hóa"
NO_PARTICLES = "no PM10/PM2.5"
NONE = -1


class AirIndex(msgspec.Struct, frozen=True, kw_only=True):
    """The index of one station."""

    value: int | None
    """None: there is none, for this `reason`."""
    level: Level | None
    main: str | None
    """The parameter with the highest index."""
    parts: dict[str, int]
    reason: str | None = None
    method: str = METHOD


class AirIndices(msgspec.Struct, frozen=True, kw_only=True):
    """The indices of many stations, rounded; −1 where there is none."""

    values: Whole
    parts: dict[str, Whole]

    def of(self, row: int) -> AirIndex:
        """The index of one station, in words."""
        parts = {name: int(column[row]) for name, column in self.parts.items() if column[row] != NONE}
        value = int(self.values[row])
        if value == NONE:
            return AirIndex(value=None, level=None, main=None, parts=parts, reason=NO_PARTICLES)
        level = rising(VN_AQI_LEVELS, VN_AQI_TOPS, value)
        return AirIndex(value=value, level=level, main=max(parts, key=lambda name: parts[name]), parts=parts)


def sub_index(parameter: str, concentration: Floats) -> Floats:
    """AQI_x of concentrations, not rounded (§2.2.2); what is below 0 is noise around 0."""
    points = BREAKPOINTS[parameter]
    return np.where(np.isnan(concentration), np.nan, np.interp(concentration, points, INDEX[: len(points)]))


def nowcast(hours: Floats) -> Floats:
    """NowCast of stations × 12 hourly means, the newest first (§2.2.2); NaN where too little is known.

    A missing hour keeps its place, and the sum is always divided by the weights that were used: by the letter of the
    formula for w = ½ a missing hour would count as clean air.
    """
    values = np.maximum(hours, 0.0)
    known = ~np.isnan(values)
    least = np.where(known, values, np.inf).min(axis=1)
    most = np.where(known, values, -np.inf).max(axis=1)
    spread = np.where(most > 0, least / np.where(most > 0, most, 1.0), 1.0)
    weight = np.where(spread > 0.5, spread, 0.5)
    weights = np.where(known, weight[:, None] ** np.arange(hours.shape[1]), 0.0)
    total = (weights * np.where(known, values, 0.0)).sum(axis=1)
    enough = known[:, :RECENT].sum(axis=1) >= NEEDED
    found: Floats = np.where(enough, total / np.where(enough, weights.sum(axis=1), 1.0), np.nan)
    return found


def hourly(gases: Mapping[str, Floats], particles: Mapping[str, Floats]) -> AirIndices:
    """AQI^h: of gases the hour's mean of each station, of particles stations × 12 hourly means, the newest first."""
    parts = {name: sub_index(name, nowcast(particles[name])) for name in PARTICLES if name in particles}
    parts |= {name: sub_index(name, gases[name]) for name in GASES if name in gases}
    return _indices(parts)


def daily(hours: Mapping[str, Floats]) -> AirIndices:
    """AQI^d: stations × 24 hourly means, the oldest first, of the hours that end at 01:00 … 24:00.

    Of `o3` there may be 31: the last seven hours of the day before come first, for the 8-hour means.
    """
    parts = {name: sub_index(name, _mean(hours[name])) for name in PARTICLES if name in hours}
    for name in GASES:
        if name in hours:
            parts[name] = sub_index(name, _most(np.maximum(hours[name][:, -24:], 0.0)))
    if "o3" in hours:
        eight = _most(means_of_eight(hours["o3"]))
        parts["o3_8h"] = sub_index("o3_8h", np.where(eight > OZONE_MOST, np.nan, eight))
    return _indices(parts)


def means_of_eight(hours: Floats) -> Floats:
    """Means of the eight hours that end with each hour from the eighth on; NaN where six are not known."""
    windows = np.lib.stride_tricks.sliding_window_view(np.maximum(hours, 0.0), MEAN_H, axis=1)
    return _mean(windows)


def _mean(values: Floats) -> Floats:
    known = ~np.isnan(values)
    count = known.sum(axis=-1)
    total = np.where(known, np.maximum(values, 0.0), 0.0).sum(axis=-1)
    found: Floats = np.where(count >= COVERED * values.shape[-1], total / np.maximum(count, 1), np.nan)
    return found


def _most(values: Floats) -> Floats:
    most = np.where(np.isnan(values), -np.inf, values).max(axis=1)
    return np.where(np.isinf(most), np.nan, most)


def _indices(parts: Mapping[str, Floats]) -> AirIndices:
    rounded = {name: half_up(part) for name, part in parts.items()}
    highest = np.max(list(rounded.values()), axis=0)
    particles = np.max(
        [rounded[name] for name in PARTICLES if name in rounded] or [np.full_like(highest, NONE)], axis=0
    )
    return AirIndices(values=np.where(particles == NONE, NONE, highest), parts=rounded)


def half_up(values: Floats) -> Whole:
    """Whole numbers, halves up: 109.5 is 110, also where the arithmetic came to 109.49999999999999; NaN is −1."""
    known = ~np.isnan(values)
    return np.where(known, np.floor(np.round(np.where(known, values, 0.0), 9) + 0.5), NONE).astype(np.int64)


def slots(means: Mapping[int, float], end_ms: int, count: int) -> list[float]:
    """Hourly means by the hour's beginning (Unix ms) as `count` slots, the newest first, that ends at `end_ms`."""
    hour_ms = 3_600_000
    return [means.get(end_ms - (back + 1) * hour_ms, np.nan) for back in range(count)]
