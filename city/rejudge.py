"""Readings of the past judged anew under two catalogues at once: what is in force, and what is proposed."""

from collections.abc import Iterable, Mapping, Set
from datetime import datetime

import msgspec

from city.correlate import Window
from city.detect import INDEX, Detector, LeanPack
from city.enrich import Catalogue
from city.indicators.air_index import HOURS
from schemas.domains import Condition
from schemas.normals import Normal
from schemas.readings import Pack, Tick
from schemas.signals import Signal
from schemas.times import from_ms, to_ms

SLACK_MS = 5_000
"""Ticks of partitions are a little apart."""


INDEX_S = 3600.0 * (HOURS + 1)
"""An index of the air rests on so many seconds before it."""


def affected_kinds(before: Catalogue, after: Catalogue) -> frozenset[str]:
    """Kinds of signals with a condition that only one of them has, or that is judged otherwise by the other."""
    then, now = _judged(before), _judged(after)
    return frozenset(
        catalogue[name][0].kind
        for catalogue in (then, now)
        for name in then.keys() | now.keys()
        if name in catalogue and then.get(name) != now.get(name)
    )


def _judged(catalogue: Catalogue) -> dict[str, tuple[Condition, object, object, float]]:
    """Condition → all that decides what it makes of a reading."""
    return {
        condition.id: (
            condition,
            catalogue.quantities.get(condition.quantity),
            catalogue.limits_by_key.get(condition.limit or ""),
            catalogue.lateness_s(catalogue.domain_of(condition.quantity)),
        )
        for condition in _conditions(catalogue)
    }


def _conditions(catalogue: Catalogue) -> Iterable[Condition]:
    return (condition for domain in catalogue.domains.values() for condition in domain.judging)


def narrowed(catalogue: Catalogue, kinds: Set[str]) -> Catalogue:
    """The same with the conditions of these kinds only."""
    domains = {
        name: msgspec.structs.replace(domain, conditions=[one for one in domain.conditions if one.kind in kinds])
        for name, domain in catalogue.domains.items()
    }
    return msgspec.structs.replace(catalogue, domains=domains)


def read_domains(catalogues: Iterable[Catalogue], present: Catalogue) -> list[str]:
    """The domains in force whose readings the conditions of these catalogues are about."""
    quantities = {condition.quantity for one in catalogues for condition in _conditions(one)}
    return sorted({domain for name in quantities if (domain := present.domain_of(name)) is not None})


def warm_up_s(catalogues: Iterable[Catalogue]) -> float:
    """How long before the span to begin, seconds: until windows are full and durations have passed."""
    waits = [
        condition.over
        + condition.for_s
        + (condition.absent_for or 0)
        + (condition.stuck_for or 0)
        + (condition.copied_for or 0)
        + (INDEX_S if condition.quantity == INDEX else 0)
        for catalogue in catalogues
        for condition in _conditions(catalogue)
    ]
    return max(waits, default=0.0)


class Side:
    """What one catalogue makes of the readings."""

    def __init__(self, catalogue: Catalogue, normals: Mapping[str, Normal]) -> None:
        """Nothing read yet; `normals` as detect has learned them."""
        self._catalogue, self._normals = catalogue, normals
        self._detectors: dict[object, Detector] = {}
        self._found = Window()

    def take(self, partition: object, record: Pack | LeanPack | Tick) -> None:
        """The next record of a partition. Raises Invalid."""
        detector = self._detectors.get(partition)
        if detector is None:
            detector = self._detectors[partition] = Detector(self._catalogue, normals=self._normals)
        for signal in detector.tick(record) if isinstance(record, Tick) else detector.pack(record):
            self._found.apply(signal)

    def signals(self, start: datetime, to: datetime) -> list[Signal]:
        """Those that were active between two times, the first raised first."""
        found = [one for one in self._found.signals.values() if one.raised_at < to]
        lasted = [one for one in found if one.cleared_at is None or one.cleared_at >= start]
        return sorted(lasted, key=lambda one: (one.raised_at, one.id))


class Rejudging:
    """Folds the records of topics of readings, each partition in its order, from the warm-up on."""

    def __init__(self, sides: tuple[Side, Side], begin_ms: int, end_ms: int) -> None:
        """What a partition has before its clock is at `begin_ms` or after it is past `end_ms` is passed over."""
        self.sides = sides
        self._begin_ms, self._end_ms = begin_ms, end_ms
        self._begun: dict[object, int] = {}
        """Partition → what its clock was when it began to count, Unix milliseconds."""
        self._over: set[object] = set()
        self.readings = 0

    def take(self, partition: object, record: Pack | LeanPack | Tick) -> None:
        """The next record of a partition. Raises Invalid."""
        if isinstance(record, Tick):
            self._tick(partition, record.now_ms)
        if partition not in self._begun or partition in self._over:
            return
        if not isinstance(record, Tick):
            self.readings += len(record.times)
        for side in self.sides:
            side.take(partition, record)

    def _tick(self, partition: object, now_ms: int) -> None:
        if now_ms >= max(self._begin_ms, 1):
            self._begun.setdefault(partition, now_ms)
        if now_ms > self._end_ms:
            self._over.add(partition)

    def reach(self, start: datetime) -> datetime:
        """From when on all partitions had what was read; not before `start`."""
        begun = max(self._begun.values(), default=0)
        return start if begun - SLACK_MS <= to_ms(start) else from_ms(begun)
