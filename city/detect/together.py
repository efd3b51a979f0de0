"""Records of a recording judged together: the signals of one after the other, at a part of the cost."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np

from city.detect.block import Lesson
from city.detect.book import Move
from city.detect.detector import Detector
from city.detect.indices import NOWHERE
from city.detect.plain import Readings, firsts, plain, ranks
from city.detect.series import Series
from city.detect.store import NEVER, Column, Rows
from city.detect.verdicts import Verdict
from schemas.errors import Invalid
from schemas.events import Event
from schemas.readings import Pack, Tick
from schemas.signals import Signal

Record = Pack | Tick | Event
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


class Names:
    """A number for each name of a reading that the detector knows, with its series, row and sensor."""

    def __init__(self, detector: Detector) -> None:
        """None is known."""
        self._detector = detector
        self.numbers: dict[str, int] = {}
        self.all_series: list[Series] = []
        self._arrange()

    def learn(self, names: Iterable[str]) -> None:
        """Number these too, in the order in which they come: so the detector would have met them. Raises Invalid."""
        new = [name for name in names if name not in self.numbers]
        try:
            for name in new:
                self._detector.place(name)
                self.numbers[name] = len(self.numbers)
        finally:
            if new:
                self._arrange()

    def _arrange(self) -> None:
        self.all_series = list(self._detector.series.values())
        numbers = {series.name: number for number, series in enumerate(self.all_series)}
        places = [self._detector.place(name) for name in self.numbers]
        self.series: Rows = np.array([numbers[quantity] for quantity, _ in places], dtype=np.intp)
        """Of each name, the place of its series in `all_series`."""
        self.of_series = [np.flatnonzero(self.series == number) for number in range(len(numbers))]
        """Of each series, its names."""
        self.rows: Rows = np.array([row for _, row in places], dtype=np.intp)
        self.sensors: Rows = np.array(
            [self._detector.series[quantity].sensors[row] for quantity, row in places], dtype=np.intp
        )
        stations = [self._detector.indices.station(quantity, row) for quantity, row in places]
        self.stations: Rows = np.array(stations, dtype=np.intp)
        """Of each name, the station whose index rests on it; NOWHERE for none."""
        pairs = Counter((quantity, station) for (quantity, _), station in zip(places, stations, strict=True))
        self.alone = np.array([pairs[quantity, at] == 1 for (quantity, _), at in zip(places, stations, strict=True)])
        """Of each name, whether no other sensor tells the same of the station."""


class Together:
    """Judges the plain readings of many packs at once and the others as they come."""

    def __init__(self, detector: Detector) -> None:
        """Of a recording; the detector may be used otherwise in between."""
        self._detector = detector
        self._names = Names(detector)

    def signals(self, records: Sequence[Record]) -> Iterator[list[Signal] | Invalid]:
        """For each record what the detector says of it, or why it cannot take this event; to be taken to its end.

        Raises Invalid for a pack.
        """
        packs = {number: record for number, record in enumerate(records) if isinstance(record, Pack)}
        simple = bool(packs) and self._detector.silence.recorded and all(map(_simple, packs.values()))
        names = dict.fromkeys(chain.from_iterable(pack.names for pack in packs.values())) if simple else {}
        known = bool(names) and self._learned(names)
        early = Early(self._detector, self._names, packs, _ticks_ms(records)) if known else None
        for number, record in enumerate(records):
            if isinstance(record, Event):
                yield self._of_event(record)
            elif isinstance(record, Tick):
                yield self._detector.tick(record)
            elif early is None:
                yield self._detector.pack(record)
            else:
                yield early.signals(number)

    def _of_event(self, event: Event) -> list[Signal] | Invalid:
        try:
            return self._detector.event(event)
        except Invalid as error:
            return error

    def _learned(self, names: Iterable[str]) -> bool:
        """Whether all names are known now; a wrong one is for its pack to tell."""
        try:
            self._names.learn(names)
        except Invalid:
            return False
        return True


class Early:
    """The plain readings of some packs, judged: the k-th readings of all rows of a quantity at once."""

    def __init__(self, detector: Detector, names: Names, packs: dict[int, Pack], ticks_ms: Column) -> None:
        """`packs` by number of their record; their names are known."""
        self._detector, self._names, self._packs = detector, names, packs
        readings = self._readings()
        is_plain = plain(readings, self._last_ms(readings), ticks_ms, detector.silence)
        is_plain &= ~self._of_indices(readings)
        is_plain &= ~self._not_measured(readings)
        is_plain &= is_plain.mean() >= WORTH
        self._left, self._plain = readings.at(np.flatnonzero(~is_plain)), readings.at(np.flatnonzero(is_plain))
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
        pack, at = self._packs[number], self._left.offset[self._left.record == number]
        if len(at) == len(pack.names):
            return self._detector.pack(pack)
        return self._detector.pack(_part(pack, at.tolist())) if len(at) else []

    def _readings(self) -> Readings:
        packs, numbers = self._packs.values(), self._names.numbers
        sizes = [len(pack.names) for pack in packs]
        name = np.array([numbers[name] for pack in packs for name in pack.names], dtype=np.intp)
        return Readings(
            record=np.repeat(np.array(list(self._packs), dtype=np.intp), sizes),
            offset=np.concatenate([np.arange(size) for size in sizes]),
            name=name,
            sensor=self._names.sensors[name],
            times=np.array(list(chain.from_iterable(pack.times for pack in packs)), dtype=np.int64),
            values=np.array(list(chain.from_iterable(pack.values for pack in packs)), dtype=np.float64),
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
        stated = [self._names.numbers[pack.names[at]] for pack in self._packs.values() for at in pack.states]
        found[self._names.sensors[stated]] = True
        of_sensors: Column = found[readings.sensor]
        return of_sensors

    def _see(self) -> None:
        """All sensors are seen, none of them after a silence."""
        slow = np.array([series.slow for series in self._names.all_series])
        of_slow = slow[self._names.series[self._plain.name]]
        self._detector.silence.begin(*_earliest(self._plain.sensor[of_slow], self._plain.times[of_slow]))
        self._detector.silence.note(*_latest(self._plain.sensor, self._plain.times))

    def _steps(self) -> Iterator[Step]:
        """Turn by turn: what the series learn of one, they learn at once."""
        turns = ranks(self._plain.name)
        order = np.lexsort((self._names.series[self._plain.name], turns))
        for positions in _split(order, turns[order]):
            yield from self._turn(positions)

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
        series.count(rows, times, values)
        if series.watches_states:
            for verdict in series.judge_states(rows, times, np.zeros(len(rows), dtype=np.int8)):
                yield self._step(series, verdict, int(positions[verdict.position]), STATE, keep=False)
        if series.checkpoints is not None:
            for row in series.checkpoints.advance(series.store, rows, times):
                order = self._order(int(positions[rows == row][0]), series.name, SETTLE, ends=False)
                yield Step(order, series, int(row), None, int(series.store.columns["older_ms"][row]))
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

    def _step(self, series: Series, verdict: Verdict, at: int, judge: int, *, keep: bool) -> Step:
        pack, offset = self._packs[int(self._plain.record[at])], int(self._plain.offset[at])
        move = self._detector.move(pack, series, verdict, offset)
        order = self._order(at, series.name, judge, ends=not verdict.began)
        return Step(order, series, verdict.row, move, keep=keep)

    def _order(self, at: int, quantity: str, judge: int, *, ends: bool) -> Order:
        return int(self._plain.record[at]), int(self._turns[at]), quantity, judge, ends, at

    def _take(self, step: Step) -> Signal | None:
        if step.move is None:
            self._detector.settle(step.series, step.row, step.before_ms)
            return None
        return self._detector.actives.take(step.move, keep=step.keep)


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


def _ticks_ms(records: Sequence[Record]) -> Column:
    """Of each record the last tick before it, and behind them the last of all; NEVER where there is none."""
    own = np.array([record.now_ms if isinstance(record, Tick) else NEVER for record in records])
    return np.concatenate([[NEVER], np.maximum.accumulate(own)])


def _simple(pack: Pack) -> bool:
    """Its columns are equally long, and what it says of instruments is of readings in it."""
    size = len(pack.names)
    return size == len(pack.times) == len(pack.values) and all(0 <= at < size for at in pack.states)


def _part(pack: Pack, positions: list[int]) -> Pack:
    """Some of the readings of a pack, each with its origin."""
    origins = [run for run in pack.runs for _ in range(run.count)]
    return Pack(
        pack.domain,
        pack.zone,
        [pack.names[at] for at in positions],
        [pack.times[at] for at in positions],
        [pack.values[at] for at in positions],
        [msgspec.structs.replace(origins[at], count=1) for at in positions],
        {number: pack.states[at] for number, at in enumerate(positions) if at in pack.states},
    )
