"""What instruments say of themselves, and readings that no instrument took: repeated values, and copies."""

from collections.abc import Mapping

import numpy as np

from city.detect.resting import Runs
from city.detect.store import Column, Field, Rows, Store
from city.detect.verdicts import NOT_YET, Verdict
from city.enrich import Catalogue
from schemas.domains import Condition
from schemas.readings import FAULTY, STATES

UNTOLD = -1
"""Code of a reading that says nothing of the instrument's present state: it is not newer than what is known."""
LED_BY, VARYING = 4, 3
"""A copy begins where so many readings, so many of them different, were in a row before."""


def states_of(states: Mapping[int, str], size: int) -> Column | None:
    """Codes of the instruments' states by position, 0 for measuring; None: all measure. Unknown ones are faults."""
    if not states:
        return None
    codes = np.zeros(size, dtype=np.int8)
    for index, state in states.items():
        if 0 <= index < size:
            codes[index] = STATES.index(state if state in STATES else FAULTY)
    return codes


class Watch:
    """Since when something lasts at each sensor that a condition watches, and whether that is told."""

    def __init__(self, condition: Condition, catalogue: Catalogue, after_s: float) -> None:
        """It is told once it has lasted `after_s` seconds."""
        self.condition = condition
        self._catalogue = catalogue
        self._after_ms = int(after_s * 1000)
        self._since, self._active = f"since:{condition.id}", f"active:{condition.id}"
        self._watched = np.zeros(0, dtype=bool)

    def fields(self) -> dict[str, Field]:
        """Columns it keeps."""
        return {self._since: Field("int64", NOT_YET), self._active: Field("bool", 0)}

    def add(self, sensor: str) -> None:
        """One more row; only registered sensors are watched."""
        self._watched = np.append(self._watched, watched(self.condition, self._catalogue, sensor))


class StateJudge(Watch):
    """`state`: an instrument says for some time that it is calibrated or faulty."""

    def __init__(self, condition: Condition, catalogue: Catalogue) -> None:
        super().__init__(condition, catalogue, condition.for_s)
        self._code = STATES.index(condition.state or FAULTY)

    def rests(self, store: Store, runs: Runs) -> Column:
        """Of which rows nothing comes while their instruments measure."""
        quiet: Column = (store.columns[self._since][runs.rows] == NOT_YET) & ~store.columns[self._active][runs.rows]
        return quiet

    def judge(self, store: Store, rows: Rows, times: Column, states: Column) -> list[Verdict]:
        """The verdicts of one state per row."""
        since, active = store.columns[self._since][rows], store.columns[self._active][rows]
        told, says = states != UNTOLD, (states == self._code) & self._watched[rows]
        if not (says.any() or active.any() or (since != NOT_YET).any()):
            return []
        since = np.where(told, np.where(says, np.where(since == NOT_YET, times, since), NOT_YET), since)
        begins, ends = says & ~active & (times - since >= self._after_ms), active & told & ~says
        store.columns[self._since][rows] = since
        store.columns[self._active][rows] = (active | begins) & ~ends
        at_ms = np.where(begins, since + self._after_ms, times)
        return [
            Verdict(
                self.condition, int(rows[at]), at, bool(begins[at]), int(at_ms[at]), int(times[at]), None, None, None
            )
            for at in map(int, np.flatnonzero(begins | ends))
        ]


class StuckJudge(Watch):
    """`stuck_for`: exactly equal values for too long."""

    def __init__(self, condition: Condition, catalogue: Catalogue) -> None:
        super().__init__(condition, catalogue, condition.stuck_for or 0)

    def rests(self, store: Store, runs: Runs) -> Column:
        """Of which rows every reading is another than the one before."""
        same = runs.values == runs.before(store.columns["last"], runs.values)
        repeated = np.logical_or.reduceat(same, runs.starts) & self._watched[runs.rows]
        found: Column = ~(repeated | store.columns[self._active][runs.rows])
        return found

    @property
    def since(self) -> str:
        """The column that says since when readings are the same: of a row that rests the time of its last one."""
        return self._since

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


class CopyJudge(Watch):
    """`copied_for`: readings repeat, value for value, what the same sensor sent before."""

    def __init__(self, condition: Condition, catalogue: Catalogue) -> None:
        super().__init__(condition, catalogue, condition.copied_for or 0)
        self._over_ms = int(condition.over * 1000)
        self._lag = f"lag:{condition.id}"

    def fields(self) -> dict[str, Field]:
        """Columns it keeps: how many readings back the copied ones are (0: none is copied), since when."""
        return {self._lag: Field("int64", 0), **super().fields()}

    def rests(self, store: Store, runs: Runs) -> Column:
        """Of which rows nothing repeats what is kept of them, nor itself."""
        quiet = (store.columns[self._lag][runs.rows] == 0) & ~store.columns[self._active][runs.rows]
        history = store.columns["history"][runs.rows]
        known = (history[runs.of] == runs.values[:, None]).any(axis=1)
        order = np.lexsort((runs.values, runs.of))
        ordered, of = runs.values[order], runs.of[order]
        known[order[1:]] |= (ordered[1:] == ordered[:-1]) & (of[1:] == of[:-1])
        repeated = np.logical_or.reduceat(known, runs.starts) & self._watched[runs.rows]
        found: Column = quiet & ~repeated
        return found

    def judge(self, store: Store, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """The verdicts of one reading per row; the history holds it already."""
        lag, active, since = (store.columns[name][rows] for name in (self._lag, self._active, self._since))
        own = self._watched[rows]
        history = store.columns["history"][rows]
        newest = store.columns["written"][rows] - 1 - (store.columns["history_ms"][rows] > times[:, None]).sum(axis=1)
        goes_on = own & (lag > 0) & (history[np.arange(len(rows)), (newest - lag) % history.shape[1]] == values)
        lag = np.where(goes_on, lag, 0)
        for at in np.flatnonzero(own & ~goes_on & ((history == values[:, None]).sum(axis=1) > 1)):
            lag[at] = self._lag_of(store, int(rows[at]), int(newest[at]))
        since = np.where(goes_on, since, np.where(lag > 0, times, NOT_YET))
        begins, ends = goes_on & ~active & (times - since >= self._after_ms), active & ~goes_on
        for name, column in ((self._lag, lag), (self._since, since), (self._active, (active | begins) & ~ends)):
            store.columns[name][rows] = column
        return [
            Verdict(self.condition, int(rows[at]), at, bool(begins[at]), at_ms, int(times[at]), value, None, None)
            for at in map(int, np.flatnonzero(begins | ends))
            for at_ms, value in [(int(since[at]) + self._after_ms if begins[at] else int(times[at]), float(values[at]))]
        ]

    def _lag_of(self, store: Store, row: int, newest: int) -> int:
        """How many readings back the same run was last; 0: not within the window."""
        history, stamps = store.columns["history"][row], store.columns["history_ms"][row]
        size = len(history)
        run = [history[(newest - back) % size] for back in range(LED_BY)]
        if len(set(run)) < VARYING:
            return 0
        for lag in range(LED_BY, min(newest + 1, size) - LED_BY + 1):
            if stamps[(newest - lag) % size] < stamps[newest % size] - self._over_ms:
                return 0
            if all(history[(newest - lag - back) % size] == run[back] for back in range(LED_BY)):
                return lag
        return 0


def watched(condition: Condition, catalogue: Catalogue, sensor: str) -> bool:
    """Whether a condition holds for a registered sensor."""
    return sensor in catalogue.assets and catalogue.applies(condition, sensor)
