"""The signals that are active, by asset and kind, and the lately told ones that late readings may still change."""

from typing import Any
from zlib import crc32

from city.detect.book import Active, Book, Holding, Move
from city.detect.past import Past, with_moves
from city.detect.winds import Vanes
from city.enrich import Catalogue
from schemas.signals import Signal

PAST_PAGES = 64

Key = tuple[str, str]


class Actives:
    """Active signals and pasts by (asset, kind)."""

    def __init__(self, catalogue: Catalogue, vanes: Vanes) -> None:
        """`vanes` tell of the wind where signals begin."""
        self._book, self._vanes = Book(catalogue), vanes
        self.by_asset: dict[Key, Active] = {}
        self.pasts: dict[Key, Past] = {}
        self.past_kinds: set[str] = set()
        """Kinds of signals that have pasts, or had: nothing else has to be settled."""
        self.dirty = False
        self.dirty_pasts: set[int] = set()

    def begin(self, asset: str, kind: str, at_ms: int, holding: Holding, **words: Any) -> Signal | None:
        """A condition begins to hold: a new signal, a worse one under the same id, or None if nothing shows."""
        return self.take(Move(asset, kind, holding.condition or "", at_ms, at_ms, holding, words))

    def end(self, asset: str, kind: str, at_ms: int, condition: str | None = None) -> Signal | None:
        """A condition no longer holds: the cleared signal, a milder one, or None if it was not active."""
        return self.take(Move(asset, kind, condition or "", at_ms, at_ms))

    def leave(self, asset: str, at_ms: int) -> list[Signal]:
        """Nothing of an asset is judged here any more: its signals, cleared."""
        for key in [key for key in self.pasts if key[0] == asset]:
            del self.pasts[key]
            self._touch(key)
        left = [(key, active) for key, active in self.by_asset.items() if key[0] == asset]
        ends = [[self.end(*key, at_ms, condition) for condition in active.holdings][-1] for key, active in left]
        return [signal for signal in ends if signal]

    def made(self, move: Move, holding: Holding) -> Signal:
        """The signal of a move alone, whatever else is active."""
        self._vanes.tell(move)
        return self._book.made(move, holding)

    def take(self, move: Move, keep: bool = False) -> Signal | None:
        """A move in time order; `keep` it for a while since a late reading may show that it never was."""
        self._vanes.tell(move)
        key = move.asset, move.kind
        past = self._past(key) if keep else self.pasts.get(key)
        active, signal = self._book.moved(self.by_asset.get(key), move)
        self._put(key, active)
        if past is not None:
            past.note(move, signal)
            self._touch(key)
        return signal

    def revise(self, key: Key, conditions: frozenset[str], after_ms: int, again: list[Move]) -> list[Signal]:
        """The moves of some conditions found after a time are these: the revisions of what was told."""
        if key not in self.pasts and not again:
            return []
        for move in again:
            self._vanes.tell(move)
        past = self._past(key)
        active, revisions = past.revise(self._book, with_moves(past.moves, again, conditions, after_ms))
        self._put(key, active)
        self._touch(key)
        return revisions

    def settle(self, key: Key, conditions: frozenset[str], before_ms: int) -> None:
        """Moves of these conditions found up to a time can no longer be changed."""
        past = self.pasts.get(key)
        if past is not None:
            past.settle(self._book, conditions, before_ms)
            self._touch(key)
            if not past.moves:
                del self.pasts[key]

    def put_past(self, key: Key, past: Past) -> None:
        """This is the past of an asset and kind."""
        self.pasts[key] = past
        self.past_kinds.add(key[1])

    def _past(self, key: Key) -> Past:
        past = self.pasts.get(key)
        if past is None:
            base = self.by_asset.get(key)
            past = Past(base, told={base.signal.id: base.signal} if base else {})
            self.put_past(key, past)
        return past

    def _put(self, key: Key, active: Active | None) -> None:
        before = self.by_asset.get(key)
        if active is before:
            return
        self.dirty = True
        if active is None:
            del self.by_asset[key]
        else:
            self.by_asset[key] = active

    def _touch(self, key: Key) -> None:
        self.dirty_pasts.add(past_page(key))


def past_page(key: Key) -> int:
    """The number of the page that keeps the past of an asset and kind."""
    return crc32("|".join(key).encode()) % PAST_PAGES
