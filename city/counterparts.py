"""Which signals of two judgements are one and the same, and which only one of them has."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime

import msgspec

from schemas.backtests import APPEARS, CHANGES, VANISHES, SignalBrief, SignalChange
from schemas.signals import Signal

COMPARED = ("raised_at", "cleared_at", "severity")


def paired(before: Iterable[Signal], after: Iterable[Signal]) -> list[Signal]:
    """`after`, each under the id of the one of `before` that goes on at the same time, of the same kind and asset.

    A limit that is broken earlier makes the same signal begin earlier; it is not another one.
    """
    left: dict[tuple[str, str], list[Signal]] = defaultdict(list)
    then, now = {one.id: one for one in before}, {one.id: one for one in after}
    for signal in then.values():
        if signal.id not in now:
            left[signal.asset, signal.kind].append(signal)
    return [signal if signal.id in then else _renamed(signal, left) for signal in now.values()]


def _renamed(signal: Signal, left: dict[tuple[str, str], list[Signal]]) -> Signal:
    others = left[signal.asset, signal.kind]
    for other in others:
        if _end(other) >= signal.raised_at and _end(signal) >= other.raised_at:
            others.remove(other)
            return msgspec.structs.replace(signal, id=other.id)
    return signal


def _end(signal: Signal) -> datetime:
    return signal.cleared_at or datetime.max.replace(tzinfo=signal.raised_at.tzinfo)


def signal_changes(before: Iterable[Signal], after: Iterable[Signal]) -> list[SignalChange]:
    """What is different, of signals that `paired` has named; the first raised first."""
    then, now = {one.id: one for one in before}, {one.id: one for one in after}
    both = then.keys() & now.keys()
    found = [SignalChange(what=VANISHES, before=brief(then[name])) for name in then.keys() - both]
    found += [SignalChange(what=APPEARS, after=brief(now[name])) for name in now.keys() - both]
    changed = [(then[name], now[name]) for name in both if _differ(then[name], now[name])]
    found += [SignalChange(what=CHANGES, before=brief(one), after=brief(other)) for one, other in changed]
    return sorted(found, key=_age)


def signal_counts(found: Iterable[SignalChange]) -> dict[str, int]:
    """How many of each kind of change."""
    return dict(Counter(one.what for one in found))


def brief(signal: Signal) -> SignalBrief:
    """A signal as far as a difference names it."""
    return SignalBrief(**{field: getattr(signal, field) for field in SignalBrief.__struct_fields__})


def _differ(one: Signal, other: Signal) -> bool:
    return any(getattr(one, field) != getattr(other, field) for field in COMPARED)


def _age(one: SignalChange) -> tuple[datetime, str]:
    shown = one.before or one.after
    assert shown is not None
    return shown.raised_at, shown.id
