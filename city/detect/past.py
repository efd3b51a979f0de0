"""What was told of a slow sensor's signals lately, so that a late reading can change it: a revision (DESIGN D2)."""

from collections.abc import Iterable
from typing import Any

import msgspec

from city.detect.book import Active, Book, Move
from schemas.signals import Signal


class Past(msgspec.Struct):
    """Of one asset and kind: how it stood before the kept moves, the moves, and what was last told of each signal."""

    base: Active | None
    moves: list[Move] = []
    told: dict[str, Signal] = {}

    def note(self, move: Move, signal: Signal | None) -> None:
        """A move in time order was told, or showed nothing."""
        self.moves.append(move)
        if signal is not None:
            self.told[signal.id] = signal

    def revise(self, book: Book, moves: list[Move]) -> tuple[Active | None, list[Signal]]:
        """Take other moves, in order: what is active now, and the revisions of what was told."""
        self.moves = moves
        active, now = self._folded(book)
        found = list(_revisions(self.told, now))
        self.told = {name: self.told[name] if _alike(self.told.get(name), one) else one for name, one in now.items()}
        return active, found

    def settle(self, book: Book, conditions: frozenset[str], before_ms: int) -> None:
        """Moves of these conditions found up to a time are final: the first of all moves that are final go."""
        for move in self.moves:
            move.final = move.final or (move.condition in conditions and move.found_ms <= before_ms)
        count = next((number for number, move in enumerate(self.moves) if not move.final), len(self.moves))
        if count:
            for move in self.moves[:count]:
                self.base, _ = book.moved(self.base, move)
            self.moves = self.moves[count:]
            self.told = {name: self.told[name] for name in self._folded(book)[1]}

    def _folded(self, book: Book) -> tuple[Active | None, dict[str, Signal]]:
        active = self.base
        found = {} if active is None else {active.signal.id: active.signal}
        for move in self.moves:
            active, signal = book.moved(active, move)
            if signal is not None:
                found[signal.id] = signal
        return active, found


def _alike(told: Signal | None, now: Signal) -> bool:
    """Whether a signal says the same, but for the revisions of the reference data and the events that it rests on."""
    return told is not None and told == msgspec.structs.replace(now, revisions=told.revisions, sources=told.sources)


def _revisions(told: dict[str, Signal], now: dict[str, Signal]) -> Iterable[Signal]:
    """What was told and never was is replaced by what was and was not told, in order, or withdrawn.

    A new one that takes no other's place takes its own: it may have been withdrawn before.
    """
    gone = [signal for name, signal in told.items() if name not in now]
    for name, signal in now.items():
        if name not in told:
            yield _replacing(signal, gone.pop(0).id if gone else name)
        elif not _alike(told[name], signal):
            yield _replacing(signal, name)
    for signal in gone:
        yield msgspec.structs.replace(signal, withdrawn=True)


def _replacing(signal: Signal, replaced: str) -> Signal:
    return msgspec.structs.replace(signal, replaces=replaced)


def key_of(move: Move) -> tuple[Any, ...]:
    """The same of two judgements of one move."""
    return move.condition, move.holding is None, move.at_ms, move.found_ms


def with_moves(kept: list[Move], again: list[Move], conditions: frozenset[str], after_ms: int) -> list[Move]:
    """The kept moves, those of some conditions found after a time judged again; a known one keeps its words."""
    words = {key_of(move): move.words for move in kept}
    others = [move for move in kept if move.condition not in conditions or move.found_ms <= after_ms]
    new = [msgspec.structs.replace(move, words=words.get(key_of(move), move.words)) for move in again]
    return sorted(others + new, key=lambda move: move.found_ms)
