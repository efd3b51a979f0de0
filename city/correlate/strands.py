"""Strands: signals of one kind about one asset whose stretched intervals overlap are one and the same thing."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Hashable, Iterator, Mapping
from functools import cached_property
from math import inf
from operator import attrgetter

import msgspec

from city.correlate.wording import Grams, grams
from city.flapping import end_of, held_until, spans
from city.space import Line, Position
from schemas.signals import BY_HAND, Signal

Key = tuple[str, str]
"""Signal kind and the asset it is about."""
Order = tuple[float, str]
Turn = tuple[bool, float, str]
"""When a strand finds its group: those that reports tell of before all reports, then by order."""


def key_of(signal: Signal) -> Key:
    """A sensor's signal is about the asset it measures."""
    return signal.kind, signal.measures or signal.asset


def order_of(signal: Signal) -> Order:
    """(raised_at, id): the order in which signals found and join groups, whatever order they arrived in."""
    return signal.raised_at.timestamp(), signal.id


class Stand(msgspec.Struct, frozen=True, gc=False):
    """The keys at which a strand meets its causes and effects, whatever its signals last."""

    conditions: tuple[Hashable, ...] = ()
    """Where those look for it of which it may be a condition."""
    causes: tuple[Hashable, ...] = ()
    """Where effects look for it."""
    effects: tuple[Hashable, ...] = ()
    """Where it looks for causes."""
    needed: tuple[Hashable, ...] = ()
    """Where it looks for the conditions of these."""


class Strand:
    """One or more signals of a key, in order; equal when the signals are."""

    def __init__(
        self,
        signals: tuple[Signal, ...],
        places: tuple[str, ...],
        position: Position | None,
        line: Line | None = None,
        tells: bool = False,
    ) -> None:
        """`places`: the assets it counts for; `position`: where it is, if anywhere; `line`: it is somewhere on it.

        `tells`: it tells of something that may have a signal of its own, as a report does.
        """
        self.signals = signals
        self.places = places
        self.position = position
        self.line = line
        self.bridged_s = -inf
        """Until when those went on that were left out behind its first signal, Unix seconds."""
        self.zones: frozenset[str] | None = None
        """The zones it lies in, once somebody asked (`Model.zones`)."""
        self.stand: Stand | None = None
        """Where causes and effects meet it, once somebody asked (`Model.stand`)."""
        self.first = first = signals[0]
        self.is_one = len(signals) == 1
        """Most are a single signal, of which less is asked."""
        self.id = first.id
        self.kind = first.kind
        self.region = first.region
        self.order = order_of(first)
        self.start = self.order[0]
        self.turn: Turn = (tells, *self.order)
        self.end = end_of(first) if self.is_one else max(map(end_of, signals))
        """Unix seconds at which the last of it cleared; infinite while one is active."""

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Strand) and self.signals == other.signals)

    def __hash__(self) -> int:
        return hash(self.id)

    def differs_in_end(self, other: "Strand") -> bool:
        """The other is the same but for when its signals end: whatever rests on place, kind and begin stays."""
        if len(self.signals) != len(other.signals) or self.places != other.places:
            return False
        return all(map(_differ_in_end, self.signals, other.signals)) and (self.is_one or self._turns == other._turns)

    def begun(self, until_s: float) -> float:
        """When it last began until then, or began again after an end; when it first began where that was later.

        Unix seconds, both.
        """
        turns = self._turns
        number = bisect_right(turns, until_s) - 1
        if number > 0:
            return turns[number]
        left_out = until_s <= self.bridged_s and end_of(self.first) < until_s
        return until_s if left_out else self.start

    def nearest(self, at_s: float) -> float:
        """When it began, or began again after an end, nearest to a time. Unix seconds, both."""
        before, later = self.begun(at_s), bisect_right(self._turns, at_s)
        after = self._turns[later] if later < len(self._turns) else inf
        return before if abs(at_s - before) <= after - at_s else after

    def apart_s(self, other: "Strand") -> float:
        """Seconds between its begin and the other's; of what came again, between the two that are nearest."""
        if self.is_one and other.is_one:
            return abs(self.start - other.start)
        gaps = [abs(at - self.nearest(at)) for at in other._turns]
        gaps += [abs(at - other.nearest(at)) for at in self._turns]
        return min(gaps)

    @cached_property
    def _turns(self) -> list[float]:
        return [self.start] if self.is_one else [start for start, _ in spans(self.signals)]

    def at(self, begun_s: float) -> Signal:
        """The signal with which it began then, one of the times that `begun` gives; the first for one left out."""
        number = 0 if begun_s == self.start else bisect_left(self.signals, begun_s, key=_begun)
        found = self.signals[number] if number < len(self.signals) else self.first
        return found if _begun(found) == begun_s else self.first

    @cached_property
    def by_hand(self) -> bool:
        """Whether a person of the center reported any of it."""
        return any(signal.origin == BY_HAND for signal in self.signals)

    @cached_property
    def grams(self) -> Grams:
        """What the words of its first signal are compared by; empty where it has none."""
        return grams(self.first.note or "")


def _begun(signal: Signal) -> float:
    return signal.raised_at.timestamp()


def _differ_in_end(one: Signal, other: Signal) -> bool:
    return one is other or msgspec.structs.replace(one, state=other.state, cleared_at=other.cleared_at) == other


def runs(
    signals: Collection[Signal], hold_down_s: float, bridges: Mapping[str, float] | None = None
) -> Iterator[tuple[Signal, ...]]:
    """Signals of one key, split where even intervals stretched by `hold_down_s` on both sides no longer overlap.

    What flaps is one and the same until it has calmed down. `bridges`: by id until when what was left out behind a
    signal went on, Unix seconds.
    """
    ordered = sorted(signals, key=attrgetter("raised_at", "id"))
    flapping = held_until(ordered, hold_down_s)
    current: list[Signal] = []
    reach = -inf
    for signal in ordered:
        if current and signal.raised_at.timestamp() - hold_down_s > reach:
            yield tuple(current)
            current, reach = [], -inf
        current.append(signal)
        end = end_of(signal)
        reach = max(reach, end + hold_down_s, flapping.get(end, -inf))
        if bridges and signal.id in bridges:
            reach = max(reach, bridges[signal.id] + hold_down_s)
    if current:
        yield tuple(current)
