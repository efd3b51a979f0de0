"""Readings of a stretch of which nothing can come: rows that rest are taken at once, not reading by reading."""

from typing import NamedTuple

import numpy as np

from city.detect.plain import firsts
from city.detect.store import Column, Rows


class Runs(NamedTuple):
    """Readings of some rows of a series, those of one row together and each newer than the one before."""

    rows: Rows
    """Each once."""
    starts: Rows
    """Of each row, where its readings begin."""
    of: Rows
    """Of each reading, the place of its row in `rows`."""
    times: Column
    values: Column

    @classmethod
    def of_rows(cls, rows: Rows, times: Column, values: Column) -> "Runs":
        """`rows`: of each reading, equal ones together."""
        first = firsts(rows)
        starts = np.flatnonzero(first)
        return cls(rows[starts], starts, np.cumsum(first) - 1, times, values)

    def only(self, here: Column) -> "Runs":
        """Some of the readings, one flag each."""
        return Runs.of_rows(self.rows[self.of[here]], self.times[here], self.values[here])

    @property
    def lasts(self) -> Rows:
        """Of each row, where its readings end."""
        return np.append(self.starts[1:], len(self.times)) - 1

    @property
    def ranks(self) -> Rows:
        """Of each reading, how many of its row are before it."""
        return np.arange(len(self.times)) - self.starts[self.of]

    def most(self, side: float) -> Column:
        """Of each row, its greatest reading times `side` (1 or −1)."""
        found: Column = np.maximum.reduceat(side * self.values, self.starts)
        return found

    def before(self, column: Column, own: Column) -> Column:
        """Of each reading, the `own` value of the one before; of a row's first one what its column says."""
        found = np.roll(own, 1)
        found[self.starts] = column[self.rows]
        return found
