"""Conditions judged for many rows at once: which rows begin to break one, which are back."""

from datetime import timedelta
from typing import NamedTuple

import numpy as np

from city.detect import normals
from city.detect.gaps import Gaps
from city.detect.instruments import CopyJudge, StuckJudge
from city.detect.limits import Thresholds
from city.detect.resting import Runs
from city.detect.store import Column, Field, Rows, Store
from city.detect.verdicts import NOT_YET, Verdict
from city.detect.windows import Measure, window_of
from city.enrich import Catalogue
from schemas.domains import Condition, Quantity
from schemas.times import from_ms

MS = timedelta(milliseconds=1)
HOUR_MS, QUARTER_MS = 3_600_000, 900_000


class Changes(NamedTuple):
    """Of judged readings, a row each: since when it breaks a condition, whether it begins to count, and ends."""

    rows: Rows
    times: Column
    since: Column
    begins: Column
    ends: Column


class LevelJudge:
    """`above`, `below`, `limit` and `deviation`, with hysteresis, duration and window."""

    def __init__(self, condition: Condition, measure: Measure, catalogue: Catalogue, gaps: Gaps) -> None:
        """`measure` is that of the condition's window."""
        self.condition = condition
        self.thresholds = Thresholds(condition, catalogue)
        self._for_ms = int(condition.for_s * 1000)
        self.measure = measure
        self._gaps = gaps
        self._zone = catalogue.time_zone
        self._side = self.thresholds.side
        self._since, self._active = f"since:{condition.id}", f"active:{condition.id}"
        self._offset_ms: tuple[int, int] = (-1, 0)
        """Quarter of an hour since 1970, and how far the city's time of day is ahead of UTC in it."""
        self._rests: bool | None = None
        """Whether no row breaks it, or has begun to; None: to be looked up."""

    def rewound(self) -> None:
        """Its columns are as they were before, or as new."""
        self._rests = None
        self.measure.rewound()

    def fields(self) -> dict[str, Field]:
        """Columns it keeps."""
        own = {self._since: Field("int64", NOT_YET), self._active: Field("bool", 0)}
        return own | self.measure.fields()

    def add(self, sensor: str) -> None:
        """One more row."""
        self.thresholds.add(sensor)

    def rests(self, store: Store, runs: Runs) -> Column:
        """Of which rows nothing comes of these readings: none breaks it, or has begun to. Not for deviations."""
        quiet = (store.columns[self._since][runs.rows] == NOT_YET) & ~store.columns[self._active][runs.rows]
        least = np.fmin.reduce(self.thresholds.levels[:, runs.rows], axis=0)
        found: Column = quiet & ~(self.measure.bound(store, runs, self._side) > least)
        return found

    def judge(self, store: Store, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """The verdicts of one reading per row."""
        if self.condition.hours is not None and not self._in_hours(times).any():
            return self._pass_over(store, rows, times, values)
        if (
            self._rests
            and self.condition.deviation is None
            and self._is_below(self.measure.most(store, rows, times, values, self._side))
        ):
            return []
        measured = self._measure(store, rows, times, values)
        measure = np.abs(measured) if self.condition.is_either else self._side * measured
        if self._rests and self._is_below(float(np.fmax.reduce(measure, initial=-np.inf))):
            return []
        interval = self.thresholds.bounds.searchsorted(times, side="right") if len(self.thresholds.bounds) else 0
        breaking = measure > self.thresholds.levels[interval, rows]
        active = store.columns[self._active][rows]
        if not (np.count_nonzero(breaking) or np.count_nonzero(active)):
            self._rest(store, rows)
            return []
        since_column = store.columns[self._since]
        since = since_column[rows]
        if self._goes_on(breaking, active, since):
            return []
        self._rests = None
        anew = (since == NOT_YET) | (self._gaps.before(store, rows, times) & ~active)
        since = np.where(breaking, np.where(anew, times, since), NOT_YET)
        since_column[rows] = since
        begins = breaking & ~active & (times - since >= self._for_ms)
        ends = active & ~(measure > self.thresholds.clears[interval, rows]) & ~np.isnan(measure)
        if not (np.count_nonzero(begins) or np.count_nonzero(ends)):
            return []
        store.columns[self._active][rows] = (active | begins) & ~ends
        shown = values if self.condition.deviation is not None else measured
        return self._told(store, Changes(rows, times, since, begins, ends), measured, shown)

    def _goes_on(self, breaking: Column, active: Column, since: Column) -> bool:
        """Whether exactly the rows break it for which that was told, and nothing else is to be kept."""
        return (
            self.thresholds.clears_below
            and not np.count_nonzero(breaking != active)
            and not np.count_nonzero(breaking == (since == NOT_YET))
        )

    def _is_below(self, most: float) -> bool:
        """Whether nothing up to this breaks it, whichever the row."""
        return most <= self.thresholds.least

    def _rest(self, store: Store, rows: Rows) -> None:
        """None of these rows breaks it."""
        since = store.columns[self._since]
        if since[rows].max() != NOT_YET:
            since[rows] = NOT_YET
            self._rests = None
        if self._rests is None:
            self._rests = not store.columns[self._active].any() and bool((since == NOT_YET).all())

    def _told(self, store: Store, found: Changes, measured: Column, shown: Column) -> list[Verdict]:
        changed = [(int(at), True) for at in np.flatnonzero(found.begins)]
        changed += [(int(at), False) for at in np.flatnonzero(found.ends)]
        verdicts = []
        for at, began in changed:
            row, found_ms = int(found.rows[at]), int(found.times[at])
            at_ms = int(found.since[at]) + self._for_ms if began else found_ms
            limit, reference = self._limit(store, row, at_ms, float(measured[at]))
            value = float(shown[at])
            verdicts.append(Verdict(self.condition, row, at, began, at_ms, found_ms, value, limit, reference))
        return verdicts

    def _pass_over(self, store: Store, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """At another time of the day: only a window that is kept in parts has to take the readings in."""
        self.measure.take(store, rows, times, values)
        if not self._rests:
            store.columns[self._since][rows] = NOT_YET
        return []

    def _measure(self, store: Store, rows: Rows, times: Column, values: Column) -> Column:
        values = self.measure.of(store, rows, times, values)
        if self.condition.deviation is not None:
            values = normals.scores(store, rows, times, values)
        return values if self.condition.hours is None else np.where(self._in_hours(times), values, np.nan)

    def _in_hours(self, times: Column) -> Column:
        """Whether readings, taken within hours of each other, are of the hours of the day that are judged."""
        first, last = self.condition.hours or (0, 24)
        earliest = int(times.min())
        if earliest // QUARTER_MS != self._offset_ms[0]:
            offset = from_ms(earliest).astimezone(self._zone).utcoffset() or timedelta()
            self._offset_ms = earliest // QUARTER_MS, offset // MS
        hour = (times + self._offset_ms[1]) // HOUR_MS % 24
        found: Column = (hour >= first) & (hour < last) if first < last else (hour >= first) | (hour < last)
        return found

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


def judges_of(conditions: tuple[Condition, ...], quantity: Quantity, catalogue: Catalogue, gaps: Gaps) -> list[Judge]:
    """One judge per condition on values; absence is judged by ticks, what instruments say of themselves apart."""
    valued = [one for one in conditions if one.absent_for is None and one.state is None]
    measures: dict[tuple[float, str], Measure] = {}
    for one in valued:
        measures.setdefault(window_of(one), Measure(one, quantity, catalogue))
    return [_judge_of(condition, measures[window_of(condition)], catalogue, gaps) for condition in valued]


def _judge_of(condition: Condition, measure: Measure, catalogue: Catalogue, gaps: Gaps) -> Judge:
    if condition.stuck_for is not None:
        return StuckJudge(condition, catalogue)
    if condition.copied_for is not None:
        return CopyJudge(condition, catalogue)
    return LevelJudge(condition, measure, catalogue, gaps)
