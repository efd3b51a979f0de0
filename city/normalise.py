"""Readings as the center keeps them: in the quantity's own unit, plausible, placed by domain and zone (DESIGN D1)."""

import re
from collections.abc import Sequence
from math import isfinite
from operator import le
from typing import NamedTuple

import msgspec

from city.enrich import Catalogue, split_name
from city.units import conversion, spelled
from schemas.assets import UNKNOWN_ZONE
from schemas.errors import Invalid
from schemas.packed import NO_BASE, Plain
from schemas.senml import RELATIVE_BELOW_S, TIME_LIMIT_S, VERSION, Base, Fault, Record, Resolved, milliseconds, rebase
from schemas.sentences import Sentence, say

FUTURE_MS = 300_000
"""How far ahead of the time of receipt a live reading may be."""
EARLIEST_MS, LATEST_MS = 0, 7_258_118_400_000
"""1970 and 2200: times outside are faults of a clock."""
PLAUSIBLE = 1e15
"""A quantity without a range of its own is plausible from minus to plus this: what instruments send for no value
(1e20, 9.97e36, 3.4e38) is beyond, and no sum of such readings overflows."""
CACHE_LIMIT = 200_000
PLANS_LIMIT = 20_000
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-:./_]{0,199}")


_Key = tuple[tuple[str, ...], tuple[str | None, ...]]
"""Names and units of the records of a pack."""


class Place(NamedTuple):
    """Where readings go: the topic's domain and the record's key."""

    domain: str
    zone: str


class Columns(msgspec.Struct, gc=False):
    """Readings of one event for one place, columns of equal length."""

    names: list[str]
    times: list[int]
    values: list[float]
    states: dict[int, str] = {}
    """State of the instrument by index, where it is not `measuring`."""

    @property
    def size(self) -> int:
        """How many readings."""
        return len(self.names)

    @property
    def characters(self) -> int:
        """Of the names, about."""
        return len(self.names[0]) * len(self.names)

    def cut(self, start: int, stop: int) -> "Columns":
        """Some of the readings."""
        states = {at - start: state for at, state in self.states.items() if start <= at < stop}
        return Columns(self.names[start:stop], self.times[start:stop], self.values[start:stop], states)


_NOWHERE = Columns([], [], [])
"""Nothing is ever put there: the first reading has a place."""


class Target(msgspec.Struct, frozen=True):
    """What becomes of a value: times factor, plus shift, and it is plausible from low to high."""

    place: Place
    factor: float
    shift: float
    low: float
    high: float
    unit: str
    """The quantity's own, in its letters of SenML."""


class _Plan(msgspec.Struct, frozen=True):
    """What is known of the names of a pack, which come again in the next one of their source."""

    names: list[str]
    converted: bool
    factors: list[float]
    shifts: list[float]
    lows: list[float]
    highs: list[float]
    parts: dict[Place, list[int]]
    """The positions of each place, which come in the order of their first."""


class Normaliser:
    """Checks and places readings by one revision of the catalogue; what it found out about a name it keeps."""

    def __init__(self, catalogue: Catalogue, *, zoned: bool = True) -> None:
        """A new one for each catalogue; `zoned`: registered sensors of one domain are placed by their zones too."""
        self.catalogue = catalogue
        self._zoned = zoned
        self.live = catalogue.city.clock != "events"
        self._targets: dict[tuple[str, str | None], Target | Fault] = {}
        self._places: dict[Place, Place] = {}
        self._plans: dict[_Key, _Plan | None] = {}

    def readings(self, resolved: Resolved, now_ms: int) -> dict[Place, Columns]:
        """The good readings by place, received at `now_ms`; the others are added to `resolved.faults`."""
        found: dict[Place, Columns] = {}
        latest = now_ms + FUTURE_MS if self.live else LATEST_MS
        targets, place, columns, states = self._targets, None, _NOWHERE, resolved.states
        for name, unit, at, value, record in zip(
            resolved.names, resolved.units, resolved.times, resolved.values, resolved.records, strict=True
        ):
            target = targets.get((name, unit)) or self._learn(name, unit)
            if isinstance(target, Fault):
                resolved.faults.append(Fault(record, target.field, target.detail))
                continue
            own = value * target.factor + target.shift
            if not (target.low <= own <= target.high and EARLIEST_MS <= at <= latest):
                resolved.faults.append(_fault(record, at, own, latest, target))
                continue
            if target.place is not place:
                place = target.place
                columns = found[place] if place in found else found.setdefault(place, Columns([], [], []))
            if states and record in states:
                columns.states[len(columns.names)] = states[record]
            columns.names.append(name)
            columns.times.append(at)
            columns.values.append(own)
        return found

    def plain(self, records: Sequence[Plain], now_ms: int) -> dict[Place, Columns] | None:
        """The readings of a pack of plain records at absolute times; None if one is not good, as `packed` says."""
        names, given, units, bases, offsets = zip(*map(msgspec.structs.astuple, records), strict=True)
        key = names, units
        plan, times = self._plans[key] if key in self._plans else self._planned(key), _times(bases, offsets)
        if plan is None or times is None:
            return None
        values = list(given)
        if plan.converted:
            values = [v * by + on for v, by, on in zip(given, plan.factors, plan.shifts, strict=True)]
        if not (all(map(le, plan.lows, values)) and all(map(le, values, plan.highs))):
            return None
        latest = now_ms + FUTURE_MS if self.live else LATEST_MS
        if not (min(times) >= EARLIEST_MS and max(times) <= latest):
            return None
        if len(plan.parts) == 1:
            return {place: Columns(plan.names, times, values) for place in plan.parts}
        return {
            place: Columns([plan.names[at] for at in part], [times[at] for at in part], [values[at] for at in part])
            for place, part in plan.parts.items()
        }

    def _planned(self, key: _Key) -> _Plan | None:
        """None where one of the names cannot be taken."""
        if len(self._plans) >= PLANS_LIMIT:
            self._plans.clear()
        found = [self.target(*pair) for pair in zip(*key, strict=True)]
        targets = [target for target in found if isinstance(target, Target)]
        if len(targets) < len(found) or not targets:
            self._plans[key] = None
            return None
        parts: dict[Place, list[int]] = {}
        for at, target in enumerate(targets):
            parts.setdefault(target.place, []).append(at)
        plan = self._plans[key] = _Plan(
            names=list(key[0]),
            converted=any((target.factor, target.shift) != (1.0, 0.0) for target in targets),
            factors=[target.factor for target in targets],
            shifts=[target.shift for target in targets],
            lows=[target.low for target in targets],
            highs=[target.high for target in targets],
            parts=parts,
        )
        return plan

    def packed(self, records: Sequence[Record], now_ms: int) -> dict[Place, Columns] | None:
        """The readings of a pack at absolute times; None if one is not simply good: `readings` says which and why.

        Both give the same where this gives any.
        """
        found: dict[Place, Columns] = {}
        latest = now_ms + FUTURE_MS if self.live else LATEST_MS
        targets, base, place, columns = self._targets, Base(), None, _NOWHERE
        for record in records:
            if record.bn is not None or record.bt is not None or record.bu is not None or record.bv is not None:
                rebase(record, base)
            if record.v is None or record.bver > VERSION or record.quality is not None:
                return None
            name, unit = base.bn + (record.n or ""), base.bu if record.u is None else record.u
            target = targets.get((name, unit)) or self._learn(name, unit)
            if isinstance(target, Fault) or not RELATIVE_BELOW_S <= base.bt + record.t < TIME_LIMIT_S:
                return None
            at, own = milliseconds(base.bt, record.t), (base.bv + record.v) * target.factor + target.shift
            if not (target.low <= own <= target.high and EARLIEST_MS <= at <= latest):
                return None
            if target.place is not place:
                place = target.place
                columns = found[place] if place in found else found.setdefault(place, Columns([], [], []))
            columns.names.append(name)
            columns.times.append(at)
            columns.values.append(own)
        return found

    def target(self, name: str, unit: str | None) -> Target | Fault:
        """Where readings of a name and unit go, or why nowhere."""
        return self._targets.get((name, unit)) or self._learn(name, unit)

    def _learn(self, name: str, unit: str | None) -> Target | Fault:
        if len(self._targets) >= CACHE_LIMIT:
            self._targets.clear()
        try:
            learned: Target | Fault = self._target(name, unit)
        except Invalid as error:
            learned = Fault(0, error.field or "n", error.said)
        self._targets[name, unit] = learned
        return learned

    def _place(self, domain: str, zone: str) -> Place:
        """One object for each place, so that places are compared at no cost."""
        place = Place(domain, zone)
        return self._places.setdefault(place, place)

    def _target(self, name: str, unit: str | None) -> Target:
        if not _NAME.fullmatch(name):
            raise Invalid(say("not_senml_name", name=name[:60]), field="n")
        sensor, quantity = split_name(name)
        known = self.catalogue.quantities.get(quantity)
        domain = self.catalogue.domain_of(quantity)
        if known is None or domain is None:
            raise Invalid(say("quantity_unknown", name=name, quantity=quantity), field="n")
        factor, shift = conversion(unit, known.unit) if unit is not None else (1.0, 0.0)
        zone = self.catalogue.zone(sensor) or UNKNOWN_ZONE
        place = self._place(domain, zone if self._zoned or zone == UNKNOWN_ZONE else "")
        low = known.min if known.min is not None else -PLAUSIBLE
        high = known.max if known.max is not None else PLAUSIBLE
        return Target(place, factor, shift, low, high, known.unit)


def _times(bases: Sequence[float], offsets: Sequence[float]) -> list[int] | None:
    """Unix milliseconds of records by their `bt` and `t`; None if one is relative to now or beyond every calendar."""
    base, found, last, at = 0.0, list[int](), None, 0
    if bases.count(NO_BASE) == len(bases) - 1 and not any(offsets):  # one time for all, as nearly always
        base = bases[0]
        return [milliseconds(base, 0.0)] * len(bases) if RELATIVE_BELOW_S <= base < TIME_LIMIT_S else None
    for given, offset in zip(bases, offsets, strict=True):
        if given != NO_BASE:
            base = given
        own = base, offset
        if own != last:
            if not RELATIVE_BELOW_S <= base + offset < TIME_LIMIT_S:
                return None
            last, at = own, milliseconds(base, offset)
        found.append(at)
    return found


def _after(unit: str) -> str:
    """A unit as it stands after a number: nothing where none is said."""
    return f" {spelled(unit)[0]}".rstrip()


def _fault(record: int, at: int, own: float, latest: int, target: Target) -> Fault:
    if not isfinite(own):
        return Fault(record, "v", say("not_finite"))
    if not target.low <= own <= target.high:
        return Fault(
            record, "v", say("implausible", value=own, low=target.low, high=target.high, unit=_after(target.unit))
        )
    return Fault(record, "t", time_fault(at, latest) or say("time_beyond"))


def time_fault(at_ms: int, latest_ms: int) -> Sentence | None:
    """What is wrong with a time, None if nothing is."""
    if at_ms < EARLIEST_MS:
        return say("before_1970")
    if at_ms > latest_ms:
        return say("in_future" if latest_ms < LATEST_MS else "after_2200")
    return None
