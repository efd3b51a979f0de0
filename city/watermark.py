"""The clock of a city that lives on recordings: how far event time has come (DESIGN D11)."""

HOUR_MS = 3_600_000


class Watermark:
    """The running maximum over sources of `recordedtime`, else `time`; a source alone far ahead does not count."""

    def __init__(self, now_ms: int | None = None, ahead_ms: int = HOUR_MS) -> None:
        """`now_ms`: where the clock stood; `ahead_ms`: how far ahead of all others a source may be and still count."""
        self.now_ms = now_ms
        self._ahead_ms = ahead_ms
        self._marks: dict[str, int] = {}

    def advance(self, source: str, mark_ms: int) -> int:
        """Takes an event of a source at a mark, Unix milliseconds; the clock afterwards. It never goes back."""
        now_ms, known_ms = self.now_ms, self._marks.get(source, mark_ms - 1)
        counts = now_ms is None or mark_ms <= now_ms + self._ahead_ms or self._agreed(source, mark_ms)
        if mark_ms > known_ms:
            self._marks[source] = mark_ms
        if now_ms is None or (counts and mark_ms > now_ms):
            self.now_ms = now_ms = mark_ms
        return now_ms

    def _agreed(self, source: str, mark_ms: int) -> bool:
        """Whether it is near where another source has come, or there is no other source."""
        others = [mark for name, mark in self._marks.items() if name != source]
        return not others or any(abs(mark - mark_ms) <= self._ahead_ms for mark in others)
