"""Conditions judged for many rows at once: which rows begin to break one, which are back."""

import numpy as np

from city.detect import normals, windows
from city.detect.instruments import CopyJudge, StuckJudge
from city.detect.limits import Thresholds
from city.detect.store import Column, Field, Rows, Store
from city.detect.verdicts import NOT_YET, Verdict
from city.enrich import Catalogue
from schemas.domains import Condition, Quantity


class LevelJudge:
    """`above`, `below`, `limit` and `deviation`, with hysteresis, duration and window."""

    def __init__(self, condition: Condition, quantity: Quantity, catalogue: Catalogue) -> None:
        self.condition = condition
        self.thresholds = Thresholds(condition, catalogue)
        self._for_ms = int(condition.for_s * 1000)
        self._period_s = quantity.period_s
        self._in_parts = windows.in_parts(condition, quantity)
        self._side = self.thresholds.side
        self._since, self._active = f"since:{condition.id}", f"active:{condition.id}"

    def fields(self) -> dict[str, Field]:
        """Columns it keeps."""
        parts = windows.part_fields(self.condition) if self._in_parts else {}
        return {self._since: Field("int64", NOT_YET), self._active: Field("bool", 0)} | parts

    def add(self, sensor: str) -> None:
        """One more row."""
        self.thresholds.add(sensor)

    def judge(self, store: Store, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """The verdicts of one reading per row."""
        measured = self._measure(store, rows, times, values)
        measure = np.abs(measured) if self.condition.is_either else self._side * measured
        interval = np.searchsorted(self.thresholds.bounds, times, side="right") if len(self.thresholds.bounds) else 0
        since_column, active_column = store.columns[self._since], store.columns[self._active]
        active, since = active_column[rows], since_column[rows]
        breaking = measure > self.thresholds.levels[interval, rows]
        since = np.where(breaking, np.where(since == NOT_YET, times, since), NOT_YET)
        since_column[rows] = since
        begins = breaking & ~active & (times - since >= self._for_ms)
        ends = active & ~(measure > self.thresholds.clears[interval, rows]) & ~np.isnan(measure)
        if not (begins.any() or ends.any()):
            return []
        active_column[rows] = (active | begins) & ~ends
        changed = [(int(at), True) for at in np.flatnonzero(begins)]
        changed += [(int(at), False) for at in np.flatnonzero(ends)]
        shown = values if self.condition.deviation is not None else measured
        verdicts = []
        for at, began in changed:
            at_ms = int(since[at]) + self._for_ms if began else int(times[at])
            limit, reference = self._limit(store, int(rows[at]), at_ms, float(measured[at]))
            found_ms, value = int(times[at]), float(shown[at])
            verdicts.append(Verdict(self.condition, int(rows[at]), at, began, at_ms, found_ms, value, limit, reference))
        return verdicts

    def _measure(self, store: Store, rows: Rows, times: Column, values: Column) -> Column:
        if self._in_parts:
            values = windows.mean_of_parts(store, rows, times, values, self.condition)
        elif self.condition.over:
            values = windows.evaluate(store, rows, times, self.condition, self._period_s)
        if self.condition.deviation is not None:
            return normals.scores(store, rows, times, values)
        return values

    def _limit(self, store: Store, row: int, at_ms: int, measured: float) -> tuple[float | None, str | None]:
        condition = self.condition
        if condition.deviation is not None:
            side = measured if condition.is_either else self._side
            return normals.limit(store, row, at_ms, float(np.copysign(condition.deviation, side))), None
        if condition.limit is None:
            return condition.above if condition.above is not None else condition.below, None
        found = self.thresholds.row(store.names[row], at_ms)
        return (found.value, found.legal_ref) if found else (None, None)


Judge = LevelJudge | StuckJudge | CopyJudge


def judges_of(conditions: tuple[Condition, ...], quantity: Quantity, catalogue: Catalogue) -> list[Judge]:
    """One judge per condition on values; absence is judged by ticks, what instruments say of themselves apart."""
    valued = [one for one in conditions if one.absent_for is None and one.state is None]
    return [_judge_of(condition, quantity, catalogue) for condition in valued]


def _judge_of(condition: Condition, quantity: Quantity, catalogue: Catalogue) -> Judge:
    if condition.stuck_for is not None:
        return StuckJudge(condition, catalogue)
    if condition.copied_for is not None:
        return CopyJudge(condition, catalogue)
    return LevelJudge(condition, quantity, catalogue)
