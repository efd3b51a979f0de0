"""Flapping: a thing that begins and ends again and again, by Nagios' formula over its turns.

Nagios, "Detection and Handling of State Flapping": of the last 21 checks, 20 pairs of neighbours; a pair that differs
counts 0.75 (the oldest) to 1.25 (the newest); flapping begins at the high and ends at the low threshold. Here a check
is a turn (the thing began or ended), or a slot of time without one: quick turns count as soon as they come.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import compress, pairwise
from math import ceil, inf

import msgspec

from schemas.signals import ACTIVE, Signal

PAIRS = 20
WEIGHTS = tuple(0.75 + number * 0.5 / (PAIRS - 1) for number in range(PAIRS))
HIGH, LOW = 30.0, 20.0
SHORTEST_SLOT_S, LONGEST_SLOT_S = 10.0, 60.0
FEWEST = 3
"""So many signals it takes at least: fewer make no six turns."""


def percent(changed: Sequence[bool]) -> float:
    """How much it flaps, 0 to 100, by which of the last 20 pairs of checks differ, the oldest first."""
    return 100 * sum(compress(WEIGHTS, changed)) / PAIRS


def slot_s(hold_down_s: float) -> float:
    """Seconds without a turn that count as a check, by the hold-down of the kind."""
    return min(LONGEST_SLOT_S, max(SHORTEST_SLOT_S, hold_down_s))


def joins_within_s(hold_down_s: float) -> float:
    """Seconds after its last end in which what is one and the same with it may still begin, whether it flaps or not."""
    return hold_down_s + max(hold_down_s, PAIRS * slot_s(hold_down_s))


class Flap(msgspec.Struct, frozen=True):
    """Something that flaps, as of its last turn. Unix seconds."""

    percent: float
    turns: int
    """Among the last 20 pairs of checks."""
    since: float
    calm_at: float
    """When it has calmed down unless it turns again."""


class History:
    """The checks of one thing so far."""

    def __init__(self, slot: float) -> None:
        """`slot`: seconds without a turn that count as a check."""
        self._slot = slot
        self._changed = deque([False] * PAIRS, PAIRS)
        self._last = -inf
        self._since: float | None = None

    def turn(self, at: float) -> None:
        """It began or ended; times never go back."""
        quiet = 0 if self._last == -inf else min(PAIRS, ceil((at - self._last) / self._slot) - 1)
        for _ in range(quiet):
            self._check(at, differs=False)
        self._check(at, differs=True)
        self._last = at

    def _check(self, at: float, *, differs: bool) -> None:
        self._changed.append(differs)
        if self._since is None and not differs:
            return  # what is quiet flaps less with every check
        now = percent(self._changed)
        if self._since is None and now >= HIGH:
            self._since = at
        elif now <= LOW:
            self._since = None

    def flap(self) -> Flap | None:
        """Whether it flaps as of its last turn."""
        if self._since is None:
            return None
        return Flap(round(percent(self._changed), 2), sum(self._changed), self._since, self._calm_at())

    def _calm_at(self) -> float:
        ahead = deque(self._changed, PAIRS)
        slots = 0
        while percent(ahead) > LOW:
            ahead.append(False)
            slots += 1
        return self._last + slots * self._slot


def spans(signals: Iterable[Signal]) -> list[tuple[float, float]]:
    """From when to when any of the signals was active, Unix seconds, in order; infinite while one is."""
    found: list[tuple[float, float]] = []
    for start, end in sorted((signal.raised_at.timestamp(), end_of(signal)) for signal in signals):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def end_of(signal: Signal) -> float:
    """Unix seconds at which it cleared; infinite while active."""
    if signal.state == ACTIVE or signal.cleared_at is None:
        return inf
    return signal.cleared_at.timestamp()


def flap_of(signals: Sequence[Signal], hold_down_s: float) -> Flap | None:
    """Whether the signals of one kind about one thing flap, as of the last of them."""
    if len(signals) < FEWEST:
        return None
    history = History(slot_s(hold_down_s))
    for start, end in spans(signals):
        history.turn(start)
        if end != inf:
            history.turn(end)
    return history.flap()


def held_until(signals: Sequence[Signal], hold_down_s: float) -> dict[float, float]:
    """End of an activity before a pause of more than twice the hold-down → until when what flaps is one and the same.

    What chatters without such a pause, as a loose contact does for days, is not looked at.
    """
    if len(signals) < FEWEST:
        return {}
    active = spans(signals)
    paused = {end for (_, end), (start, _) in pairwise(active) if start - hold_down_s > end + hold_down_s}
    if not paused:
        return {}
    history, found = History(slot_s(hold_down_s)), {}
    for start, end in active:
        history.turn(start)
        if end != inf:
            history.turn(end)
            if end in paused and (flap := history.flap()) is not None:
                found[end] = flap.calm_at
    return found
