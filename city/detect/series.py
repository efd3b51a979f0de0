"""All sensors of one quantity: their last readings, a checksum chain each, and the judges of its conditions."""

import numpy as np
from msgspec.structs import replace

from city.detect import learned, normals, windows
from city.detect.block import Block, Lesson
from city.detect.checkpoints import Checkpoints
from city.detect.gaps import Gaps
from city.detect.instruments import StateJudge, StuckJudge
from city.detect.judges import LevelJudge, judges_of
from city.detect.resting import Runs
from city.detect.store import NEVER, Column, Field, Rows, Store
from city.detect.verdicts import Verdict
from city.enrich import Catalogue
from schemas.domains import Quantity
from schemas.normals import Normal

UNKNOWN = Quantity(unit="", name="", name_vi="")
CHAIN = np.uint64(6364136223846793005)
STIR = np.uint64(0x9E3779B97F4A7C15)


def stirred(times: Column, values: Column) -> Column:
    """What readings bring into a chain, whatever was before them."""
    brought: Column = (times.view(np.uint64) * STIR) ^ np.ascontiguousarray(values).view(np.uint64)
    return brought


def chained(chain: Column, brought: Column) -> Column:
    """Checksums with one reading more each."""
    found: Column = (chain ^ brought) * CHAIN + STIR
    return found


FIELDS = {
    "last_ms": Field("int64", NEVER),
    "last": Field("float64", np.nan),
    "count": Field("int64", 0),
    "chain": Field("uint64", 0),
}
LASTING = frozenset({"count", "chain", *normals.FIELDS})
"""What a sensor keeps that is judged anew."""


class Series:
    """Rows are sensors. `count` and `chain` cover every reading in log order: loss, doubling and order show in them."""

    def __init__(self, name: str, catalogue: Catalogue, block: Block) -> None:
        """`block`: where the normals of all series are."""
        self.name = name
        self.quantity = catalogue.quantities.get(name, UNKNOWN)
        conditions = catalogue.conditions(name)
        often = replace(self.quantity, period_s=catalogue.least_periods_s.get(name, self.quantity.period_s))
        self._gaps = Gaps(name, catalogue)
        self.judges = judges_of(conditions, often, catalogue, self._gaps)
        self._measures = {judge.measure for judge in self.judges if isinstance(judge, LevelJudge)}
        self._state_judges = [StateJudge(one, catalogue) for one in conditions if one.state is not None]
        self._moving = [judge.since for judge in self.judges if isinstance(judge, StuckJudge)]
        self.watches_states = bool(self._state_judges)
        self.kinds = {judge.condition.kind: frozenset[str]() for judge in self.judges}
        """Kind of signal → ids of the conditions here that raise it."""
        for judge in self.judges:
            self.kinds[judge.condition.kind] |= {judge.condition.id}
        lateness_s = catalogue.lateness_s(catalogue.domain_of(name))
        between = windows.between_checkpoints(self.quantity, lateness_s)
        self.slow = between > 0
        between = between if self.judges else 0
        self._kept = windows.capacity(often, conditions, between)
        self._learns = any(condition.deviation is not None for condition in conditions)
        state = {"last": FIELDS["last"]} | (normals.FIELDS if self._learns else {})
        for judge in self.judges:
            state = state | judge.fields()
        self.checkpoints = Checkpoints(state, int(lateness_s * 1000), between) if between else None
        """Where judging goes back to after a late reading; None: this quantity is fast, or nothing judges it."""
        marks = self.checkpoints.fields() if self.checkpoints else {}
        told = {name: field for judge in self._state_judges for name, field in judge.fields().items()}
        self.store = Store(FIELDS | windows.history_fields(self._kept) | state | marks | told)
        self._block = block
        self._plane = block.join(self.store) if self._learns else 0
        self.sensors: Rows = np.zeros(0, dtype=np.intp)
        """Row → row of the sensor among all sensors."""

    def take_normal(self, row: int, normal: Normal) -> None:
        """A new row has learned this already."""
        if self._learns:
            learned.take(self.store, row, normal)
            if self.checkpoints is not None:
                self.checkpoints.copy(self.store, np.array([row]))

    def learned(self, since_ms: int, minutes: range) -> list[Normal]:
        """Normals that learned since a time, of those rows whose turn it is in these minutes: each once an hour."""
        rows = np.arange(len(self.store.names) if self._learns else 0)
        due = np.isin(rows % 60, [minute % 60 for minute in minutes])
        if due.any():
            due &= self.store.columns["taught_ms"][rows] >= since_ms
        found = [learned.known(self.store, row, f"{self.store.names[row]}/{self.name}") for row in rows[due]]
        return [normal for normal in found if normal]

    def add(self, sensor: str, sensor_row: int) -> int:
        """The row of a sensor, with judges and thresholds for it if it is new."""
        row = self.store.rows.get(sensor)
        if row is None:
            row = self.store.add(sensor)
            self.sensors = np.append(self.sensors, sensor_row)
            for one in (*self.judges, *self._state_judges, *self._measures, self._gaps):
                one.add(sensor)
        return row

    def named(self, rows: Rows) -> list[str]:
        """The sensors of rows."""
        return [self.store.names[row] for row in rows.tolist()]

    def lasts(self) -> tuple[Column, Column]:
        """Time and value of the last reading of each row; NaN where there was none."""
        size = len(self.store.names)
        return self.store.columns["last_ms"][:size], self.store.columns["last"][:size]

    def forget(self, sensor: str) -> None:
        """Its readings are judged anew; what its normal is stays."""
        row = self.store.rows.get(sensor)
        if row is not None:
            self.store.forget(row, LASTING)
            self._rewound()
            if self.checkpoints is not None:
                self.checkpoints.copy(self.store, np.array([row]))

    def _rewound(self) -> None:
        for judge in self.judges:
            if isinstance(judge, LevelJudge):
                judge.rewound()

    def count(self, rows: Rows, times: Column, values: Column) -> None:
        """Put one reading per row into the chain, judged or not."""
        chain = self.store.columns["chain"]
        chain[rows] = chained(chain[rows], stirred(times, values))
        self.store.columns["count"][rows] += 1
        self.store.touch(rows)

    def judge(self, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """Judge one new reading per row, each newer than the row's last; it is to be learned then."""
        if self._kept:
            windows.remember(self.store, rows, times, values)
        return self._judge(rows, times, values)

    def learn(self, rows: Rows, times: Column, values: Column) -> None:
        """Learn what was judged."""
        if self._learns:
            normals.learn(self.store, rows, times, values)

    def lesson(self, rows: Rows, times: Column, values: Column) -> Lesson | None:
        """What was judged, to be learned together with other quantities' readings before any more of this one come."""
        return Lesson(self._block.rows(self._plane, rows), times, values) if self._learns else None

    def resting(self, runs: Runs) -> Column:
        """Of which rows nothing comes of these new readings, by any condition: a flag for each row of the runs."""
        found = np.full(len(runs.rows), not self._learns)
        for judge in (*self.judges, *self._state_judges):
            if np.count_nonzero(found):
                found &= judge.rests(self.store, runs)
        return found

    def rest(self, runs: Runs) -> list[tuple[int, int]]:
        """Take the readings of rows that rest; (reading, time) where what was found till then stands from then on."""
        moved: list[tuple[int, int]] = []
        if self.checkpoints is None:
            self._pass(runs)
        else:
            moved = self.checkpoints.advance_all(self.store, runs, self._pass)
        if self._kept:
            windows.remember_all(self.store, runs)
        self.store.touch(runs.rows)
        return moved

    def _pass(self, runs: Runs) -> None:
        """The state that judging readings of rows that rest leaves."""
        columns, lasts = self.store.columns, runs.lasts
        columns["last"][runs.rows] = runs.values[lasts]
        for name in ("last_ms", *self._moving):
            columns[name][runs.rows] = runs.times[lasts]
        for measure in self._measures:
            measure.take_all(self.store, runs)

    def judge_states(self, rows: Rows, times: Column, states: Column) -> list[Verdict]:
        """The verdicts on what the instruments say of themselves, a code per row; late readings do not change them."""
        return [one for judge in self._state_judges for one in judge.judge(self.store, rows, times, states)]

    def revisable(self, rows: Rows, times: Column) -> Column:
        """Which late readings, one per row, change what was judged: those of slow sensors, in reach, and news."""
        if self.checkpoints is None:
            return np.zeros(len(rows), dtype=bool)
        found: Column = self.checkpoints.reachable(self.store, rows, times)
        return found & ~windows.holds(self.store, rows, times)

    def judge_again(self, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        """Take one late reading per row in; all verdicts after the older checkpoint, `position` is that of the row."""
        assert self.checkpoints is not None
        windows.insert(self.store, rows, times, values)
        stamps, kept = windows.since(self.store, rows, self.store.columns["older_ms"][rows])
        self.checkpoints.rewind(self.store, rows)
        self.store.columns["last_ms"][rows] = self.store.columns["older_ms"][rows]
        self._rewound()
        verdicts: list[Verdict] = []
        before = np.full(len(rows), NEVER)
        for now, value in zip(stamps.T, kept.T, strict=True):
            here = np.flatnonzero(now != NEVER)
            self.checkpoints.passing(self.store, rows[here], before[here], now[here])
            found = self._judge(rows[here], now[here], value[here])
            self.learn(rows[here], now[here], value[here])
            verdicts += [verdict._replace(position=int(here[verdict.position])) for verdict in found]
            before = now
        return verdicts

    def _judge(self, rows: Rows, times: Column, values: Column) -> list[Verdict]:
        for measure in self._measures:
            measure.forget()
        verdicts = [verdict for judge in self.judges for verdict in judge.judge(self.store, rows, times, values)]
        self.store.columns["last"][rows] = values
        self.store.columns["last_ms"][rows] = times
        return verdicts
