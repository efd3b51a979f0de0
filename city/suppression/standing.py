"""The silences and works in force, indexed: a signal looks at the few that may cover it, not at ten thousand.

Those that ended stay for as long as what happened under them may be told: they cover what was over before they were.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta

from city.enrich import Catalogue
from city.suppression.matching import Matcher, Texts, said
from schemas.signals import Signal
from schemas.suppression import Window

MOST_REMEMBERED = 50_000


class Entry:
    """A window, compiled."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.matchers = [Matcher(match) for match in window.matches]
        self.effects = Texts(window.effects) if window.effects else None

    def slots(self) -> set[Hashable]:
        """Where it stands in the index."""
        return {key for matcher in self.matchers for key in matcher.slots()}


class Standing:
    """The windows in force now, and those that ended lately."""

    def __init__(self, words: Catalogue, windows: Iterable[Window] = ()) -> None:
        """`words` say what areas and agencies are."""
        self.words = words
        self._entries: dict[str, Entry] = {}
        self._ended: dict[str, None] = {}
        """Those of them that ended, the first one first."""
        self._index: dict[Hashable, dict[str, None]] = defaultdict(dict)
        self._known: dict[str, tuple[Signal, tuple[Window, ...]]] = {}
        for window in windows:
            self.put(window)

    def __bool__(self) -> bool:
        return bool(self._entries)

    def windows(self) -> list[Window]:
        """All that are in force."""
        return [entry.window for name, entry in self._entries.items() if name not in self._ended]

    def knows(self, window_id: str) -> bool:
        """Whether the window is in force, or is remembered."""
        return window_id in self._entries

    def in_force(self, window_id: str) -> bool:
        """Whether the window has not ended."""
        return window_id in self._entries and window_id not in self._ended

    def put(self, window: Window) -> None:
        """In force from now on; the one of the same id is replaced."""
        self.drop(window.id)
        entry = self._entries[window.id] = Entry(window)
        for key in entry.slots():
            self._index[key][window.id] = None

    def end(self, window: Window) -> None:
        """No longer in force: it covers what was over before, until the latest of that may have been told."""
        oldest = window.ends_at - timedelta(seconds=self.words.longest_lateness_s)
        while self._ended and self._entries[first := next(iter(self._ended))].window.ends_at < oldest:
            self.drop(first)
        self.put(window)
        self._ended[window.id] = None

    def drop(self, window_id: str) -> None:
        """As if it had never been."""
        self._known.clear()
        self._ended.pop(window_id, None)
        entry = self._entries.pop(window_id, None)
        for key in entry.slots() if entry else ():
            self._index[key].pop(window_id, None)
            if not self._index[key]:
                del self._index[key]

    def window(self, window_id: str) -> Window:
        """The window of this id."""
        return self._entries[window_id].window

    def covering(self, signal: Signal) -> tuple[Window, ...]:
        """The windows that match the signal, by id: those in force, or of what is over those in force at its end."""
        known = self._known.get(signal.id)
        if known is None or known[0] != signal:
            if len(self._known) >= MOST_REMEMBERED:
                self._known.clear()
            known = self._known[signal.id] = signal, self._search(signal) if self._entries else ()
        return known[1]

    def covers_effect(self, window_id: str, kind: str) -> bool:
        """Whether the window covers effects of this kind where it covers their cause."""
        effects = self._entries[window_id].effects
        return effects is not None and effects.holds((kind,))

    def _search(self, signal: Signal) -> tuple[Window, ...]:
        of = said(signal, self.words)
        near = {window for key in of.slots() for window in self._index.get(key, ())}
        found = [self._entries[window] for window in sorted(near)]
        return tuple(
            entry.window
            for entry in found
            if self._was_in_force(entry.window, signal.cleared_at)
            and (entry.window.agency is None or entry.window.agency in of.values["agency"])
            and any(matcher.holds(of) for matcher in entry.matchers)
        )

    def _was_in_force(self, window: Window, at: datetime | None) -> bool:
        """Whether it was in force at this time, or (None) is now."""
        return self.in_force(window.id) if at is None else window.starts_at <= at < window.ends_at
