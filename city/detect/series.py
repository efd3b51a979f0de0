"""All sensors of one quantity: their last readings, a checksum chain each, and the judges of its conditions."""

import numpy as np

from city.detect import normals, windows
from city.detect.judges import Verdict, judges_of
from city.detect.store import Column, Field, Rows, Store
from city.enrich import Catalogue
from schemas.domains import Quantity

UNKNOWN = Quantity(unit="", name="", name_vi="")
CHAIN = np.uint64(6364136223846793005)
STIR = np.uint64(0x9E3779B97F4A7C15)

FIELDS = {
    "last_ms": Field("int64", windows.NEVER),
    "last": Field("float64", np.nan),
    "count": Field("int64", 0),
    "chain": Field("uint64", 0),
}


class Series:
    """Rows are sensors. `count` and `chain` cover every reading in log order: loss, doubling and order show in them."""

    def __init__(self, name: str, catalogue: Catalogue) -> None:
        self.name = name
        self.quantity = catalogue.quantities.get(name, UNKNOWN)
        conditions = catalogue.conditions(name)
        self.judges = judges_of(conditions, self.quantity, catalogue)
        self._kept = windows.capacity(self.quantity, conditions)
        self._learns = any(condition.deviation is not None for condition in conditions)
        fields = FIELDS | windows.history_fields(self._kept) | (normals.FIELDS if self._learns else {})
        for judge in self.judges:
            fields = fields | judge.fields()
        self.store = Store(fields)
        self.sensors: Rows = np.zeros(0, dtype=np.intp)
        """Row → row of the sensor among all sensors."""

    @property
    def slow(self) -> bool:
        """Slower than 5 s: late readings are re-judged."""
        return self.quantity.period_s > windows.SLOW_S

    def add(self, sensor: str, sensor_row: int) -> int:
        """The row of a sensor, with judges and thresholds for it if it is new."""
        row = self.store.rows.get(sensor)
        if row is None:
            row = self.store.add(sensor)
            self.sensors = np.append(self.sensors, sensor_row)
            for judge in self.judges:
                judge.add(sensor)
        return row

    def count(self, rows: Rows, times: Column, values: Column) -> None:
        """Put one reading per row into the chain, judged or not."""
        chain = self.store.columns["chain"]
        bits = np.ascontiguousarray(values).view(np.uint64)
        chain[rows] = (chain[rows] ^ (times.view(np.uint64) * STIR) ^ bits) * CHAIN + STIR
        self.store.columns["count"][rows] += 1
        self.store.touch(rows)

    def judge(self, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """Judge one new reading per row, each newer than the row's last."""
        if self._kept:
            windows.remember(self.store, rows, times, values)
        verdicts = [verdict for judge in self.judges for verdict in judge.judge(self.store, rows, times, values)]
        if self._learns:
            normals.learn(self.store, rows, times, values, self.quantity.period_s)
        self.store.columns["last"][rows] = values
        self.store.columns["last_ms"][rows] = times
        return verdicts
