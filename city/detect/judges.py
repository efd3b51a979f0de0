"""Conditions judged for many rows at once: which rows begin to break one, which are back."""

from typing import NamedTuple

import numpy as np

from city.detect import normals, windows
from city.detect.limits import Thresholds
from city.detect.store import Column, Field, Rows, Store
from city.enrich import Catalogue
from schemas.domains import Condition, Quantity

NOT_YET = -1


class Verdict(NamedTuple):
    """One row's change: it began to break the condition, or is back."""

    condition: Condition
    row: int
    position: int
    """Index in the judged arrays, for the reading's origin."""
    began: bool
    at_ms: int
    """When: of a duration its fulfilment, start + `for`; else the reading's time."""
    found_ms: int
    """Time of the reading that showed it."""
    value: float
    limit: float | None
    legal_ref: str | None


class LevelJudge:
    """`above`, `below`, `limit` and `deviation`, with hysteresis, duration and window."""

    def __init__(self, condition: Condition, quantity: Quantity, catalogue: Catalogue) -> None:
        self.condition = condition
        self.thresholds = Thresholds(condition, catalogue)
        self._for_ms = int(condition.for_s * 1000)
        self._period_s = quantity.period_s
        self._side = self.thresholds.side
        if condition.deviation is not None and condition.deviation < 0:
            self._side = -1.0
        self._since, self._active = f"since:{condition.id}", f"active:{condition.id}"

    def fields(self) -> dict[str, Field]:
        """Columns it keeps."""
        return {self._since: Field("int64", NOT_YET), self._active: Field("bool", 0)}

    def add(self, sensor: str) -> None:
        """One more row."""
        self.thresholds.add(sensor)

    def judge(self, store: Store, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """The verdicts of one reading per row."""
        measure = self._side * self._measure(store, rows, times, values)
        interval = np.searchsorted(self.thresholds.bounds, times, side="right") if len(self.thresholds.bounds) else 0
        since_column, active_column = store.columns[self._since], store.columns[self._active]
        active, since = active_column[rows], since_column[rows]
        breaking = measure > self._signed(self.thresholds.levels[interval, rows])
        since = np.where(breaking, np.where(since == NOT_YET, times, since), NOT_YET)
        since_column[rows] = since
        begins = breaking & ~active & (times - since >= self._for_ms)
        ends = active & ~(measure > self._signed(self.thresholds.clears[interval, rows])) & ~np.isnan(measure)
        if not (begins.any() or ends.any()):
            return []
        active_column[rows] = (active | begins) & ~ends
        changed = [(int(at), True) for at in np.flatnonzero(begins)]
        changed += [(int(at), False) for at in np.flatnonzero(ends)]
        shown = values if self.condition.deviation is not None else self._side * measure
        verdicts = []
        for at, began in changed:
            at_ms = int(since[at]) + self._for_ms if began else int(times[at])
            limit, reference = self._limit(store, int(rows[at]), at_ms)
            found_ms, value = int(times[at]), float(shown[at])
            verdicts.append(Verdict(self.condition, int(rows[at]), at, began, at_ms, found_ms, value, limit, reference))
        return verdicts

    def _signed(self, levels: Column) -> Column:
        return np.abs(levels) if self.condition.deviation is not None else levels

    def _measure(self, store: Store, rows: Rows, times: Column, values: Column) -> Column:
        if self.condition.over:
            values = windows.evaluate(store, rows, times, self.condition, self._period_s)
        if self.condition.deviation is not None:
            return normals.scores(store, rows, times, values)
        return values

    def _limit(self, store: Store, row: int, at_ms: int) -> tuple[float | None, str | None]:
        condition = self.condition
        if condition.deviation is not None:
            return normals.limit(store, row, at_ms, condition.deviation), None
        if condition.limit is None:
            return condition.above if condition.above is not None else condition.below, None
        found = self.thresholds.row(store.names[row], at_ms)
        return (found.value, found.legal_ref) if found else (None, None)


class StuckJudge:
    """`stuck_for`: exactly equal values for too long."""

    def __init__(self, condition: Condition, _quantity: Quantity, catalogue: Catalogue) -> None:
        self.condition = condition
        self._catalogue = catalogue
        self._after_ms = int((condition.stuck_for or 0) * 1000)
        self._since, self._active = f"since:{condition.id}", f"active:{condition.id}"
        self._watched = np.zeros(0, dtype=bool)

    def fields(self) -> dict[str, Field]:
        """Columns it keeps."""
        return {self._since: Field("int64", NOT_YET), self._active: Field("bool", 0)}

    def add(self, sensor: str) -> None:
        """One more row; only registered sensors can be stuck."""
        kinds = self.condition.applies_to
        watched = sensor in self._catalogue.assets and (not kinds or self._catalogue.measured_kind(sensor) in kinds)
        self._watched = np.append(self._watched, watched)

    def judge(self, store: Store, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """The verdicts of one reading per row; the store still holds the reading before."""
        since_column, active_column = store.columns[self._since], store.columns[self._active]
        since, active = since_column[rows], active_column[rows]
        same = (values == store.columns["last"][rows]) & (since != NOT_YET) & self._watched[rows]
        since = np.where(same, since, times)
        since_column[rows] = since
        begins, ends = same & ~active & (times - since >= self._after_ms), active & ~same
        if not (begins.any() or ends.any()):
            return []
        active_column[rows] = (active | begins) & ~ends
        return [
            Verdict(self.condition, int(rows[at]), at, began, since_ms, found_ms, float(values[at]), None, None)
            for at in map(int, np.flatnonzero(begins | ends))
            for began, found_ms in [(bool(begins[at]), int(times[at]))]
            for since_ms in [int(since[at]) + self._after_ms if began else found_ms]
        ]


Judge = LevelJudge | StuckJudge


def judges_of(conditions: tuple[Condition, ...], quantity: Quantity, catalogue: Catalogue) -> list[Judge]:
    """One judge per condition; absence is judged by ticks, not here."""
    return [
        (StuckJudge if condition.stuck_for is not None else LevelJudge)(condition, quantity, catalogue)
        for condition in conditions
        if condition.absent_for is None
    ]
