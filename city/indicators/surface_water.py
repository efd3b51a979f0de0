"""The class of surface water by QCVN 08:2023/BTNMT, Table 2, from the dated limit rows."""

from collections.abc import Callable, Mapping

CLASSES = ("A", "B", "C", "D")
"""Good, medium, bad, very bad."""
BELOW_D = "below D"
"""Our own: less oxygen than class D asks for has no class in the table."""
UPPER = {"river_cod_mgl": "cod", "river_bod5_mgl": "bod5"}
OXYGEN, ACIDITY = "do_mgl", "river_ph"
CLASSED = (*UPPER, OXYGEN, ACIDITY)
"""Quantities whose four classes are all known; of others some cells of the table are not confirmed."""
Bound = Callable[[str], float | None]
"""Key of a limit → the value in force, None where there is none."""


def classes_of(values: Mapping[str, float], bound: Bound) -> dict[str, str]:
    """Quantity → class, of those that have one."""
    found = {name: _class_of(name, values[name], bound) for name in CLASSED if name in values}
    return {name: letter for name, letter in found.items() if letter is not None}


def worst(classes: Mapping[str, str]) -> str | None:
    """The worst of them, None of none."""
    order = (*CLASSES, BELOW_D)
    return max(classes.values(), key=order.index, default=None)


def _class_of(name: str, value: float, bound: Bound) -> str | None:
    for letter in CLASSES[:3]:
        within = _within(name, value, letter.lower(), bound)
        if within is None:
            return None
        if within:
            return letter
    least = bound("river.do_class_d") if name == OXYGEN else None
    return BELOW_D if least is not None and value < least else CLASSES[-1]


def _within(name: str, value: float, letter: str, bound: Bound) -> bool | None:
    if name == ACIDITY:
        low, high = bound(f"river.ph_min_class_{letter}"), bound(f"river.ph_max_class_{letter}")
        return None if low is None or high is None else low <= value <= high
    limit = bound(f"river.{UPPER.get(name, 'do')}_class_{letter}")
    if limit is None:
        return None
    return value >= limit if name == OXYGEN else value <= limit
