"""Which series, row, sensor and station each name of a reading of a recording has, as columns."""

from collections import Counter
from collections.abc import Iterable

import numpy as np

from city.detect.detector import Detector
from city.detect.series import Series
from city.detect.store import Rows


class Names:
    """A number for each name of a reading that the detector knows, with its series, row and sensor."""

    def __init__(self, detector: Detector) -> None:
        """None is known."""
        self._detector = detector
        self.numbers: dict[str, int] = {}
        self.all_series: list[Series] = []
        self._arrange()

    def learn(self, names: Iterable[str]) -> None:
        """Number these too, in the order in which they come: so the detector would have met them. Raises Invalid."""
        new = [name for name in names if name not in self.numbers]
        try:
            for name in new:
                self._detector.place(name)
                self.numbers[name] = len(self.numbers)
        finally:
            if new:
                self._arrange()

    def _arrange(self) -> None:
        self.all_series = list(self._detector.series.values())
        numbers = {series.name: number for number, series in enumerate(self.all_series)}
        places = [self._detector.place(name) for name in self.numbers]
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
