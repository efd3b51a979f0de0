"""Silences and works by the clock: which begin and which end."""

from datetime import datetime

from city.enrich import Catalogue
from city.suppression.standing import Standing
from schemas.suppression import EXPIRED, IN_FORCE, PENDING, Window


def state_of(window: Window, now: datetime) -> str:
    """`pending`, `active` or `expired` at an event time."""
    if now < window.starts_at:
        return PENDING
    return IN_FORCE if now < window.ends_at else EXPIRED


class Calendar:
    """All windows that were wished for; `standing` are those in force at the newest time given."""

    def __init__(self, words: Catalogue) -> None:
        """Empty."""
        self.standing = Standing(words)
        self._waiting: dict[str, Window] = {}

    def add(self, window: Window) -> None:
        """A new one; it counts from the next `advance` on."""
        self._waiting[window.id] = window

    def advance(self, now: datetime) -> bool:
        """Move to an event time; whether any window began or ended."""
        began = [one for one in self._waiting.values() if state_of(one, now) != PENDING]
        for window in began:
            del self._waiting[window.id]
            self.standing.put(window)
        ended = [one for one in self.standing.windows() if state_of(one, now) == EXPIRED]
        for window in ended:
            self.standing.end(window)
        return bool(began or ended)
