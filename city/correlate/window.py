"""The set of signals that correlate thinks about, kept in pages so that a restart finds it again."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf, nextafter
from zlib import crc32

import msgspec

from city.correlate.eras import Era, turned
from city.correlate.strands import Key, key_of
from city.flapping import end_of
from schemas.rules import Rule
from schemas.signals import CLEARED, Signal

PAGES = 64
MOST, KEPT = 2_000, 1_000
"""Of more signals of one strand only so many of the newest stay: a loose contact chatters for days."""
FORMAT = 1


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The signals of one page and the group each was last sent in."""

    format: int
    signals: list[Signal]
    groups: dict[str, str]
    gone: dict[str, float]
    became: dict[str, str] = {}
    """Of those in `gone`, which signal took the place of which."""
    eras: list[Era] = []
    """On page 0: the rules, as they were and are in force."""
    bridges: dict[str, float] = {}
    """Of the first of what chatters: until when those went on that were left out behind it, Unix seconds."""
    clock_s: float = 0.0
    """On page 0: correlate's clock when time alone last changed something, Unix seconds: no restart takes that back."""


def page_of(signal_id: str) -> int:
    """The number of the page that keeps a signal, 0 to 63."""
    return crc32(signal_id.encode()) % PAGES


class Window:
    """Signals by id and by key; `gone` remembers the ids that were withdrawn or replaced, `became` by what."""

    def __init__(self) -> None:
        """Empty: a new city, or before the pages are loaded."""
        self.signals: dict[str, Signal] = {}
        self.by_key: dict[Key, set[str]] = defaultdict(set)
        self.groups: dict[str, str] = {}
        self.gone: dict[str, float] = {}
        self.became: dict[str, str] = {}
        self.bridges: dict[str, float] = {}
        self.eras: list[Era] = []
        self.dirty: set[int] = set()
        self._on_page: list[dict[str, None]] = [{} for _ in range(PAGES)]
        """The ids of each page, signals and those in `gone`, in order."""
        self.clock_s = 0.0

    def apply(self, signal: Signal) -> set[Key]:
        """Take the signal into the set; the keys whose signals changed (none for what was known already)."""
        if not signal.replaces and not signal.withdrawn:
            return self._take(signal)
        changed: set[Key] = set()
        if signal.replaces:
            self._revive(signal.id)
        if signal.replaces and signal.replaces != signal.id:
            changed |= self._retire(signal.replaces, signal)
        if signal.withdrawn:
            return changed | self._retire(signal.id, signal)
        return changed | self._take(signal)

    def _take(self, signal: Signal) -> set[Key]:
        if signal.id in self.gone or not self._news(signal):
            return set()
        known = self.signals.get(signal.id)
        return {self._put(signal), key_of(known or signal)}

    def _revive(self, signal_id: str) -> None:
        self.became.pop(signal_id, None)
        if self.gone.pop(signal_id, None) is not None:
            self.dirty.add(page_of(signal_id))

    def _news(self, signal: Signal) -> bool:
        known = self.signals.get(signal.id)
        if known is None:
            return True
        repeated = known.state == CLEARED and signal.state != CLEARED and signal.replaces != signal.id
        return not repeated and known != signal

    def _put(self, signal: Signal) -> Key:
        signal_id, key = signal.id, key_of(signal)
        known = self.signals.get(signal_id)
        if known is not None and key_of(known) != key:
            self._leave(known)
        self.signals[signal_id] = signal
        self.by_key[key].add(signal_id)
        self._keep(signal_id)
        return key

    def _keep(self, signal_id: str) -> None:
        number = page_of(signal_id)
        self._on_page[number][signal_id] = None
        self.dirty.add(number)

    def _retire(self, signal_id: str, by: Signal) -> set[Key]:
        self.gone[signal_id] = by.raised_at.timestamp()
        if by.id != signal_id:
            self.became[signal_id] = by.id
        self._keep(signal_id)
        known = self.signals.get(signal_id)
        self.forget([signal_id])
        return {key_of(known)} if known else set()

    def forget(self, signal_ids: Iterable[str]) -> None:
        """Drop signals that nothing later can be linked with."""
        for signal_id in signal_ids:
            signal = self.signals.pop(signal_id, None)
            self.groups.pop(signal_id, None)
            self.bridges.pop(signal_id, None)
            if signal is not None:
                self._leave(signal)
                self.dirty.add(page_of(signal_id))

    def _leave(self, signal: Signal) -> None:
        members = self.by_key[key_of(signal)]
        members.discard(signal.id)
        if not members:
            del self.by_key[key_of(signal)]

    def thin(self, signals: Sequence[Signal]) -> None:
        """Of what began and ended again and again, in order, only the first, what goes on and the newest stay."""
        first, *rest = signals[:-KEPT]
        gone = [signal for signal in rest if signal.state == CLEARED]
        reached = [self.bridges.get(first.id, -inf), *map(end_of, gone)]
        self.forget([signal.id for signal in gone])
        self.bridges[first.id] = max(reached)
        self._keep(first.id)

    def turn_rules(self, rules: Iterable[Rule], now_s: float) -> None:
        """These rules are in force from now on: after what has begun, also where the clock is behind it or unknown."""
        begun = [signal.raised_at.timestamp() for signal in self.signals.values()]
        now_s = max([now_s, *(nextafter(began, inf) for began in begun)])
        eras = turned(self.eras, rules, now_s, min(begun, default=inf))
        if eras != self.eras:
            self.eras = eras
            self.dirty.add(0)

    def forget_gone(self, before: float) -> None:
        """Drop the memory of ids withdrawn before this Unix time."""
        for signal_id in [gone for gone, at in self.gone.items() if at < before]:
            del self.gone[signal_id]
            self.became.pop(signal_id, None)
            self.dirty.add(page_of(signal_id))

    def successor(self, signal_id: str) -> str | None:
        """The signal that took the place of this one in the end; None where none did."""
        found = None
        while (after := self.became.get(found or signal_id)) is not None:
            found = after
        return found

    def of(self, key: Key) -> list[Signal]:
        """The signals of a key, in no order."""
        return [self.signals[signal_id] for signal_id in self.by_key.get(key, ())]

    def note_group(self, signal_id: str, group: str) -> None:
        """Remember in which group a signal was last sent, so that a restart can tell which groups are gone."""
        if self.groups.get(signal_id) != group:
            self.groups[signal_id] = group
            self.dirty.add(page_of(signal_id))

    def keep_clock(self) -> None:
        """See to it that a restart knows the clock of now."""
        self.dirty.add(0)

    def take_dirty(self) -> dict[int, bytes]:
        """The pages that changed since this was last asked."""
        numbers, self.dirty = self.dirty, set()
        return self.pages(numbers)

    def pages(self, numbers: Iterable[int]) -> dict[int, bytes]:
        """The bytes of these pages."""
        return {number: msgspec.json.encode(self._page(number)) for number in numbers}

    def _page(self, number: int) -> Page:
        kept = dict.fromkeys(one for one in self._on_page[number] if one in self.signals or one in self.gone)
        self._on_page[number] = kept
        signals = [self.signals[one] for one in kept if one in self.signals]
        eras, clock_s = (self.eras, self.clock_s) if number == 0 else ([], 0.0)
        return Page(
            format=FORMAT,
            signals=signals,
            groups={one.id: self.groups[one.id] for one in signals if one.id in self.groups},
            gone={one: self.gone[one] for one in kept if one in self.gone},
            became={one: self.became[one] for one in kept if one in self.became},
            bridges={one.id: self.bridges[one.id] for one in signals if one.id in self.bridges},
            eras=eras,
            clock_s=clock_s,
        )

    def load(self, page: bytes) -> None:
        """Take a page in. Raises msgspec.DecodeError for bytes that are not one."""
        kept = msgspec.json.decode(page, type=Page)
        known_dirty = set(self.dirty)
        for signal in kept.signals:
            self._put(signal)
        for signal_id in kept.gone:
            self._keep(signal_id)
        self.dirty = known_dirty
        self.groups.update(kept.groups)
        self.gone.update(kept.gone)
        self.became.update(kept.became)
        self.bridges.update(kept.bridges)
        self.eras += kept.eras
        self.clock_s = max(self.clock_s, kept.clock_s)
