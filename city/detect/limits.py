"""Thresholds per row and date: the row of a limit table in force at a reading's own time, or a fixed number."""

import numpy as np
from numpy.typing import NDArray

from city.enrich import Catalogue
from schemas.domains import Condition, Limit
from schemas.times import from_ms

ROOM = 64
"""Rows for which there is room at first."""
CALM = 0.5
"""A deviation ends, where `clear` does not say otherwise, at this part of it: at its edge it would come and go."""


class Thresholds:
    """The limit and the clearing value of one condition for every row of a quantity; NaN where none is in force.

    Values are multiplied by `side` (−1 for below), so that breaking is always "greater than"; deviations are distances.
    """

    def __init__(self, condition: Condition, catalogue: Catalogue) -> None:
        self._condition = condition
        self._catalogue = catalogue
        self.side = -1.0 if condition.is_below else 1.0
        self.bounds = np.array(sorted(self._boundaries()), dtype=np.int64)
        self.levels: NDArray[np.float64] = np.full((len(self.bounds) + 1, ROOM), np.nan)
        self.clears: NDArray[np.float64] = self.levels.copy()
        self._count = 0
        self.least = np.inf
        """No row's level is below this at any time."""
        self.clears_below = True
        """Nothing that breaks it could clear it."""

    def _boundaries(self) -> set[int]:
        """Times at which any row of the limit begins or ends."""
        rows = self._catalogue.limits_by_key.get(self._condition.limit or "", ())
        days = {day for row in rows for day in (row.valid_from, row.valid_to) if day is not None}
        return {self._catalogue.midnight_ms(day) for day in days}

    def add(self, sensor: str) -> None:
        """One more row, of this sensor."""
        pairs = [self._pair(sensor, interval) for interval in range(len(self.bounds) + 1)]
        if self._count == self.levels.shape[1]:
            more = np.full_like(self.levels, np.nan)
            self.levels, self.clears = np.hstack([self.levels, more]), np.hstack([self.clears, more])
        levels, clears = np.transpose(pairs)
        self.levels[:, self._count], self.clears[:, self._count] = levels, clears
        self.least = float(np.fmin.reduce(levels, initial=self.least))
        self.clears_below = self.clears_below and not (clears > levels).any()
        self._count += 1

    def _pair(self, sensor: str, interval: int) -> tuple[float, float]:
        condition = self._condition
        if not self._catalogue.applies(condition, sensor):
            return np.nan, np.nan
        if condition.deviation is not None:
            level = abs(condition.deviation)
            return level, CALM * level if condition.clear is None else abs(condition.clear)
        if condition.limit is None:
            level = next((x for x in (condition.above, condition.below) if x is not None), np.nan)
            return self.side * level, self.side * (level if condition.clear is None else condition.clear)
        row = self._in_force(sensor, interval)
        if row is None:
            return np.nan, np.nan
        level = self.side * row.value * condition.times
        factor = 1.0 if condition.clear is None else condition.clear
        # 0.9 of -5 m is above it: what is below zero ends as far on its calm side
        return level, level * (factor if row.value >= 0 else 2.0 - factor)

    def _in_force(self, sensor: str, interval: int) -> Limit | None:
        if interval == 0:
            return None
        return self.row(sensor, int(self.bounds[interval - 1]))

    def row(self, sensor: str, at_ms: int) -> Limit | None:
        """The row of the limit table that holds for a sensor at a time."""
        key = self._condition.limit
        assets = (sensor, self._catalogue.measured(sensor) or sensor)
        return self._catalogue.limit(key, from_ms(at_ms), *assets) if key else None
