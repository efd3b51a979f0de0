"""The plain readings of a stretch of a recording, judged at once; what they do to signals is done in order later."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from city.detect.block import Lesson
from city.detect.book import Move
from city.detect.detector import Detector
from city.detect.flat import FlatPack
from city.detect.indices import NOWHERE
from city.detect.names import Names
from city.detect.plain import Readings, firsts, plain, ranks
from city.detect.resting import Runs
from city.detect.series import Series, chained, stirred
from city.detect.store import NEVER, Column, Rows
from city.detect.verdicts import Verdict
from city.detect.winds import WINDS
from schemas.signals import Signal

Order = tuple[int, int, str, int, bool, int]
"""Record, turn of the name in it, quantity, judge, whether it ends, place: the order in which packs are judged."""
WORTH = 0.5
"""With a smaller part of plain readings a stretch is judged record by record."""
STATE, SETTLE = -2, -1
"""What comes before the judges."""


class Step(NamedTuple):
    """What a reading does to the signals of its sensor."""

    order: Order
    series: Series
    row: int
    move: Move | None
    """None: the row's checkpoints move on, and what was found up to `before_ms` stands."""
    before_ms: int = NEVER
    keep: bool = False
    """Late readings may still change the move."""
    wind: int | None = None
    """Instead of both: which of the plain readings tells of the wind."""


class Early:
    """The plain readings of some packs, judged: the k-th readings of all rows of a quantity at once."""

    def __init__(self, detector: Detector, names: Names, packs: dict[int, FlatPack], ticks_ms: Column) -> None:
        """`packs` by number of their record; their names are known."""
        self._detector, self._names, self._packs = detector, names, packs
        readings = self._readings()
        is_plain = plain(readings, self._last_ms(readings), ticks_ms, detector.silence)
        is_plain &= ~self._of_indices(readings)
        is_plain &= ~self._not_measured(readings)
        is_plain &= is_plain.mean() >= WORTH
        self._plain, left = readings.at(np.flatnonzero(is_plain)), readings.at(np.flatnonzero(~is_plain))
        self._left_of = {
            int(left.record[own[0]]): left.offset[own] for own in _split(np.arange(len(left.name)), left.record)
        }
        """Of each record of which anything is left: where that is in it."""
        self._turns = ranks(self._plain.record * len(names.rows) + self._plain.name)
        """Of each plain reading: how many of its name are before it in its pack."""
        detector.counts["readings"] += len(self._turns)
        self._see()
        self._steps_of: dict[int, list[Step]] = {}
        """Of each record, in order: what lies between two of them, as an event, may be about the same assets."""
        for step in sorted(self._steps(), key=lambda step: step.order):
            self._steps_of.setdefault(step.order[0], []).append(step)

    def signals(self, number: int) -> list[Signal]:
        """What a pack says; to be asked for one after the other."""
        taken = [self._take(step) for step in self._steps_of.get(number, ())]
        return [signal for signal in taken if signal] + self._rest(number)

    def _rest(self, number: int) -> list[Signal]:
        """Judges what is left of a pack."""
        at = self._left_of.get(number)
        return [] if at is None else self._detector.pack(self._packs[number].part(at.tolist()))

    def _readings(self) -> Readings:
        packs, columns = self._packs.values(), [self._names.column(pack.names) for pack in self._packs.values()]
        sizes, name = [len(column) for column in columns], np.concatenate(columns)
        return Readings(
            record=np.repeat(np.array(list(self._packs), dtype=np.intp), sizes),
            offset=np.concatenate([np.arange(size) for size in sizes]),
            name=name,
            sensor=self._names.sensors[name],
            times=np.frombuffer(b"".join([pack.times for pack in packs]), dtype=np.int64),
            values=np.frombuffer(b"".join([pack.values for pack in packs]), dtype=np.float64),
        )

    def _last_ms(self, readings: Readings) -> Column:
        names = self._names
        found = np.full(len(names.rows), NEVER)
        for series, here in zip(names.all_series, names.of_series, strict=True):
            found[here] = series.store.columns["last_ms"][names.rows[here]]
        return found[readings.name]

    def _of_indices(self, readings: Readings) -> Column:
        """Readings of sensors whose station ends an hour here, or has several of a kind: these count in their order."""
        stations = self._names.stations[readings.name]
        at = np.flatnonzero(stations != NOWHERE)
        stations = stations[at]
        in_order = ~self._detector.indices.goes_on(stations, readings.times[at]) | ~self._names.alone[readings.name[at]]
        found = np.zeros(len(self._detector.silence.store.names), dtype=bool)
        found[readings.sensor[at[np.isin(stations, stations[in_order])]]] = True
        of_sensors: Column = found[readings.sensor]
        return of_sensors

    def _not_measured(self, readings: Readings) -> Column:
        """Readings of sensors that here say of themselves that they do not measure."""
        found = np.zeros(len(self._detector.silence.store.names), dtype=bool)
        stating = [(self._names.column(pack.names), pack.states) for pack in self._packs.values() if pack.states]
        stated = [column[at] for column, states in stating for at in states if at < len(column)]
        found[self._names.sensors[stated]] = True
        of_sensors: Column = found[readings.sensor]
        return of_sensors

    def _see(self) -> None:
        """All sensors are seen, none of them after a silence."""
        slow = np.array([series.slow for series in self._names.all_series])
        of_slow = slow[self._names.series[self._plain.name]]
        self._detector.silence.begin(*_earliest(self._plain.sensor[of_slow], self._plain.times[of_slow]))
        self._detector.silence.note(*_latest(self._plain.sensor, self._plain.times))

    def _count(self) -> None:
        """Put the readings into the chains of their names, turn by turn for all series at once."""
        names, name = self._names, self._plain.name
        chain, count = np.zeros(len(names.rows), dtype=np.uint64), np.bincount(name, minlength=len(names.rows))
        places = [
            (one.store, names.rows[here], here) for one, here in zip(names.all_series, names.of_series, strict=True)
        ]
        for store, rows, here in places:
            chain[here] = store.columns["chain"][rows]
        turns, brought = ranks(name), stirred(self._plain.times, self._plain.values)
        order = np.argsort(turns, kind="stable")
        for positions in _split(order, turns[order]):
            chain[name[positions]] = chained(chain[name[positions]], brought[positions])
        for store, rows, here in places:
            store.columns["chain"][rows] = chain[here]
            store.columns["count"][rows] += count[here]
            store.touch(rows[count[here] > 0])

    def _steps(self) -> Iterator[Step]:
        """What rests is taken at once; the others turn by turn: what the series learn of one, they learn at once."""
        self._count()
        yield from self._winds()
        awake = list[Rows]()
        series, name = self._names.series[self._plain.name], self._plain.name
        order = np.lexsort((name, series))
        for positions in _split(order, series[order]):
            moved, left = self._rested(self._names.all_series[series[positions[0]]], positions)
            yield from moved
            awake.append(left)
        positions = np.sort(np.concatenate(awake)) if awake else np.zeros(0, dtype=np.intp)
        turns = ranks(name[positions])
        order = np.lexsort((series[positions], turns))
        for here in _split(order, turns[order]):
            yield from self._turn(positions[here])

    def _winds(self) -> Iterator[Step]:
        """What tells of the wind is known from its record on."""
        for number, series in enumerate(self._names.all_series):
            if series.name in WINDS:
                for at in np.flatnonzero(self._names.series[self._plain.name] == number).tolist():
                    row = int(self._names.rows[self._plain.name[at]])
                    yield Step(self._order(at, series.name, STATE, ends=False), series, row, None, wind=at)

    def _rested(self, series: Series, positions: Rows) -> tuple[list[Step], Rows]:
        """Takes what rests of the readings of a series, those of a name together; the positions of the others."""
        times, values = self._plain.times[positions], self._plain.values[positions]
        runs = Runs.of_rows(self._names.rows[self._plain.name[positions]], times, values)
        resting = series.resting(runs)
        if not np.count_nonzero(resting):
            return [], positions
        here = resting[runs.of]
        runs, own = runs.only(here), positions[here]
        if self._detector.indices.rests_on(series.name):
            self._detector.indices.go_on(series.name, runs)
        moved = [
            self._settling(series, int(own[at]), int(runs.rows[runs.of[at]]), before_ms)
            for at, before_ms in series.rest(runs)
        ]
        return moved, positions[~here]

    def _turn(self, positions: Rows) -> Iterator[Step]:
        """At most one reading of each name, those of a series together."""
        series, lessons = self._names.series[self._plain.name[positions]], list[Lesson]()
        for own in _split(positions, series):
            yield from self._judged(self._names.all_series[self._names.series[self._plain.name[own[0]]]], own, lessons)
        self._detector.learn(lessons)

    def _judged(self, series: Series, positions: Rows, lessons: list[Lesson]) -> Iterator[Step]:
        """Judge one reading of each row of a series; what is to be learned of them is added to the lessons."""
        rows, times = self._names.rows[self._plain.name[positions]], self._plain.times[positions]
        values, keep = self._plain.values[positions], series.checkpoints is not None
        if series.watches_states:
            for verdict in series.judge_states(rows, times, np.zeros(len(rows), dtype=np.int8)):
                yield self._step(series, verdict, int(positions[verdict.position]), STATE, keep=False)
        if series.checkpoints is not None:
            for row in series.checkpoints.advance(series.store, rows, times):
                before_ms = int(series.store.columns["older_ms"][row])
                yield self._settling(series, int(positions[rows == row][0]), int(row), before_ms)
        if self._detector.indices.rests_on(series.name):
            over = list(self._detector.indices.take(series.name, rows, times, values))
            assert not over, "no hour is over within what is judged early"
        verdicts = series.judge(rows, times, values)
        if lesson := series.lesson(rows, times, values):
            lessons.append(lesson)
        judges = {judge.condition.id: number for number, judge in enumerate(series.judges)} if verdicts else {}
        for verdict in verdicts:
            at, judge = int(positions[verdict.position]), judges[verdict.condition.id]
            yield self._step(series, verdict, at, judge, keep=keep)

    def _settling(self, series: Series, at: int, row: int, before_ms: int) -> Step:
        """With the reading at a place in the plain ones, what was found of a row up to a time stands."""
        return Step(self._order(at, series.name, SETTLE, ends=False), series, row, None, before_ms)

    def _step(self, series: Series, verdict: Verdict, at: int, judge: int, *, keep: bool) -> Step:
        pack, offset = self._packs[int(self._plain.record[at])], int(self._plain.offset[at])
        move = self._detector.move(pack, series, verdict, offset)
        order = self._order(at, series.name, judge, ends=not verdict.began)
        return Step(order, series, verdict.row, move, keep=keep)

    def _order(self, at: int, quantity: str, judge: int, *, ends: bool) -> Order:
        return int(self._plain.record[at]), int(self._turns[at]), quantity, judge, ends, at

    def _take(self, step: Step) -> Signal | None:
        if step.wind is not None:
            own = slice(step.wind, step.wind + 1)
            told = self._plain.times[own], self._plain.values[own]
            self._detector.vanes.take(step.series.name, [step.series.store.names[step.row]], *told)
        elif step.move is None:
            self._detector.settle(step.series, step.row, step.before_ms)
        else:
            return self._detector.actives.take(step.move, keep=step.keep)
        return None


def _split(ordered: Rows, keys: Column) -> list[Rows]:
    """The runs of equal keys; there may be none."""
    return np.split(ordered, np.flatnonzero(firsts(keys))[1:]) if len(ordered) else []


def _earliest(sensors: Rows, times: Column) -> tuple[Rows, Column]:
    """The first reading of each sensor."""
    found, at = np.unique(sensors, return_index=True)
    return found, times[at]


def _latest(sensors: Rows, times: Column) -> tuple[Rows, Column]:
    """The last reading of each sensor."""
    return _earliest(sensors[::-1], times[::-1])
