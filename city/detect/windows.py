"""Window functions over the kept history of a row: mean, max, min, rate and sum, for many rows at once."""

import math
import warnings
from collections.abc import Callable

import numpy as np

from city.detect.store import Column, Field, Rows, Store
from schemas.domains import Condition, Quantity

COVERED = 0.75
"""Share of a window that must have readings before its mean or minimum counts."""
NEVER = np.iinfo(np.int64).min // 2
SLOW_S = 5.0
"""Sensors slower than this are re-judged after late readings."""
KEPT = 48
"""Readings of a slow sensor that are kept for that."""


def capacity(quantity: Quantity, conditions: tuple[Condition, ...]) -> int:
    """How many readings of a row to keep: what the longest window needs; some for re-judging slow sensors."""
    longest = max((condition.over for condition in conditions), default=0.0)
    period = max(quantity.period_s, 0.1)
    needed = min(math.ceil(longest / period * 1.25) + 4, 1024) if longest else 0
    return max(needed, KEPT if period > SLOW_S else 0)


def history_fields(size: int) -> dict[str, Field]:
    """Columns of a ring of `size` readings."""
    if not size:
        return {}
    return {
        "history_ms": Field("int64", NEVER, size),
        "history": Field("float64", 0.0, size),
        "written": Field("int64", 0),
    }


def remember(store: Store, rows: Rows, times: Column, values: Column) -> None:
    """Put one reading per row into its ring."""
    written = store.columns["written"]
    size = store.columns["history"].shape[1]
    at = written[rows] % size
    store.columns["history_ms"][rows, at] = times
    store.columns["history"][rows, at] = values
    written[rows] += 1


def evaluate(store: Store, rows: Rows, times: Column, condition: Condition, period_s: float) -> Column:
    """The window's value of each row at its time; NaN while too little of the window is covered."""
    stamps, history = store.columns["history_ms"][rows], store.columns["history"][rows]
    inside = (stamps > times[:, None] - int(condition.over * 1000)) & (stamps <= times[:, None])
    count = inside.sum(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        found = _function(condition.function, stamps, history, inside)
    if condition.function in {"mean", "min"}:
        found[count * period_s < COVERED * condition.over] = np.nan
    return found


def _function(name: str, stamps: Column, history: Column, inside: Column) -> Column:
    held = np.where(inside, history, np.nan)
    if name == "sum":
        total: Column = np.nansum(held, axis=1)
        return total
    if name == "rate":
        return _rate(stamps, history, inside)
    functions: dict[str, Callable[..., Column]] = {"mean": np.nanmean, "max": np.nanmax, "min": np.nanmin}
    return functions[name](held, axis=1)


def _rate(stamps: Column, history: Column, inside: Column) -> Column:
    """Change per hour between the oldest and the newest reading of the window."""
    every = np.arange(len(stamps))
    first = np.where(inside, stamps, np.iinfo(np.int64).max).argmin(axis=1)
    last = np.where(inside, stamps, NEVER).argmax(axis=1)
    hours = (stamps[every, last] - stamps[every, first]) / 3_600_000
    rise = history[every, last] - history[every, first]
    return np.where(hours > 0, rise / np.where(hours > 0, hours, 1.0), np.nan)
