"""Signals that other systems tell of: rebuilt from all their turns in time, whatever order these arrived in."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from itertools import groupby
from zlib import crc32

import msgspec

from schemas.signals import CLEARED, Signal
from schemas.times import from_ms

PAGES = 64
MOST_SOURCES = 20
SWEEP_MS = 60_000
MOST_TURNS, KEPT_TURNS = 200, 100
"""At each of so many turns of one (asset, kind) all but the newest are put together, late ones or not."""
Key = tuple[str, str]
"""Asset and signal kind."""


class Turn(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A system said that a signal began (`signal`: as raised by this event alone) or ended (None)."""

    at_ms: int
    event: str
    signal: Signal | None = None


class Told:
    """The turns of each (asset, kind), for as long as one that is late can still change what they mean.

    Turns that only repeat what is active are put together once nothing late can come between them, or when there are
    very many: a system that says every second what is still so costs no more for it.
    """

    def __init__(self) -> None:
        """Nothing was told yet."""
        self.turns: dict[Key, list[Turn]] = {}
        self.dirty: set[int] = set()
        self._swept_ms = 0
        self._last: dict[Key, Signal | None] = {}
        """What is active after all turns, where that is known."""

    def take(self, key: Key, turn: Turn) -> list[Signal]:
        """The signals that are new, or other than they were before this turn."""
        turns = self.turns.setdefault(key, [])
        newest = not turns or turns[-1].at_ms < turn.at_ms
        found = self._go_on(key, turn) if newest else self._put_in(key, turn)
        if len(turns) % MOST_TURNS == 0:
            self._thin(key, turns)
        self.dirty.add(page_of(key))
        return found

    def _go_on(self, key: Key, turn: Turn) -> list[Signal]:
        """As `_put_in`, where the turn is later than all others."""
        turns = self.turns[key]
        before = self._last[key] if key in self._last else _active(turns)
        turns.append(turn)
        if turn.signal is None:
            self._last[key] = None
            return [] if before is None else [_cleared(before, turn.at_ms)]
        after = self._last[key] = turn.signal if before is None else _again(before, turn.signal)
        return [] if after == before else [after]

    def _put_in(self, key: Key, turn: Turn) -> list[Signal]:
        turns = self.turns[key]
        before = list(_signals(turns))
        insort(turns, turn, key=_place)
        self._last.pop(key, None)
        late = turns[-1] is not turn or turns[-2].at_ms == turn.at_ms
        return list(_difference(before, list(_signals(turns)), late))

    def _thin(self, key: Key, turns: list[Turn]) -> None:
        """Of very many turns the newest stay as they are, unless most are of one moment."""
        start = bisect_left(turns, turns[-KEPT_TURNS].at_ms, key=_time)
        if len(turns) - start >= MOST_TURNS:
            start = len(turns)
        self.turns[key] = sorted(_merged(turns[:start]), key=_place) + turns[start:]

    def tick(self, now_ms: int, kept_ms: int) -> None:
        """Once a minute, what ended more than `kept_ms` ago is forgotten, what repeated before that put together."""
        if now_ms - self._swept_ms < SWEEP_MS:
            return
        self._swept_ms = now_ms
        for key, turns in list(self.turns.items()):
            if turns[0].at_ms < now_ms - kept_ms:
                self._forget(key, turns, now_ms - kept_ms)

    def _forget(self, key: Key, turns: list[Turn], before_ms: int) -> None:
        start = bisect_left(turns, before_ms, key=_time)
        last = _merged(turns[:start])[-1]
        kept = [last, *turns[start:]] if last.signal is not None else turns[start:]
        if len(kept) == len(turns):
            return
        self.dirty.add(page_of(key))
        if kept:
            self.turns[key] = kept
        else:
            del self.turns[key]
            self._last.pop(key, None)

    def page(self, number: int) -> list[tuple[Key, list[Turn]]]:
        """What the page with this number keeps."""
        return [(key, turns) for key, turns in self.turns.items() if page_of(key) == number]


def page_of(key: Key) -> int:
    """The number of the page that keeps a key, 0 to 63."""
    return crc32(key[0].encode()) % PAGES


def _place(turn: Turn) -> tuple[int, str]:
    return turn.at_ms, turn.event


def _time(turn: Turn) -> int:
    return turn.at_ms


def _merged(turns: Iterable[Turn]) -> list[Turn]:
    """What turns in order of time amount to, as they follow each other: what repeats is put into what it repeats.

    Of one moment the ends come first where something is active, else the begins.
    """
    found: list[Turn] = []
    active = False
    for _, together in groupby(turns, key=_time):
        was = active
        for turn in sorted(together, key=lambda turn: (turn.signal is not None) == was):
            if active and turn.signal is not None and found[-1].signal is not None:
                signal = _again(found[-1].signal, turn.signal)
                found[-1] = Turn(found[-1].at_ms, found[-1].event, signal)
            else:
                found.append(turn)
            active = turn.signal is not None
    return found


def _signals(turns: Iterable[Turn]) -> Iterator[Signal]:
    """The signals that turns in order of time amount to, the last perhaps active."""
    current: Signal | None = None
    for turn in _merged(turns):
        if turn.signal is not None:
            current = turn.signal
        elif current is not None:
            yield _cleared(current, turn.at_ms)
            current = None
    if current is not None:
        yield current


def _active(turns: list[Turn]) -> Signal | None:
    return _merged(turns)[-1].signal if turns else None


def _cleared(signal: Signal, at_ms: int) -> Signal:
    return msgspec.structs.replace(signal, state=CLEARED, cleared_at=from_ms(at_ms))


def _again(signal: Signal, told: Signal) -> Signal:
    """The same signal, as the newest event tells of it."""
    return msgspec.structs.replace(
        signal,
        severity=told.severity,
        value=told.value,
        limit=told.limit,
        note=told.note or signal.note,
        sources=(*signal.sources, *told.sources)[:MOST_SOURCES],
    )


def _difference(before: list[Signal], after: list[Signal], late: bool) -> Iterator[Signal]:
    """What to send. What a late turn brings or changes may have been there before: it takes its own place."""
    known, present = {signal.id: signal for signal in before}, {signal.id for signal in after}
    gone = [signal for signal in before if signal.id not in present]
    for signal in after:
        if signal.id not in known and gone:
            yield msgspec.structs.replace(signal, replaces=gone.pop(0).id)
        elif signal != known.get(signal.id):
            yield msgspec.structs.replace(signal, replaces=signal.id if late else None)
    yield from (msgspec.structs.replace(signal, withdrawn=True) for signal in gone)
