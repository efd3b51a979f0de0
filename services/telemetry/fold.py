"""Folds packs into latest values, one-minute rollups and sensors seen; pure, so that a batch can be thrown away."""

from array import array
from collections.abc import Container
from math import isfinite

from city.enrich import split_name
from city.normalise import LATEST_MS
from infra.postgres.rollup_store import RollupRow, SensorRow
from schemas.assets import UNKNOWN_ZONE
from schemas.errors import Invalid
from schemas.readings import MEASURING, Pack
from schemas.sentences import say
from schemas.times import from_ms
from services.telemetry.seen import Seen, holds

MINUTE_MS = 60_000
MONTH_MS = 30 * 86_400_000
LARGEST = 1e100
"""Of a value either way: no sum overflows."""
MOST_ROWS = 200_000
MOST_READINGS = 4_000_000
"""Rows that may wait for PostgreSQL, and readings whose times are remembered meanwhile; then the topics wait."""
MOST_MONTHS, MOST_OF_PACK = 100, 1000
"""Months of a batch, which ends with the pack that brings them, and of one pack: a transaction locks four tables and
indexes for each, and PostgreSQL has room for 6,400 locks."""


class _Minute:
    __slots__ = ("_known", "_newest", "last", "last_ms", "max", "min", "sum", "times")

    def __init__(self, known: "array[int]", at_ms: int, value: float) -> None:
        """`known`: times of its sensor and quantity that were counted before; `at_ms` is not among them."""
        self._known, self.times, self.last_ms = known, [at_ms], at_ms
        self._newest = known[-1] if known and known[-1] > at_ms else at_ms
        self.sum = self.min = self.max = self.last = value

    def add(self, at_ms: int, value: float) -> None:
        if at_ms > self._newest:
            self._newest = at_ms
        elif at_ms in self.times or holds(self._known, at_ms):
            return
        self.times.append(at_ms)
        self.sum += value
        self.min = min(self.min, value)
        self.max = max(self.max, value)
        if at_ms >= self.last_ms:
            self.last, self.last_ms = value, at_ms


class _Sensor:
    __slots__ = ("count", "first_ms", "last_ms", "quantities", "zone")

    def __init__(self, at_ms: int) -> None:
        self.count, self.first_ms, self.last_ms, self.zone = 0, at_ms, at_ms, UNKNOWN_ZONE
        self.quantities: set[str] = set()


class Fold:
    """What was counted since the last transaction; a reading that was counted lately is none again."""

    def __init__(self, seen: Seen) -> None:
        """`seen`: the readings of the transactions before."""
        self._seen = seen
        self._minutes: dict[tuple[str, int], _Minute] = {}
        self._sensors: dict[str, _Sensor] = {}
        self._months: set[int] = set()
        self._readings = 0

    @property
    def full(self) -> bool:
        """Whether it is time to write."""
        rows = len(self._minutes) + len(self._sensors)
        return rows >= MOST_ROWS or self._readings >= MOST_READINGS or len(self._months) >= MOST_MONTHS

    def add(self, pack: Pack) -> None:
        """Counts a pack. Raises Invalid, having counted nothing of it, if it is none that ingest writes.

        What an instrument sends that is not measuring shows that it is there, and is no measurement.
        """
        self._months |= checked_months(pack)
        self._readings += len(pack.times)
        minutes = self._minutes
        rows = list(zip(pack.names, pack.times, pack.values, strict=True))
        if pack.states:
            rows = [row for at, row in enumerate(rows) if pack.states.get(at, MEASURING) == MEASURING]
        for name, at_ms, value in rows:
            key = (name, at_ms // MINUTE_MS)
            minute = minutes.get(key)
            if minute is not None:
                minute.add(at_ms, value)
            elif not holds(known := self._seen.of(name), at_ms):
                minutes[key] = _Minute(known, at_ms, value)
        for name, at_ms in zip(pack.names, pack.times, strict=True):
            self._see(name, at_ms, pack.zone)

    def _see(self, name: str, at_ms: int, zone: str) -> None:
        sensor_id, quantity = split_name(name)
        sensor = self._sensors.get(sensor_id)
        if sensor is None:
            sensor = self._sensors[sensor_id] = _Sensor(at_ms)
        sensor.count += 1
        sensor.quantities.add(quantity)
        sensor.zone = zone
        sensor.first_ms = min(sensor.first_ms, at_ms)
        sensor.last_ms = max(sensor.last_ms, at_ms)

    def rollups(self) -> list[RollupRow]:
        """A row for each sensor, quantity and minute."""
        return [
            RollupRow(
                *split_name(name),
                from_ms(number * MINUTE_MS),
                len(m.times),
                m.sum,
                m.min,
                m.max,
                m.last,
                from_ms(m.last_ms),
            )
            for (name, number), m in self._minutes.items()
        ]

    def keep(self) -> None:
        """What was counted is in PostgreSQL now: if it is sent again it is known."""
        for (name, _), minute in self._minutes.items():
            minute.times.sort()
            self._seen.add(name, minute.times)

    def sensors(self, registered: Container[str]) -> list[SensorRow]:
        """A row for each sensor; `registered` holds the ids of assets."""
        return [
            SensorRow(
                name, sorted(s.quantities), s.zone, name in registered, from_ms(s.first_ms), from_ms(s.last_ms), s.count
            )
            for name, s in self._sensors.items()
        ]


def checked_months(pack: Pack) -> set[int]:
    """The months of a pack's readings. Raises Invalid naming the column if it is not as ingest writes it."""
    if not len(pack.names) == len(pack.times) == len(pack.values):
        raise Invalid(say("column_lengths"), field="names")
    if any("\x00" in name or "/" not in name for name in pack.names) or "\x00" in pack.zone:
        raise Invalid(say("name_form"), field="names")
    if pack.times and not 0 <= min(pack.times) <= max(pack.times) <= LATEST_MS:
        raise Invalid(say("time_outside"), field="times")
    months = _months(pack.times)
    if len(months) > MOST_OF_PACK:
        raise Invalid(say("months_of_pack", most=MOST_OF_PACK), field="times")
    if not all(map(isfinite, pack.values)):
        raise Invalid(say("not_finite"), field="values")
    if pack.values and not -LARGEST <= min(pack.values) <= max(pack.values) <= LARGEST:
        raise Invalid(say("value_outside", most=LARGEST), field="values")
    return months


def _months(times: list[int]) -> set[int]:
    """Months of thirty days; those of a pack whose readings are of one time, as nearly always, at little cost."""
    ends = {min(times) // MONTH_MS, max(times) // MONTH_MS} if times else set()
    return ends if len(ends) < 2 else {at_ms // MONTH_MS for at_ms in times}


def latest(values: dict[str, tuple[int, float]], pack: Pack) -> set[str]:
    """Puts newer values into `values`; the names that changed."""
    changed = set()
    for name, at_ms, value in zip(pack.names, pack.times, pack.values, strict=True):
        known = values.get(name)
        if known is None or at_ms >= known[0]:
            values[name] = (at_ms, value)
            changed.add(name)
    return changed
