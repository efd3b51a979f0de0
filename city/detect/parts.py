"""Means over windows with more readings than are kept: of sums of 24 parts, which are hours of a day."""

from typing import NamedTuple

import numpy as np

from city.detect.resting import Runs
from city.detect.store import NEVER, Column, Field, Rows, Store, cells

PARTS = 24
WIDTH = PARTS + 1
COVERED = 18
"""Parts, three quarters of all, that must have readings before the mean counts."""


class Taken(NamedTuple):
    """Of each reading taken last: the number of its part, the part's sum and how many readings it has."""

    part: Column
    total: Column
    readings: Column


class Parts:
    """The mean of one window for every row of a store."""

    def __init__(self, over_s: float) -> None:
        """`over_s`: length of the window."""
        self._part_ms = round(over_s * 1000) // PARTS
        self._names = tuple(f"{noun}:{over_s:g}" for noun in ("part", "sum", "count"))
        self._taken = Taken(*(np.zeros(0) for _ in Taken._fields))
        self._of_others = np.full(0, NEVER)
        self._others = np.full(0, np.nan)

    def fields(self) -> dict[str, Field]:
        """Columns it keeps: the number of each part, the sum and the count of its readings."""
        part, total, count = self._names
        return {
            part: Field("int64", NEVER, WIDTH),
            total: Field("float64", 0.0, WIDTH),
            count: Field("int64", 0, WIDTH),
        }

    def forget(self) -> None:
        """The columns were written by somebody else."""
        self._of_others[:] = NEVER

    def take(self, store: Store, rows: Rows, times: Column, values: Column) -> None:
        """One reading per row, NaN where nothing was measured."""
        numbers, sums, counts = map(cells, self._columns(store))
        part = times // self._part_ms
        at = rows * WIDTH + part % WIDTH
        fresh = numbers[at] != part
        if np.count_nonzero(fresh):
            new = at[fresh]
            numbers[new], sums[new], counts[new] = part[fresh], 0.0, 0
        unknown = np.isnan(values)
        total = sums[at] + (np.where(unknown, 0.0, values) if np.count_nonzero(unknown) else values)
        count = counts[at] + ~unknown
        sums[at], counts[at] = total, count
        self._taken = Taken(part, total, count)

    def take_all(self, store: Store, runs: Runs) -> None:
        """Readings in order, several of a row, all of them measured."""
        numbers, sums, counts = map(cells, self._columns(store))
        part = runs.times // self._part_ms
        at = runs.rows[runs.of] * WIDTH + part % WIDTH
        fresh = numbers[at] != part
        if np.count_nonzero(fresh):
            new = at[fresh]
            numbers[new], sums[new], counts[new] = part[fresh], 0.0, 0
        np.add.at(sums, at, runs.values)
        np.add.at(counts, at, 1)

    def most(self, store: Store, rows: Rows, side: float) -> Column:
        """Of each row, the greatest mean of a part times `side`, whenever that was."""
        _, sums, counts = (column[rows] for column in self._columns(store))
        means = np.where(counts > 0, side * sums / np.maximum(counts, 1), -np.inf)
        found: Column = means.max(axis=1)
        return found

    def mean(self, store: Store, rows: Rows, times: Column, periods_s: Column) -> Column:
        """Of all readings within the window; NaN while too few of its parts have any, or one before them stands for.

        A reading stands for the parts until the next one is due: `periods_s` of each row.
        """
        numbers, sums, counts = (column.take(rows, axis=0) for column in self._columns(store))
        inside = (numbers > (times // self._part_ms - PARTS)[:, None]) & (counts > 0)
        total, count = (sums * inside).sum(axis=1), (counts * inside).sum(axis=1)
        covered = inside.sum(axis=1) * np.maximum(1.0, periods_s * 1000 / self._part_ms)
        found: Column = np.where(covered >= COVERED, total / np.maximum(count, 1), np.nan)
        return found

    def around(self, store: Store, rows: Rows) -> tuple[Column, Column]:
        """Two values per row that its mean with the readings just taken lies between, but for roundings.

        That of the present part, 0 where it has no readings, and that of all others, NaN where these have none, which
        stays as it is while the part goes on.
        """
        part, total, readings = self._taken
        if len(self._others) < len(store.names):
            self._others = np.full(2 * len(store.names), np.nan)
            self._of_others = np.full(2 * len(store.names), NEVER)
        over = self._of_others[rows] != part
        if np.count_nonzero(over):
            self._of_others[rows[over]] = part[over]
            self._others[rows[over]] = self._without(store, rows[over], part[over])
        return total / np.maximum(readings, 1), self._others[rows]

    def _without(self, store: Store, rows: Rows, part: Column) -> Column:
        """The mean of the window without the present part."""
        numbers, sums, counts = (column[rows] for column in self._columns(store))
        inside = (numbers > (part - PARTS)[:, None]) & (numbers < part[:, None]) & (counts > 0)
        total, count = (sums * inside).sum(axis=1), (counts * inside).sum(axis=1)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    def _columns(self, store: Store) -> tuple[Column, Column, Column]:
        part, total, count = self._names
        return store.columns[part], store.columns[total], store.columns[count]
