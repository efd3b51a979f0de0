"""Where nobody knows whether a value lasted: its sensor sent nothing for so long that it counts as silent."""

from math import inf

import numpy as np

from city.detect.store import Column, Rows, Store
from city.enrich import Catalogue

PERIODS = 3
"""So many periods may lie between two readings in any case: another quantity of the sensor may come more often."""
LONGEST_S = 1e12
"""Where nothing watches a sensor."""


class Gaps:
    """A duration begins anew after such a gap between two readings of a sensor; where nothing watches it, never."""

    def __init__(self, quantity: str, catalogue: Catalogue) -> None:
        """No rows yet."""
        self._quantity, self._catalogue = quantity, catalogue
        self._allowed_ms: Column = np.zeros(0, dtype=np.int64)

    def add(self, sensor: str) -> None:
        """One more row."""
        least_s = PERIODS * self._catalogue.period_s(sensor, self._quantity)
        allowed_s = max(least_s, min(self._silent_after_s(sensor), LONGEST_S))
        self._allowed_ms = np.append(self._allowed_ms, round(allowed_s * 1000))

    def _silent_after_s(self, sensor: str) -> float:
        """The shortest absence of what a registered sensor observes, as its silence is told."""
        asset = self._catalogue.assets.get(sensor)
        if asset is None:
            return inf
        return min(
            (
                one.absent_for
                for quantity in {self._quantity, *asset.observes}
                for one in self._catalogue.conditions(quantity)
                if one.absent_for is not None and self._catalogue.applies(one, sensor)
            ),
            default=inf,
        )

    def before(self, store: Store, rows: Rows, times: Column) -> Column:
        """Whether such a gap lies before these readings, one per row, of which the store does not know yet."""
        found: Column = times - store.columns["last_ms"][rows] > self._allowed_ms[rows]
        return found
