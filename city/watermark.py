"""The clock of a city that lives on recordings: how far event time has come (DESIGN D11)."""

from math import inf

HOUR_MS = 3_600_000
GOES_ON_MS = 300_000
"""Of a recording: a source that goes on alone for so long is right about the time."""
ALONE = 100
"""Marks of one source that outweigh a first mark which none is near."""


class Watermark:
    """The running maximum over sources of `recordedtime`, else `time`; a source alone far ahead does not count.

    Of a recording that is whole it does once it has gone on for `goes_on_ms` with nobody else between: at night one
    source tells, hours after the others.

    The first mark may be that of a clock which is wrong. Until the clock has been told, or another mark is near it, it
    begins anew, forward or back, where two other sources agree or one has come with many marks.
    """

    def __init__(self, now_ms: int | None = None, ahead_ms: int = HOUR_MS, goes_on_ms: float = inf) -> None:
        """`now_ms`: where the clock stood; `ahead_ms`: how far ahead of all others a source may be and still count."""
        self.now_ms = now_ms
        self._ahead_ms = ahead_ms
        self._marks: dict[str, int] = {}
        self._lone: dict[str, int] | None = {} if now_ms is None else None
        """The last mark of each source while none is near the first; None from then on."""
        self._away = 0
        self._goes_on_ms = goes_on_ms
        self._leading: tuple[str, int] | None = None
        """The source that alone is far ahead, and its first mark there, while nobody else comes."""

    @property
    def sure(self) -> bool:
        """Whether it only goes forward from now on."""
        return self._lone is None

    def tell(self) -> None:
        """Somebody goes by what it says: it stays sure of it."""
        if self.now_ms is not None:
            self._lone = None

    def advance(self, source: str, mark_ms: int) -> int:
        """Takes an event of a source at a mark, Unix milliseconds; the clock afterwards. Sure, it never goes back."""
        if self._lone is not None:
            self._settle(self._lone, source, mark_ms)
        now_ms, known_ms = self.now_ms, self._marks.get(source, mark_ms - 1)
        counts = now_ms is None or mark_ms <= now_ms + self._ahead_ms or self._agreed(source, mark_ms)
        counts = self._leads(source, mark_ms, counts) or counts
        if mark_ms > known_ms:
            self._marks[source] = mark_ms
        if now_ms is None or (counts and mark_ms > now_ms):
            self.now_ms = now_ms = mark_ms
        return now_ms

    def _leads(self, source: str, mark_ms: int, counts: bool) -> bool:
        """Whether it, which does not count by itself, has gone on alone for long enough."""
        leading = self._leading
        if counts or leading is None or leading[0] != source:
            self._leading = None if counts else (source, mark_ms)
            return False
        return mark_ms - leading[1] >= self._goes_on_ms

    def _settle(self, lone: dict[str, int], source: str, mark_ms: int) -> None:
        if self.now_ms is not None and self._near(self.now_ms, mark_ms):
            self._lone = None
            return
        self._away += 1
        near = [name for name, mark in lone.items() if self._near(mark, mark_ms)]
        if near and (self._away > ALONE or near != [source]):
            self.now_ms, self._lone = mark_ms, None
        lone[source] = mark_ms

    def _near(self, one_ms: int, other_ms: int) -> bool:
        return abs(one_ms - other_ms) <= self._ahead_ms

    def _agreed(self, source: str, mark_ms: int) -> bool:
        """Whether it is near where another source has come, or there is no other source."""
        others = [mark for name, mark in self._marks.items() if name != source]
        return not others or any(self._near(mark, mark_ms) for mark in others)
