"""Which series, row, sensor and station each name of a reading of a recording has, as columns."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from city.detect.detector import Detector
from city.detect.flat import names_of
from city.detect.series import Series
from city.detect.store import Rows

REMEMBERED = 50_000
"""Columns of names of which the numbers are kept: the same sensors send together again and again."""


class Names:
    """A number for each name of a reading that the detector knows, with its series, row and sensor."""

    def __init__(self, detector: Detector) -> None:
        """None is known."""
        self._detector = detector
        self._numbers: dict[str, int] = {}
        self._columns: dict[bytes, Rows] = {}
        self.all_series: list[Series] = []
        self._arrange()

    def learn(self, columns: Iterable[bytes]) -> None:
        """Number the names of these columns too, as the detector would have met them, one after the other.

        Raises Invalid.
        """
        if len(self._columns) > REMEMBERED:
            self._columns.clear()
        known = len(self._numbers)
        try:
            for column in columns:
                if column not in self._columns:
                    self._columns[column] = np.array([self._number(name) for name in names_of(column)], dtype=np.intp)
        finally:
            if len(self._numbers) > known:
                self._arrange()

    def column(self, names: bytes) -> Rows:
        """The numbers of the names of a column that was learned last."""
        return self._columns[names]

    def _number(self, name: str) -> int:
        found = self._numbers.get(name)
        if found is None:
            self._detector.place(name)
            found = self._numbers[name] = len(self._numbers)
        return found

    def _arrange(self) -> None:
        self.all_series = list(self._detector.series.values())
        numbers = {series.name: number for number, series in enumerate(self.all_series)}
        places = [self._detector.place(name) for name in self._numbers]
        self.series: Rows = np.array([numbers[quantity] for quantity, _ in places], dtype=np.intp)
        """Of each name, the place of its series in `all_series`."""
        self.of_series = [np.flatnonzero(self.series == number) for number in range(len(numbers))]
        """Of each series, its names."""
        self.rows: Rows = np.array([row for _, row in places], dtype=np.intp)
        self.sensors: Rows = np.array(
            [self._detector.series[quantity].sensors[row] for quantity, row in places], dtype=np.intp
        )
        stations = [self._detector.indices.station(quantity, row) for quantity, row in places]
        self.stations: Rows = np.array(stations, dtype=np.intp)
        """Of each name, the station whose index rests on it; NOWHERE for none."""
        pairs = Counter((quantity, station) for (quantity, _), station in zip(places, stations, strict=True))
        self.alone = np.array([pairs[quantity, at] == 1 for (quantity, _), at in zip(places, stations, strict=True)])
        """Of each name, whether no other sensor tells the same of the station."""
