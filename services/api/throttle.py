"""How often a login may fail before it has to wait."""

from collections import deque
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=1)
FAILURES = 5
MOST_NAMES = 10_000


class Throttle:
    """Counts failures by name over the last minute, in this process."""

    def __init__(self) -> None:
        self._failures: dict[str, deque[datetime]] = {}

    def wait_s(self, name: str, now: datetime) -> int:
        """Seconds until `name` may try again; 0 when it may now."""
        recent = self._recent(name, now)
        if len(recent) < FAILURES:
            return 0
        return int((recent[0] + WINDOW - now).total_seconds()) + 1

    def failed(self, name: str, now: datetime) -> None:
        """Notes a failure."""
        if len(self._failures) >= MOST_NAMES:
            self._failures.clear()
        self._failures.setdefault(name, deque(maxlen=FAILURES)).append(now)

    def _recent(self, name: str, now: datetime) -> deque[datetime]:
        recent = self._failures.get(name, deque())
        while recent and recent[0] + WINDOW <= now:
            recent.popleft()
        return recent
