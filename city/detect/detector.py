"""The step of detect: (state, pack, event or tick) → signals, and its state as pages."""

from collections.abc import Mapping

import numpy as np

from city.detect.actives import Actives, Holding
from city.detect.columns import Columns, LeanPack, Plan, Round
from city.detect.judges import Verdict
from city.detect.outside import Outside
from city.detect.pages import capture, restore
from city.detect.series import Series
from city.detect.silence import Silence
from city.detect.store import Column, Rows
from city.enrich import Catalogue, split_name
from schemas.events import Event
from schemas.readings import MEASURING, Pack, Tick
from schemas.signals import Signal


class Detector:
    """Everything detect knows about one input partition of one topic."""

    def __init__(self, catalogue: Catalogue, pages: Mapping[str, bytes] | None = None) -> None:
        """`pages` as `pages()` gave them, perhaps under another revision of the reference data."""
        self.catalogue = catalogue
        self.actives = Actives(catalogue)
        self.outside = Outside(self.actives)
        self.silence = Silence(catalogue)
        self.series: dict[str, Series] = {}
        self.counts: dict[str, int] = {"readings": 0, "duplicates": 0, "late": 0, "not_measuring": 0}
        self._columns = Columns(self.place)
        self._orphans = False
        restore(self, pages or {})
        self._orphans = bool(self.actives.orphans(self._condition_ids()))

    def pack(self, pack: Pack | LeanPack) -> list[Signal]:
        """Judge a pack; raises Invalid (nothing is changed then)."""
        plan = self._columns.plan(pack)
        times = np.array(pack.times, dtype=np.int64)
        values = np.array(pack.values, dtype=np.float64)
        self.counts["readings"] += plan.size
        measuring = self._measuring(pack, plan)
        signals: list[Signal] = []
        for part in plan.rounds:
            signals += self._round(pack, part, times[part.positions], values[part.positions], measuring)
        return signals

    def event(self, event: Event) -> list[Signal]:
        """Signals of systems that judge for themselves, and reports; raises Invalid."""
        return self.outside.event(event)

    def tick(self, tick: Tick) -> list[Signal]:
        """Absences and reports that are over by now."""
        signals = [self._fell_silent(row) for row in self.silence.tick(tick)]
        signals += self.outside.tick(tick.now_ms, round(self.catalogue.city.lateness_s * 1000))
        if self._orphans:
            signals += self._end_orphans(tick.now_ms)
        return [signal for signal in signals if signal]

    def pages(self) -> dict[str, bytes]:
        """The whole state."""
        return capture(self, whole=True)

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
            series = self.series[quantity] = Series(quantity, self.catalogue)
        return quantity, series.add(sensor, self.silence.add(sensor, quantity))

    def _round(
        self, pack: Pack | LeanPack, part: Round, times: Column, values: Column, measuring: Column | None
    ) -> list[Signal]:
        series = self.series[part.quantity]
        series.count(part.rows, times, values)
        signals = self._seen(pack, part, series.sensors[part.rows], times)
        last = series.store.columns["last_ms"][part.rows]
        judged = times > last
        if measuring is not None:
            judged &= measuring[part.positions]
        if judged.all():
            verdicts = series.judge(part.rows, times, values)
            return signals + [found for verdict in verdicts if (found := self._signal(pack, part, verdict, None))]
        self._count_stale(times, last, part, measuring)
        kept = np.flatnonzero(judged)
        if len(kept):
            verdicts = series.judge(part.rows[kept], times[kept], values[kept])
            signals += [found for verdict in verdicts if (found := self._signal(pack, part, verdict, kept))]
        return signals

    def _count_stale(self, times: Column, last: Column, part: Round, measuring: Column | None) -> None:
        ready = np.ones(len(times), dtype=bool) if measuring is None else measuring[part.positions]
        self.counts["not_measuring"] += int((~ready).sum())
        self.counts["duplicates"] += int((ready & (times == last)).sum())
        self.counts["late"] += int((ready & (times < last)).sum())

    @staticmethod
    def _measuring(pack: Pack | LeanPack, plan: Plan) -> Column | None:
        """Which readings were taken by a measuring instrument; None: all."""
        away = [index for index, state in pack.states.items() if state != MEASURING and 0 <= index < plan.size]
        if not away:
            return None
        ready = np.ones(plan.size, dtype=bool)
        ready[away] = False
        return ready

    def _seen(self, pack: Pack | LeanPack, part: Round, sensors: Rows, times: Column) -> list[Signal]:
        """Readings end silences; in a recording a gap between two readings reveals one that no tick could see."""
        returned, revealed = self.silence.seen(sensors, times)
        signals = [self._fell_silent(int(sensors[at])) for at in revealed]
        self.silence.note(sensors, times)
        for at in np.concatenate([revealed, returned]):
            condition = self.silence.condition(int(sensors[at]))
            if condition is not None:
                sensor = self.silence.store.names[int(sensors[at])]
                signals.append(self.actives.end(sensor, condition.kind, int(times[at]), condition.id))
        return [signal for signal in signals if signal]

    def _fell_silent(self, row: int) -> Signal | None:
        condition = self.silence.condition(row)
        if condition is None:
            return None
        sensor = self.silence.store.names[row]
        holding = Holding(condition.id, condition.severity, limit=condition.absent_for, unit="s")
        domain = self.catalogue.domain_of(condition.quantity)
        return self.actives.begin(sensor, condition.kind, self.silence.raised_ms(row), holding, domain=domain)

    def _signal(self, pack: Pack | LeanPack, part: Round, verdict: Verdict, kept: Rows | None) -> Signal | None:
        condition, series = verdict.condition, self.series[part.quantity]
        sensor = series.store.names[verdict.row]
        if not verdict.began:
            return self.actives.end(sensor, condition.kind, verdict.at_ms, condition.id)
        at = verdict.position if kept is None else int(kept[verdict.position])
        position = at if isinstance(part.positions, slice) else int(part.positions[at])
        holding = Holding(
            condition.id, condition.severity, verdict.value, verdict.limit, verdict.legal_ref, series.quantity.unit
        )
        return self.actives.begin(
            sensor,
            condition.kind,
            verdict.at_ms,
            holding,
            domain=self.catalogue.kind_domain(condition.kind, self.catalogue.domain_of(part.quantity)),
            sources=_sources(pack, position),
            zone=pack.zone if self.catalogue.zone(sensor) is None else None,
        )

    def _condition_ids(self) -> set[str]:
        return {condition.id for domain in self.catalogue.domains.values() for condition in domain.conditions}

    def _end_orphans(self, now_ms: int) -> list[Signal]:
        """Signals of conditions that the reference data no longer has end now."""
        self._orphans = False
        found = [
            self.actives.end(asset, kind, now_ms, condition)
            for asset, kind, condition in self.actives.orphans(self._condition_ids())
        ]
        return [signal for signal in found if signal]


def _sources(pack: Pack | LeanPack, position: int) -> tuple[str, ...]:
    """Id of the CloudEvent that a reading came in."""
    for run in pack.runs:
        if position < run.count:
            return (run.id,)
        position -= run.count
    return ()
