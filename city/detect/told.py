"""Signals that other systems tell of: rebuilt from all their turns in time, whatever order these arrived in."""

from bisect import insort
from collections.abc import Iterable, Iterator
from itertools import groupby
from zlib import crc32

import msgspec

from schemas.signals import CLEARED, Signal
from schemas.times import from_ms, to_ms

PAGES = 64
MOST_SOURCES = 20
SWEEP_MS = 60_000
Key = tuple[str, str]
"""Asset and signal kind."""


class Turn(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A system said that a signal began (`signal`: as raised by this event alone) or ended (None)."""

    at_ms: int
    event: str
    signal: Signal | None = None


class Told:
    """The turns of each (asset, kind), for as long as one that is late can still change what they mean."""

    def __init__(self) -> None:
        """Nothing was told yet."""
        self.turns: dict[Key, list[Turn]] = {}
        self.dirty: set[int] = set()
        self._swept_ms = 0

    def take(self, key: Key, turn: Turn) -> list[Signal]:
        """The signals that are new, or other than they were before this turn."""
        turns = self.turns.setdefault(key, [])
        before = list(_signals(turns))
        insort(turns, turn, key=_place)
        self.dirty.add(page_of(key))
        late = turns[-1] is not turn or (len(turns) > 1 and turns[-2].at_ms == turn.at_ms)
        return list(_difference(before, list(_signals(turns)), late))

    def tick(self, now_ms: int, kept_ms: int) -> None:
        """Once a minute, what ended more than `kept_ms` ago is forgotten."""
        if now_ms - self._swept_ms < SWEEP_MS:
            return
        self._swept_ms = now_ms
        for key, turns in list(self.turns.items()):
            if turns[0].at_ms < now_ms - kept_ms:
                self._forget(key, turns, now_ms - kept_ms)

    def _forget(self, key: Key, turns: list[Turn], before_ms: int) -> None:
        ended = [to_ms(signal.cleared_at) for signal in _signals(turns) if signal.cleared_at is not None]
        cut = max((at for at in ended if at < before_ms), default=-1)
        kept = [turn for turn in turns if turn.at_ms > cut]
        if not any(turn.signal for turn in kept):
            kept = [turn for turn in kept if turn.at_ms >= before_ms]
        if len(kept) == len(turns):
            return
        self.dirty.add(page_of(key))
        if kept:
            self.turns[key] = kept
        else:
            del self.turns[key]

    def page(self, number: int) -> list[tuple[Key, list[Turn]]]:
        """What the page with this number keeps."""
        return [(key, turns) for key, turns in self.turns.items() if page_of(key) == number]


def page_of(key: Key) -> int:
    """The number of the page that keeps a key, 0 to 63."""
    return crc32(key[0].encode()) % PAGES


def _place(turn: Turn) -> tuple[int, str]:
    return turn.at_ms, turn.event


def _signals(turns: Iterable[Turn]) -> Iterator[Signal]:
    """The signals that turns in order of time amount to, the last perhaps active."""
    current: Signal | None = None
    for at_ms, together in groupby(turns, key=lambda turn: turn.at_ms):
        active = current is not None
        for turn in sorted(together, key=lambda turn: (turn.signal is not None) == active):
            if turn.signal is not None:
                current = _again(current, turn.signal) if current is not None else turn.signal
            elif current is not None:
                yield msgspec.structs.replace(current, state=CLEARED, cleared_at=from_ms(at_ms))
                current = None
    if current is not None:
        yield current


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
