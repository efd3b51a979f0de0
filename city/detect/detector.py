"""The step of detect: (state, pack, event or tick) → signals, and its state as pages."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

import msgspec
import numpy as np

from city.detect.absence import Absence
from city.detect.actives import Actives
from city.detect.block import Block, Lesson
from city.detect.book import Holding, Move
from city.detect.columns import Columns, LeanPack, Round
from city.detect.edited import Edited
from city.detect.flat import FlatPack
from city.detect.indices import INDEX, Indices
from city.detect.instruments import UNTOLD, states_of
from city.detect.moved import Here, Moved
from city.detect.normals import FIELDS, learn_all
from city.detect.outside import Outside
from city.detect.pages import capture, restore
from city.detect.series import Series
from city.detect.silence import Silence
from city.detect.store import Column, Rows
from city.detect.verdicts import Verdict
from city.detect.winds import WINDS, Vanes, Winds
from city.enrich import Catalogue, split_name
from schemas.events import Event
from schemas.normals import Normal
from schemas.readings import Pack, Tick
from schemas.signals import Signal

MINUTE_MS = 60_000


class Detector:
    """Everything detect knows about one input partition of one topic."""

    def __init__(
        self,
        catalogue: Catalogue,
        pages: Mapping[str, bytes] | None = None,
        normals: Mapping[str, Normal] = MappingProxyType({}),
        here: Here | None = None,
        winds: Winds | None = None,
    ) -> None:
        """`pages` as `pages()` gave them, perhaps under another revision of the reference data; `normals` by name of
        reading, for sensors that no page knows; `here`: the zones whose readings come to this partition; `winds`: of
        those zones, where other detectors read of them too."""
        self.catalogue = catalogue
        self.vanes = Vanes(catalogue, Winds() if winds is None else winds)
        self.actives = Actives(catalogue, self.vanes)
        self.outside = Outside(self.actives, catalogue)
        self.silence = Silence(catalogue)
        self._absence = Absence(catalogue, self.silence, self.actives)
        self.series: dict[str, Series] = {}
        self.counts: dict[str, int] = {"readings": 0, "duplicates": 0, "late": 0, "rejudged": 0, "not_measuring": 0}
        self.stale: frozenset[str] = frozenset()
        """Pages of before that are no longer, unless they are written anew."""
        self.indices = Indices(catalogue)
        self._normals = normals
        self._columns = Columns(self.place)
        self._block, self._lessons = Block(FIELDS), dict[str, Lesson]()
        restore(self, pages or {})
        for series in [self.series[name] for name in WINDS & self.series.keys()]:
            self.vanes.take(series.name, series.store.names, *series.lasts())
        self._edited = Edited(self)
        self._moved = Moved(self, here)

    def pack(self, pack: Pack | LeanPack) -> list[Signal]:
        """Judge a pack; raises Invalid (nothing is changed then)."""
        plan = self._columns.plan(pack)
        times = np.array(pack.times, dtype=np.int64)
        values = np.array(pack.values, dtype=np.float64)
        self.counts["readings"] += plan.size
        states = states_of(pack.states, plan.size)
        signals = self._moved.restated()
        for part in plan.rounds:
            own = None if states is None else states[part.positions]
            signals += self._round(pack, part, times[part.positions], values[part.positions], own)
        self._learn()
        return signals

    def event(self, event: Event) -> list[Signal]:
        """Signals of systems that judge for themselves, and reports; raises Invalid."""
        return self.outside.event(event)

    def tick(self, tick: Tick) -> list[Signal]:
        """Absences, reports that are over by now, and what its sensor, which moved, or an edit ends."""
        signals = self._moved.restated() + self._moved.away()
        signals += self._absence.tick(tick)
        signals += self.outside.tick(tick.now_ms, round(self.catalogue.longest_lateness_s * 1000))
        return signals + self._edited.tick(tick.now_ms)

    def learned(self, before_ms: int) -> list[Normal]:
        """The normals whose turn came since a tick: each once an hour, where it learned something."""
        first, last = before_ms // MINUTE_MS + 1, self.silence.tick_ms // MINUTE_MS
        if before_ms < 0 or first > last:
            return []
        minutes = range(max(first, last - 59), last + 1)
        since_ms = before_ms - 60 * MINUTE_MS
        return [normal for series in self.series.values() for normal in series.learned(since_ms, minutes)]

    def pages(self) -> dict[str, bytes]:
        """The whole state."""
        return {name: page for name, page in capture(self, whole=True).items() if page}

    def take_dirty(self) -> dict[str, bytes]:
        """The pages that changed since this was last asked."""
        return capture(self, whole=False)

    def chains(self) -> dict[str, tuple[int, int]]:
        """Name of a reading → (readings seen, checksum over them in order), for proofs of exactness."""
        return {
            f"{sensor}/{name}": (int(series.store.columns["count"][row]), int(series.store.columns["chain"][row]))
            for name, series in self.series.items()
            for sensor, row in series.store.rows.items()
        }

    def place(self, name: str) -> tuple[str, int]:
        """Quantity and row of a reading's name, registered on first sight."""
        sensor, quantity = split_name(name)
        series = self.series.get(quantity)
        if series is None:
            series = self.series[quantity] = Series(quantity, self.catalogue, self._block)
        known = sensor in series.store.rows
        row = series.add(sensor, self.silence.add(sensor, quantity))
        self.indices.add(sensor, quantity, row)
        if not known and name in self._normals:
            series.take_normal(row, self._normals[name])
        return quantity, row

    def _round(
        self, pack: Pack | LeanPack, part: Round, times: Column, values: Column, states: Column | None
    ) -> list[Signal]:
        """`states`: of the instruments, as codes; None: all measure. What no measuring one sends is judged as NaN."""
        series = self.series[part.quantity]
        series.count(part.rows, times, values)
        signals = self._absence.seen(series.sensors[part.rows], times, slow=series.slow)
        if states is not None:
            self.counts["not_measuring"] += int((states > 0).sum())
            values = np.where(states > 0, np.nan, values)
        last = series.store.columns["last_ms"][part.rows]
        judged = times > last
        if series.watches_states:
            signals += self._told_states(pack, part, times, np.where(judged, 0 if states is None else states, UNTOLD))
        if np.count_nonzero(judged) == len(judged):
            return signals + self._judge(pack, part, times, values, None)
        late = self._count_stale(times, last)
        again = late[series.revisable(part.rows[late], times[late])] if len(late) else late
        kept = np.flatnonzero(judged)
        if len(kept):
            signals += self._judge(pack, part, times, values, kept)
        return signals + (self._judge_again(pack, part, times, values, again) if len(again) else [])

    def _judge(
        self, pack: Pack | LeanPack, part: Round, times: Column, values: Column, kept: Rows | None
    ) -> list[Signal]:
        """Judge the newer readings of a round, those at the positions `kept`; None: all."""
        series, rows = self.series[part.quantity], part.rows
        if kept is not None:
            rows, times, values = rows[kept], times[kept], values[kept]
        if part.quantity in self._lessons:
            self._learn()
        self._advance(series, rows, times)
        if part.quantity in WINDS:
            self.vanes.take(part.quantity, series.named(rows), times, values)
        signals: list[Signal] = []
        verdicts = series.judge(rows, times, values)
        if lesson := series.lesson(rows, times, values):
            self._lessons[part.quantity] = lesson
        if verdicts:
            places = [one.position if kept is None else int(kept[one.position]) for one in verdicts]
            found = zip(verdicts, map(part.position, places), strict=True)
            signals = self._taken([self.move(pack, series, *one) for one in found], keep=series.checkpoints is not None)
        if self.indices.rests_on(part.quantity):
            signals += self._judge_indices(pack, part, times, values, kept)
        return signals

    def _learn(self) -> None:
        """Learn what was judged in one go: rounds are short, and most of the cost is that of beginning."""
        self.learn(self._lessons.values())
        self._lessons.clear()

    def learn(self, lessons: Collection[Lesson]) -> None:
        """Learn readings of several quantities, each row of them once."""
        learn_all(self._block, lessons)

    def _taken(self, moves: list[Move], *, keep: bool) -> list[Signal]:
        found = [self.actives.take(move, keep=keep) for move in moves]
        return [signal for signal in found if signal]

    def _judge_indices(
        self, pack: Pack | LeanPack, part: Round, times: Column, values: Column, kept: Rows | None
    ) -> list[Signal]:
        """Judge the indices of the hours that are over with these newer readings of a round."""
        signals: list[Signal] = []
        rows = part.rows if kept is None else part.rows[kept]
        for hour in self.indices.take(part.quantity, rows, times, values):
            places = [self.place(f"{self.indices.store.names[row]}/{INDEX}")[1] for row in hour.rows]
            at = hour.positions if kept is None else kept[hour.positions]
            own = Round(INDEX, np.array([part.position(int(one)) for one in at]), np.array(places, dtype=np.intp))
            self.series[INDEX].count(own.rows, hour.ends_ms, hour.values)
            signals += self._judge(pack, own, hour.ends_ms, hour.values, None)
        return signals

    def _advance(self, series: Series, rows: Rows, times: Column) -> None:
        """Before these readings: checkpoints move on, and what was found up to them stands."""
        if series.checkpoints is None:
            return
        due = series.checkpoints.advance(series.store, rows, times)
        if len(due) and not self.actives.past_kinds.isdisjoint((*series.kinds, *self._absence.kinds)):
            for row in due:
                self.settle(series, int(row), int(series.store.columns["older_ms"][row]))

    def settle(self, series: Series, row: int, before_ms: int) -> None:
        """The older checkpoint of a row moved on: what was found up to it stands."""
        if self.actives.pasts:
            for kind, conditions in series.kinds.items():
                self.actives.settle((series.store.names[row], kind), conditions, before_ms)
            self._absence.settle(int(series.sensors[row]), before_ms)

    def _judge_again(
        self, pack: Pack | LeanPack, part: Round, times: Column, values: Column, late: Rows
    ) -> list[Signal]:
        """Judge rows again with a late reading each: revisions of what was told."""
        self._learn()
        self.counts["rejudged"] += len(late)
        series = self.series[part.quantity]
        rows = part.rows[late]
        moves: dict[tuple[str, str], list[Move]] = {}
        for verdict in series.judge_again(rows, times[late], values[late]):
            move = self.move(pack, series, verdict, part.position(int(late[verdict.position])))
            moves.setdefault((move.asset, move.kind), []).append(move)
        signals: list[Signal] = []
        for row in rows:
            older_ms = int(series.store.columns["older_ms"][row])
            for kind, conditions in series.kinds.items():
                key = series.store.names[row], kind
                signals += self.actives.revise(key, conditions, older_ms, moves.get(key, []))
        return signals

    def _told_states(self, pack: Pack | LeanPack, part: Round, times: Column, states: Column) -> list[Signal]:
        """What the instruments say of themselves in the newer readings of a round."""
        series = self.series[part.quantity]
        verdicts = series.judge_states(part.rows, times, states)
        return self._taken([self.move(pack, series, one, part.position(one.position)) for one in verdicts], keep=False)

    def _count_stale(self, times: Column, last: Column) -> Rows:
        """Count what is not judged as news; positions of late readings."""
        self.counts["duplicates"] += int((times == last).sum())
        late = np.flatnonzero(times < last)
        self.counts["late"] += len(late)
        return late

    def move(self, pack: Pack | LeanPack | FlatPack, series: Series, verdict: Verdict, position: int) -> Move:
        """A verdict as a move of its asset's signal; `position` is that of its reading in the pack."""
        condition, sensor = verdict.condition, series.store.names[verdict.row]
        move = Move(sensor, condition.kind, condition.id, verdict.at_ms, verdict.found_ms)
        if not verdict.began:
            return move
        move.holding = Holding(
            condition.id,
            condition.severity,
            verdict.value,
            verdict.limit,
            verdict.legal_ref,
            series.quantity.unit,
            test=condition.test,
        )
        if series.name == INDEX:
            move.holding = msgspec.structs.replace(move.holding, note=self.indices.note(sensor))
        move.words = {
            "domain": self.catalogue.kind_domain(condition.kind, self.catalogue.domain_of(series.name)),
            "sources": _sources(pack, position),
            "zone": pack.zone if self.catalogue.zone(sensor) is None else None,
        }
        return move


def _sources(pack: Pack | LeanPack | FlatPack, position: int) -> tuple[str, ...]:
    """Id of the CloudEvent that a reading came in."""
    for event_id, count in pack.origins() if isinstance(pack, FlatPack) else ((run.id, run.count) for run in pack.runs):
        if position < count:
            return (event_id,)
        position -= count
    return ()
