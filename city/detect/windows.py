"""Window functions over the kept history of a row: mean, max, min, rate and sum, for many rows at once."""

import math
from typing import NamedTuple

import numpy as np

from city.detect.parts import Parts
from city.detect.resting import Runs
from city.detect.store import NEVER, Column, Field, Rows, Store, cells
from city.enrich import Catalogue
from schemas.domains import Condition, Quantity

COVERED = 0.75
"""Share of a window that must have readings before its mean or minimum counts."""
NEED_COVER = ("mean", "min", "ceiling")
SLOW_S = 5.0
"""Sensors slower than this are re-judged after late readings."""
MOST = 192
"""Readings of a slow sensor between two checkpoints, at most: half an hour of one every 10 s."""
MOST_KEPT = 512
"""Readings of a window that are kept, at most."""
BETWEEN = ("mean", "max", "min")
"""Functions whose value lies between the readings of the window."""
ROUNDED = 1e-9
"""A mean may be above the greatest of its readings by a rounding, which is less than this and this part of it."""


def between_checkpoints(quantity: Quantity, lateness_s: float) -> int:
    """How many readings of a slow sensor its lateness spans; 0: a fast one, its late readings are only counted."""
    return min(math.ceil(lateness_s / quantity.period_s) + 2, MOST) if quantity.period_s > SLOW_S else 0


def capacity(quantity: Quantity, conditions: tuple[Condition, ...], between: int) -> int:
    """How many readings of a row to keep: those of the longest window, and those after the older checkpoint."""
    longest = max((one.over for one in conditions if not in_parts(one, quantity)), default=0.0)
    return (min(_readings(longest, quantity), MOST_KEPT) if longest else 0) + 2 * between


def _readings(span_s: float, quantity: Quantity) -> int:
    return math.ceil(span_s / max(quantity.period_s, 0.1) * 1.25) + 4


def in_parts(condition: Condition, quantity: Quantity) -> bool:
    """Whether a condition's window has more readings than are kept: its mean is then kept in parts."""
    return condition.function == "mean" and _readings(condition.over, quantity) > MOST_KEPT


def history_fields(size: int) -> dict[str, Field]:
    """Columns of a ring of `size` readings."""
    if not size:
        return {}
    return {
        "history_ms": Field("int64", NEVER, size, "written"),
        "history": Field("float64", 0.0, size, "written"),
        "written": Field("int64", 0),
    }


def remember(store: Store, rows: Rows, times: Column, values: Column) -> None:
    """Put one reading per row into its ring."""
    written = store.columns["written"]
    size = store.columns["history"].shape[1]
    before = written[rows]
    at = rows * size + before % size
    cells(store.columns["history_ms"])[at] = times
    cells(store.columns["history"])[at] = values
    written[rows] = before + 1


class Kept(NamedTuple):
    """The rings of some rows."""

    history_ms: Column
    history: Column
    written: Column

    def remember(self, places: Rows, runs: Runs) -> None:
        """Put all readings into the rings at these places, one for each row of the runs; the newest stay."""
        size = self.history.shape[1]
        ranks, count = runs.ranks, runs.lasts - runs.starts + 1
        kept = np.flatnonzero(ranks >= count[runs.of] - size)
        rings = places[runs.of[kept]]
        at = rings * size + (self.written[rings] + ranks[kept]) % size
        cells(self.history_ms)[at] = runs.times[kept]
        cells(self.history)[at] = runs.values[kept]
        self.written[places] += count


def remember_all(store: Store, runs: Runs) -> None:
    """Put all readings of rows into their rings."""
    Kept(*(store.columns[name] for name in Kept._fields)).remember(runs.rows, runs)


def insert(store: Store, rows: Rows, times: Column, values: Column) -> None:
    """Put one late reading per row where it belongs by time; newer ones move on by one place."""
    stamps, history, written = (store.columns[name] for name in ("history_ms", "history", "written"))
    size = history.shape[1]
    for row, at_ms, value in zip(rows, times, values, strict=True):
        newest_first = (written[row] - 1 - np.arange(min(written[row], size))) % size
        newer = newest_first[stamps[row, newest_first] > at_ms]
        places = np.concatenate([[written[row] % size], newer])
        stamps[row, places] = np.append(stamps[row, newer], at_ms)
        history[row, places] = np.append(history[row, newer], value)
        written[row] += 1


def holds(store: Store, rows: Rows, times: Column) -> Column:
    """Whether each row keeps a reading of this time."""
    found: Column = (store.columns["history_ms"][rows] == times[:, None]).any(axis=1)
    return found


def since(store: Store, rows: Rows, after_ms: Column) -> tuple[Column, Column]:
    """Times and values of each row's kept readings after a time, oldest first; NEVER past a row's last."""
    stamps = store.columns["history_ms"][rows]
    wanted = stamps > after_ms[:, None]
    order = np.where(wanted, stamps, np.iinfo(np.int64).max).argsort(axis=1)[:, : int(wanted.sum(axis=1).max())]
    every = np.arange(len(rows))[:, None]
    return np.where(wanted[every, order], stamps[every, order], NEVER), store.columns["history"][rows][every, order]


def evaluate(store: Store, rows: Rows, times: Column, condition: Condition, periods_s: Column) -> Column:
    """The window's value of each row at its time; NaN while too little of the window is covered."""
    return _windowed(store.columns["history_ms"][rows], store.columns["history"][rows], times, condition, periods_s)


def _windowed(stamps: Column, history: Column, times: Column, condition: Condition, periods_s: Column) -> Column:
    """One row of stamps and readings for each time, and the seconds between two of its sensor's."""
    inside = (stamps > times[:, None] - int(condition.over * 1000)) & (stamps <= times[:, None]) & ~np.isnan(history)
    count = inside.sum(axis=1)
    found = _function(condition.function, stamps, history, inside)
    covered = count * periods_s >= COVERED * condition.over if condition.function in NEED_COVER else count > 0
    return np.where(covered, found, np.nan)


class Measure:
    """What conditions with one window of one quantity compare with their limits, worked out once for all of them."""

    def __init__(self, condition: Condition, quantity: Quantity, catalogue: Catalogue) -> None:
        """Of this condition, and of those whose `window_of` is the same."""
        self._condition = condition
        self._catalogue = catalogue
        self._periods_s = np.zeros(0)
        self._parts = Parts(condition.over) if in_parts(condition, quantity) else None
        self._is_between = condition.over > 0 and condition.function in BETWEEN
        self._is_taken = False
        self._known: Column | None = None
        self._most: dict[float, float] = {}

    def fields(self) -> dict[str, Field]:
        """Columns it keeps."""
        return self._parts.fields() if self._parts else {}

    def add(self, sensor: str) -> None:
        """One more row."""
        self._periods_s = np.append(self._periods_s, self._catalogue.period_s(sensor, self._condition.quantity))

    def forget(self) -> None:
        """Other readings come."""
        self._known, self._is_taken = None, False
        self._most.clear()

    def rewound(self) -> None:
        """Its columns are as they were before, or as new."""
        if self._parts:
            self._parts.forget()

    def take(self, store: Store, rows: Rows, times: Column, values: Column) -> None:
        """Readings, one per row, also where no condition asks for the window's value."""
        if self._parts and not self._is_taken:
            self._parts.take(store, rows, times, values)
            self._is_taken = True

    def of(self, store: Store, rows: Rows, times: Column, values: Column) -> Column:
        """For one reading per row, the same for all conditions until it forgets; NaN where there is none."""
        if self._known is None:
            self._known = self._worked_out(store, rows, times, values)
        return self._known

    def most(self, store: Store, rows: Rows, times: Column, values: Column, side: float) -> float:
        """No row's value times `side` (1 or −1) is above this. Of most windows it costs less than their values do."""
        found = self._most.get(side)
        if found is None:
            self.take(store, rows, times, values)
            own = [side * one for one in self._around(store, rows, times, values)]
            most = max(float(np.fmax.reduce(one, axis=None, initial=-np.inf)) for one in own)
            found = self._most[side] = most + (1 + abs(most)) * ROUNDED if self._is_between else most
        return found

    def take_all(self, store: Store, runs: Runs) -> None:
        """Readings, several of a row, of which no condition asks for the window's value."""
        if self._parts:
            self._parts.take_all(store, runs)

    def bound(self, store: Store, runs: Runs, side: float) -> Column:
        """Of each row, what no value times `side` is above while it takes these readings, which it has not yet."""
        if not self._condition.over:
            return runs.most(side)
        if self._parts:
            most = np.fmax(runs.most(side), self._parts.most(store, runs.rows, side))
        elif self._is_between:
            most = np.fmax(runs.most(side), np.fmax.reduce(side * store.columns["history"][runs.rows], axis=1))
        else:
            most = self._most_of(store, runs, side)
        return most + (1 + np.abs(most)) * ROUNDED

    def _most_of(self, store: Store, runs: Runs, side: float) -> Column:
        """Worked out with a copy of what is kept; infinite where that is too little for so many readings at once."""
        copy = Kept(*(store.columns[name][runs.rows] for name in Kept._fields))
        copy.remember(np.arange(len(runs.rows)), runs)
        span_ms = int(self._condition.over * 1000)
        periods_s = self._periods_s[runs.rows][runs.of]
        values = _windowed(copy.history_ms[runs.of], copy.history[runs.of], runs.times, self._condition, periods_s)
        most = np.fmax.reduceat(side * values, runs.starts)
        return np.where(copy.history_ms.min(axis=1) <= runs.times[runs.starts] - span_ms, most, np.inf)

    def _around(self, store: Store, rows: Rows, times: Column, values: Column) -> tuple[Column, ...]:
        """Values that those of all rows lie between."""
        if self._parts:
            return self._parts.around(store, rows)
        return (store.columns["history"].take(rows, 0) if self._is_between else self.of(store, rows, times, values),)

    def _worked_out(self, store: Store, rows: Rows, times: Column, values: Column) -> Column:
        if self._parts:
            self.take(store, rows, times, values)
            return self._parts.mean(store, rows, times, self._periods_s[rows])
        if self._condition.over:
            return evaluate(store, rows, times, self._condition, self._periods_s[rows])
        return values


def window_of(condition: Condition) -> tuple[float, str]:
    """What tells windows apart: length and function; that of single readings is one."""
    return condition.over, condition.function if condition.over else ""


def _function(name: str, stamps: Column, history: Column, inside: Column) -> Column:
    if name == "rate":
        return _rate(stamps, history, inside)
    if name in ("max", "min"):
        return _most(history, inside) if name == "max" else -_most(-history, inside)
    if name == "ceiling":
        return _ceiling(history, inside)
    total: Column = np.where(inside, history, 0.0).sum(axis=1)
    return total / np.maximum(inside.sum(axis=1), 1) if name == "mean" else total


def _most(history: Column, inside: Column) -> Column:
    found: Column = np.where(inside, history, -np.inf).max(axis=1)
    return found


def _ceiling(history: Column, inside: Column) -> Column:
    """Share of the readings that equal the greatest: of cut-off values it is large. 0 where all are the same."""
    most, least = _most(history, inside), -_most(-history, inside)
    share: Column = (inside & (history == most[:, None])).sum(axis=1) / np.maximum(inside.sum(axis=1), 1)
    return np.where(least == most, 0.0, share)


def _rate(stamps: Column, history: Column, inside: Column) -> Column:
    """Change per hour between the oldest and the newest reading of the window."""
    every = np.arange(len(stamps))
    first = np.where(inside, stamps, np.iinfo(np.int64).max).argmin(axis=1)
    last = np.where(inside, stamps, NEVER).argmax(axis=1)
    hours = (stamps[every, last] - stamps[every, first]) / 3_600_000
    rise = history[every, last] - history[every, first]
    return np.where(hours > 0, rise / np.where(hours > 0, hours, 1.0), np.nan)
