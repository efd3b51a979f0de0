"""The hourly VN_AQI of stations, worked out of their readings: a value that conditions judge as any other quantity.

When the first reading of a later hour comes, the index of the hours before is known (Decision 1459/QĐ-TCMT, by
`city/indicators/air_index.py`). An hour whose index nobody can know is no value: it begins nothing and ends nothing.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from city.detect.resting import Runs
from city.detect.store import NEVER, Column, Field, Rows, Store, cells
from city.enrich import Catalogue
from city.indicators.air_index import GASES, HOURS, NONE, PARTICLES, RECENT, AirIndex, AirIndices, Floats, hourly
from city.indicators.air_stations import HOUR_MS, QUANTITIES

INDEX = "vn_aqi"
"""The quantity: `<station>/vn_aqi`, whole numbers, at the end of each hour."""
NOWHERE = -1
SLOTS = HOURS + 1
NAMES = {"pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3": "O3"}


class Hour(NamedTuple):
    """The index of some stations in hours that ended."""

    rows: Rows
    """Of the stations."""
    positions: Rows
    """Of the readings that showed that the hour is over."""
    ends_ms: Column
    values: Column
    """NaN where there is none."""


class Indices:
    """Sums of the last hours by station and parameter. A station is what the sensors measure, else the sensor."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Nothing is summed where no condition judges the index."""
        self._is_judged = bool(catalogue.conditions(INDEX))
        self._catalogue = catalogue
        self._stations: dict[str, Rows] = {quantity: np.zeros(0, dtype=np.intp) for quantity in QUANTITIES}
        self._shared: set[str] = set()
        """Parameters that several sensors tell of one station."""
        self._last: dict[str, AirIndex] = {}
        fields = {"hour": Field("int64", NEVER)}
        for parameter in QUANTITIES.values():
            fields[f"number:{parameter}"] = Field("int64", NEVER, SLOTS)
            fields[f"sum:{parameter}"] = Field("float64", 0.0, SLOTS)
            fields[f"count:{parameter}"] = Field("int64", 0, SLOTS)
        self.store = Store(fields)

    def rests_on(self, quantity: str) -> bool:
        """Whether readings of this quantity are summed."""
        return self._is_judged and quantity in QUANTITIES

    def station(self, quantity: str, row: int) -> int:
        """The station's own row for a row of a quantity's series; NOWHERE where nothing is summed."""
        return int(self._stations[quantity][row]) if self.rests_on(quantity) else NOWHERE

    def goes_on(self, stations: Rows, times: Column) -> Column:
        """Of each reading, whether it is of the hour that goes on at its station: no hour is over with it."""
        going: Column = self.store.columns["hour"][stations] == times // HOUR_MS
        return going

    def add(self, sensor: str, quantity: str, row: int) -> None:
        """A sensor's row in the series of a quantity; known ones are passed over."""
        if self.rests_on(quantity) and row == len(self._stations[quantity]):
            station = self.store.add(self._catalogue.measured(sensor) or sensor)
            if station in self._stations[quantity]:
                self._shared.add(QUANTITIES[quantity])
            self._stations[quantity] = np.append(self._stations[quantity], station)

    def take(self, quantity: str, rows: Rows, times: Column, values: Column) -> Iterator[Hour]:
        """One reading per row of the series, NaN where nothing was measured; the hours that are over now, in order."""
        stations, hours = self._stations[quantity][rows], times // HOUR_MS
        newest = self.store.columns["hour"][stations]
        later = newest < hours
        for ahead in range(RECENT + 1) if np.count_nonzero(later) else ():
            over = np.flatnonzero((newest != NEVER) & (newest + ahead < hours))
            if not len(over):
                break
            yield self._over(stations[over], over, newest[over] + ahead)
        if np.count_nonzero(later):
            np.maximum.at(self.store.columns["hour"], stations, hours)
        self._sum(QUANTITIES[quantity], stations, hours, values)

    def go_on(self, quantity: str, runs: Runs) -> None:
        """Readings in order, several of a row, all of them measured in the hour that goes on at their station."""
        stations, hours = self._stations[quantity][runs.rows[runs.of]], runs.times // HOUR_MS
        assert self.goes_on(stations, runs.times).all(), "no hour is over with them"
        self._sum(QUANTITIES[quantity], stations, hours, runs.values, repeated=True)

    def note(self, station: str) -> str | None:
        """The last index in words of no language, the highest parameter first: `VN_AQI 163: PM2.5 163, O3 45`."""
        found = self._last.get(station)
        if found is None or found.value is None:
            return None
        parts = sorted(found.parts.items(), key=lambda part: (-part[1], part[0] != found.main))
        return f"VN_AQI {found.value}: {', '.join(f'{NAMES[name]} {value}' for name, value in parts)}"

    def _over(self, stations: Rows, positions: Rows, hours: Column) -> Hour:
        rows, first = np.unique(stations, return_index=True)
        positions, hours = positions[first], hours[first]
        found = self._index(rows, hours)
        self._last |= {self.store.names[row]: found.of(at) for at, row in enumerate(rows)}
        values = np.where(found.values == NONE, np.nan, found.values)
        return Hour(rows, positions, (hours + 1) * HOUR_MS, values)

    def _index(self, rows: Rows, hours: Column) -> AirIndices:
        gases = {name: self._means(name, rows, hours, 1)[:, 0] for name in GASES}
        return hourly(gases, {name: self._means(name, rows, hours, HOURS) for name in PARTICLES})

    def _means(self, parameter: str, rows: Rows, hours: Column, count: int) -> Floats:
        """Stations × means of so many hours back from each one's own, the newest first."""
        wanted = hours[:, None] - np.arange(count)
        slots, every = wanted % SLOTS, rows[:, None]
        at = every * SLOTS + slots
        numbers, sums, counts = (column[at] for column in self._columns(parameter))
        known = (numbers == wanted) & (counts > 0)
        found: Floats = np.where(known, sums / np.maximum(counts, 1), np.nan)
        return found

    def _sum(self, parameter: str, stations: Rows, hours: Column, values: Column, *, repeated: bool = False) -> None:
        """`repeated`: a station may have several."""
        numbers, sums, counts = self._columns(parameter)
        at = stations * SLOTS + hours % SLOTS
        known = numbers[at]
        fresh = hours > known
        if np.count_nonzero(fresh):
            new = at[fresh]
            numbers[new], sums[new], counts[new] = hours[fresh], 0.0, 0
            known = numbers[at]
        fits = (known == hours) & ~np.isnan(values)
        if np.count_nonzero(fits) < len(at):
            at, values = at[fits], values[fits]
        if repeated or parameter in self._shared:
            np.add.at(sums, at, values)
            np.add.at(counts, at, 1)
        else:
            sums[at] += values
            counts[at] += 1
        self.store.touch(stations)

    def _columns(self, parameter: str) -> tuple[Column, Column, Column]:
        """Hour, sum and count of all slots of all stations, one after the other."""
        numbers, sums, counts = (self.store.columns[f"{noun}:{parameter}"] for noun in ("number", "sum", "count"))
        return cells(numbers), cells(sums), cells(counts)
