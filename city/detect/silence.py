"""Absence: which sensors have gone without any reading for too long, by ticks in log order (DESIGN D11)."""

import numpy as np

from city.detect.store import Column, Field, Rows, Store, page_names
from city.enrich import Catalogue
from schemas.domains import Condition
from schemas.readings import Tick
from schemas.times import was_ahead

GAP_MS = 5000
"""A larger gap between ticks is a standstill of the center: it makes nothing silent."""
UNWATCHED = np.iinfo(np.int64).max // 4

FIELDS = {
    "first_ms": Field("int64", UNWATCHED),
    "seen_ms": Field("int64", -1),
    "seen_clock": Field("int64", 0),
    "silent": Field("bool", 0),
}


class Silence:
    """All sensors: when each was last seen, by its own time and by the clock that only ticks advance."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.store = Store(FIELDS)
        self.clock_ms = 0
        self.tick_ms = -1
        self.recorded = catalogue.city.clock == "events"
        self.absent_ms: Column = np.zeros(0, dtype=np.int64)
        """Per sensor, how long it may go without any reading."""
        self._conditions: list[Condition | None] = []

    def add(self, sensor: str, quantity: str) -> int:
        """The row of a sensor; registered ones are watched by the shortest absence of their quantities."""
        row = self.store.add(sensor)
        if row == len(self._conditions):
            self._conditions.append(None)
            self.absent_ms = np.append(self.absent_ms, UNWATCHED)
        if sensor in self._catalogue.assets:
            for condition in self._catalogue.conditions(quantity):
                self._watch(row, sensor, condition)
        return row

    def _watch(self, row: int, sensor: str, condition: Condition) -> None:
        if condition.absent_for is None or not self._catalogue.applies(condition, sensor):
            return
        absent = int(condition.absent_for * 1000)
        if absent < self.absent_ms[row]:
            self.absent_ms[row], self._conditions[row] = absent, condition

    def restore(self, body: bytes) -> None:
        """Take the sensors of a page; their series say later what watches them."""
        for sensor in page_names(body):
            self.add(sensor, "")
        self.store.restore(body)

    def condition(self, row: int) -> Condition | None:
        """The condition that watches a sensor."""
        return self._conditions[row]

    def raised_ms(self, row: int) -> int:
        """Last reading + `absent_for`."""
        return int(self.store.columns["seen_ms"][row] + self.absent_ms[row])

    def seen(self, rows: Rows, times: Column) -> tuple[Rows, Rows]:
        """One reading per sensor row: positions that end a silence, and positions that reveal one in a recording."""
        seen_ms, silent = self.store.columns["seen_ms"], self.store.columns["silent"]
        before, quiet = seen_ms[rows], silent[rows]
        returned = revealed = np.zeros(0, dtype=np.intp)
        if np.count_nonzero(quiet):
            returned = np.flatnonzero(quiet & (times > before))
            silent[rows[returned]] = False
        if self.recorded:
            revealed = np.flatnonzero(~quiet & (before >= 0) & (times - before > self.absent_ms[rows]))
        return returned, revealed

    def begin(self, rows: Rows, times: Column) -> Column:
        """When each sensor was first seen till now; these readings may be before."""
        first_ms = self.store.columns["first_ms"]
        before: Column = first_ms[rows]
        earlier = times < before
        if np.count_nonzero(earlier):
            first_ms[rows[earlier]] = times[earlier]
        return before

    def note(self, rows: Rows, times: Column) -> None:
        """Remember that these sensors were seen."""
        seen_ms = self.store.columns["seen_ms"]
        seen_ms[rows] = np.maximum(seen_ms[rows], times)
        self.store.columns["seen_clock"][rows] = self.clock_ms
        self.store.touch(rows)

    def tick(self, tick: Tick) -> list[int]:
        """Advance the clock; rows of the sensors that are silent from now on."""
        step = tick.now_ms - self.tick_ms if self.tick_ms >= 0 else 0
        self.recorded = tick.clock == "events"
        if not self.recorded and was_ahead(self.tick_ms, tick.now_ms):
            self.tick_ms = tick.now_ms
            return []
        if step <= 0 and self.tick_ms >= 0:
            return []
        self.clock_ms += step if self.recorded or step <= GAP_MS else 0
        self.tick_ms = tick.now_ms
        count = len(self._conditions)
        columns = {name: column[:count] for name, column in self.store.columns.items()}
        due = ~columns["silent"] & (columns["seen_ms"] >= 0) & (tick.now_ms - columns["seen_ms"] >= self.absent_ms)
        if not self.recorded:
            due &= self.clock_ms - columns["seen_clock"] >= self.absent_ms
        rows = np.flatnonzero(due)
        if len(rows):
            self.store.columns["silent"][rows] = True
            self.store.touch(rows)
        return [int(row) for row in rows]
