"""Which readings were counted lately, so that one that is sent again counts once (ADR 0078)."""

from array import array
from bisect import bisect_left

KEPT, SLACK = 1024, 256
"""Times of a name that are kept, and how many more there may be until the oldest are dropped at once."""
MOST_KEPT = 20_000_000
"""Times of all names, 160 MB; then every name keeps the newer half."""
NONE: "array[int]" = array("q")


class Seen:
    """The times of the readings of each name that PostgreSQL has, Unix milliseconds in order."""

    def __init__(self) -> None:
        self._times: dict[str, array[int]] = {}
        self._kept = 0

    def of(self, name: str) -> "array[int]":
        """Those of a name; not to be changed."""
        return self._times.get(name, NONE)

    def add(self, name: str, times: list[int]) -> None:
        """Readings that have been counted, in order, none of them known."""
        known = self._times.get(name)
        self._kept += len(times)
        if known is None:
            self._times[name] = array("q", times)
            return
        behind = times[0] <= known[-1]
        known.extend(times)
        if behind:
            known[:] = array("q", sorted(known))
        if len(known) > KEPT + SLACK:
            self._kept -= len(known) - KEPT
            del known[:-KEPT]
        if self._kept > MOST_KEPT:
            self._halve()

    def _halve(self) -> None:
        for times in self._times.values():
            del times[: len(times) // 2]
        self._kept = sum(map(len, self._times.values()))


def holds(times: "array[int]", at_ms: int) -> bool:
    """Whether a time is among times in order."""
    if not times or at_ms > times[-1]:
        return False
    at = bisect_left(times, at_ms)
    return times[at] == at_ms
