"""How far a long command has come: a bar on a terminal, a line at every tenth elsewhere."""

import sys
import time

from infra.terminal import tell
from schemas.sentences import Sentence, joined, say

BAR = 30
DRAWN_S = 0.1
"""A bar is drawn at most so often."""
SURE_S = 1.0
"""What is left is told after so long: before it would be a guess."""


class Progress:
    """Counts up to a total on standard error."""

    def __init__(self, name: str, total: int, unit: Sentence) -> None:
        """`total` of `unit` (a word in the plural), for the command `name`."""
        self._name, self._total, self._unit = name, total, unit
        self._done, self._begin, self._told, self._drawn = 0, time.monotonic(), -1, 0.0

    def add(self, count: int) -> None:
        """So many more are done."""
        self._done += count
        part = self._done / self._total if self._total else 1.0
        if sys.stderr.isatty():
            self._draw(part)
        elif int(part * 10) > self._told:
            self._told = int(part * 10)
            tell(joined([self._name, self._line(part)], ": "), aside=True)

    def _line(self, part: float) -> Sentence:
        spent = time.monotonic() - self._begin
        counted = say("progress_count", done=self._done, total=self._total, unit=self._unit)
        if part and spent >= SURE_S:
            return say("progress_left", counted=counted, seconds=spent / part * (1 - part))
        return counted

    def _draw(self, part: float) -> None:
        if time.monotonic() - self._drawn < DRAWN_S and part < 1:
            return
        self._drawn, filled = time.monotonic(), int(part * BAR)
        bar = f"[{'#' * filled}{' ' * (BAR - filled)}]"
        tell(joined(["\r", bar, " ", self._line(part), "   "], ""), aside=True, end="")
