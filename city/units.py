"""SenML units, how they convert (RFC 8428 §12.1, RFC 8798 §3, a few of our own), and how people write them."""

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from schemas.errors import Invalid
from schemas.sentences import say

_F = Fraction


class Unit(NamedTuple):
    """value in the dimension's first unit = value × scale + shift."""

    dimension: str
    scale: Fraction
    shift: Fraction = _F(0)


def _family(dimension: str, **scales: Fraction | int) -> dict[str, Unit]:
    return {name: Unit(dimension, _F(scale)) for name, scale in scales.items()}


def _named(dimension: str, scales: dict[str, Fraction | int]) -> dict[str, Unit]:
    return _family(dimension, **scales)


UNITS: dict[str, Unit] = {
    **_named("length", {"m": 1, "mm": _F(1, 1000), "cm": _F(1, 100), "km": 1000}),
    **_named("time", {"s": 1, "ms": _F(1, 1000), "min": 60, "h": 3600}),
    **_named(
        "speed", {"m/s": 1, "km/h": _F(10, 36), "m/h": _F(1, 3600), "mm/h": _F(1, 3_600_000), "cm/h": _F(1, 360_000)}
    ),
    **_named("flow", {"m3/s": 1, "l/s": _F(1, 1000), "m3/h": _F(1, 3600), "l/min": _F(1, 60_000)}),
    **_named("volume", {"m3": 1, "l": _F(1, 1000)}),
    **_named("mass", {"kg": 1, "g": _F(1, 1000)}),
    **_named(
        "concentration",
        {"kg/m3": 1, "g/m3": _F(1, 1000), "mg/m3": _F(1, 10**6), "ug/m3": _F(1, 10**9), "mg/l": _F(1, 1000)},
    ),
    **_named("ratio", {"/": 1, "%": _F(1, 100), "/100": _F(1, 100), "/1000": _F(1, 1000), "ppm": _F(1, 10**6)}),
    **_named("frequency", {"Hz": 1, "1/s": 1, "1/min": _F(1, 60), "1/h": _F(1, 3600), "MHz": 10**6, "kHz": 1000}),
    **_named("voltage", {"V": 1, "mV": _F(1, 1000), "kV": 1000}),
    **_named("current", {"A": 1, "mA": _F(1, 1000), "kA": 1000}),
    **_named("power", {"W": 1, "kW": 1000, "MW": 10**6}),
    **_named("apparent power", {"VA": 1, "kVA": 1000}),
    **_named("reactive power", {"var": 1, "kvar": 1000}),
    **_named("energy", {"J": 1, "Wh": 3600, "kWh": 3_600_000}),
    **_named("reactive energy", {"vars": 1, "varh": 3600, "kvarh": 3_600_000}),
    **_named("apparent energy", {"VAs": 1, "VAh": 3600, "kVAh": 3_600_000}),
    **_named("charge", {"C": 1, "Ah": 3600}),
    **_named("energy over distance", {"J/m": 1, "Wh/km": _F(36, 10)}),
    **_named("pressure", {"Pa": 1, "hPa": 100, "kPa": 1000, "bar": 100_000}),
    **_named("data", {"B": 1, "KiB": 1024, "GB": 10**9}),
    **_named("data rate", {"bit/s": 1, "B/s": 8, "Mbit/s": 10**6, "MB/s": 8 * 10**6}),
    **_named("angle", {"deg": 1}),
    **{
        name: Unit(name, _F(1))
        for name in ("pH", "NTU", "count", "dB", "%RH", "lux", "lx", "lat", "lon", "rad", "S/m", "%EL")
    },
    "K": Unit("temperature", _F(1)),
    "Cel": Unit("temperature", _F(1), _F(27315, 100)),
    "dBW": Unit("signal power", _F(1)),
    "dBm": Unit("signal power", _F(1), _F(-30)),
}


SAID: dict[str, str] = {
    "/": "",
    "1": "",
    "count": "",
    "%RH": "%",
    "%EL": "%",
    "/100": "%",
    "/1000": "‰",
    "Cel": "°C",
    "deg": "°",
    "lat": "°",
    "lon": "°",
    "lux": "lx",
}
"""What people say in the place of some units: nothing of what is counted, and of shares."""
LETTERS = (("^u(?=g)", "µ"), ("(?<=[a-z])2(?![0-9A-Za-z])", "²"), ("(?<=[a-z])3(?![0-9A-Za-z])", "³"))
"""Pattern → letter, in all others: a raised digit follows a small letter and ends its part (`tCO2e` keeps its 2)."""
IN_VIETNAMESE = (("bn VND", "tỷ đồng"), ("worker", "lao động"))
"""What is written in other words then. `make docs` hands these three tables on to the console."""


@lru_cache(1000)
def spelled(unit: str) -> tuple[str, str]:
    """A unit within a sentence, in English and Vietnamese: `µg/m³` of `ug/m3`. In data it keeps to SenML."""
    english = SAID.get(unit)
    if english is None:
        english = unit
        for pattern, letter in LETTERS:
            english = re.sub(pattern, letter, english)
    vietnamese = english
    for words, others in IN_VIETNAMESE:
        vietnamese = vietnamese.replace(words, others)
    return english, vietnamese


def is_same(unit: str, own: str) -> bool:
    """Whether two names say the same unit, so that values need no conversion."""
    known = UNITS.get(unit)
    return unit == own or (known is not None and known == UNITS.get(own))


def conversion(unit: str, own: str) -> tuple[float, float]:
    """(factor, shift) that take a value in `unit` to `own`: value × factor + shift. Raises Invalid, field `u`."""
    if unit == own:
        return 1.0, 0.0
    given, wanted = UNITS.get(unit), UNITS.get(own)
    if given is None:
        raise Invalid(say("unit_unknown", unit=unit[:40], own=own), field="u")
    if wanted is None or given.dimension != wanted.dimension:
        raise Invalid(say("unit_incompatible", unit=unit, own=own), field="u")
    return float(given.scale / wanted.scale), float((given.shift - wanted.shift) / wanted.scale)
