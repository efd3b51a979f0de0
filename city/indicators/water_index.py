"""VN_WQI of one station (Decision 1460/QĐ-TCMT of 2019-11-12), and the class of surface water by QCVN 08:2023.

Groups and the top level are official; formulas and tables are known from two public codes only. So every figure is
named provisional. Pesticides and metals (groups II and III) have no table here and are left out.
"""

from collections.abc import Mapping
from math import prod

import msgspec
import numpy as np

from city.indicators.levels import VN_WQI_BOTTOMS, VN_WQI_LEVELS, Level, falling

METHOD = "VN_WQI (provisional method)"
METHOD_VI = "VN_WQI (phương pháp tạm thời)"
CORES = {"square": "[mean(IV)² × mean(V)]^(1/3)", "plain": "[mean(IV) × mean(V)]^(1/2)"}
"""Two readings of how organic matter and microbes go together; the first is the default."""
TABLES: dict[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "bod5_mgl": ((4, 6, 15, 25, 50), (100, 75, 50, 25, 10)),
    "toc_mgl": ((4, 6, 15, 25, 50), (100, 75, 50, 25, 10)),
    "cod_mgl": ((10, 15, 30, 50, 150), (100, 75, 50, 25, 10)),
    "po4p_mgl": ((0.1, 0.2, 0.3, 0.5, 4), (100, 75, 50, 25, 10)),
    "nh4n_mgl": ((0.3, 0.6, 0.9, 5), (75, 50, 25, 10)),
    "no3n_mgl": ((2, 5, 10, 15), (100, 75, 50, 25)),
    "coliform_per_100ml": ((2500, 5000, 7500, 10_000), (100, 75, 50, 25)),
    "ecoli_per_100ml": ((20, 50, 100, 200), (100, 75, 50, 25)),
    "ph": ((5.5, 6, 8.5, 9), (50, 100, 100, 50)),
    "do_percent": ((20, 50, 75, 88, 112, 125, 150, 200), (25, 50, 75, 100, 100, 75, 50, 25)),
}
ORGANIC = ("do_percent", "bod5_mgl", "cod_mgl", "toc_mgl", "nh4n_mgl", "no3n_mgl", "no2n_mgl", "po4p_mgl")
MICROBES = ("coliform_per_100ml", "ecoli_per_100ml")
OUTSIDE = 10.0
NITRITE_MOST = 0.05


class WaterIndex(msgspec.Struct, frozen=True, kw_only=True):
    """The index of one station at one time."""

    value: int | None
    """None: nothing of group IV is known."""
    level: Level | None
    parts: dict[str, float]
    """Sub-index of each parameter."""
    doubts: tuple[str, ...] = ()
    """Parameters whose value lies where the sources disagree or say nothing."""
    method: str = METHOD
    core: str = CORES["square"]


def oxygen_percent(oxygen_mgl: float, water_c: float) -> float:
    """Saturation in percent of dissolved oxygen at the water's temperature in °C."""
    full = 14.652 - 0.41022 * water_c + 0.0079910 * water_c**2 - 0.000077774 * water_c**3
    return 100 * oxygen_mgl / full


def water_index(values: Mapping[str, float], core: str = "square") -> WaterIndex:
    """VN_WQI of what is known, by the names of TABLES and `no2n_mgl`; `core` is a name of CORES."""
    parts = {name: part for name, value in values.items() if (part := sub_index(name, value)) is not None}
    doubts = tuple(name for name in ("no3n_mgl", "ecoli_per_100ml") if values.get(name, 0) > TABLES[name][0][-1])
    organic = [parts[name] for name in ORGANIC if name in parts]
    microbes = [parts[name] for name in MICROBES if name in parts]
    if not organic:
        return WaterIndex(value=None, level=None, parts=parts, doubts=doubts, core=CORES[core])
    whole = parts.get("ph", 100.0) / 100 * _core(organic, microbes, core)
    value = int(np.floor(round(whole, 9) + 0.5))
    level = falling(VN_WQI_LEVELS, VN_WQI_BOTTOMS, value)
    return WaterIndex(value=value, level=level, parts=parts, doubts=doubts, core=CORES[core])


def _core(organic: list[float], microbes: list[float], core: str) -> float:
    mean = sum(organic) / len(organic)
    if not microbes:
        return mean
    factors = [mean, mean] if core == "square" else [mean]
    factors.append(sum(microbes) / len(microbes))
    return float(prod(factors) ** (1 / len(factors)))


def sub_index(name: str, value: float) -> float | None:
    """q of one parameter, by linear interpolation; None for one that has no table."""
    if name == "no2n_mgl":
        return 100.0 if value <= NITRITE_MOST else OUTSIDE
    if name not in TABLES:
        return None
    points, steps = TABLES[name]
    if name in ("ph", "do_percent"):
        return float(np.interp(value, points, steps)) if points[0] <= value <= points[-1] else OUTSIDE
    if value < points[0]:
        return 100.0
    return float(np.interp(value, points, steps)) if value <= points[-1] else OUTSIDE
