"""Where in time many groups lie close together under one asset."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Sequence

Span = tuple[float, float]
"""Unix seconds, ends included."""
ROUNDED_S = 1.0
"""More than sums and differences of Unix seconds are rounded by."""


class Timeline:
    """Groups under assets, by time."""

    def __init__(self) -> None:
        """Nothing anywhere."""
        self._at: dict[str, list[tuple[float, str]]] = defaultdict(list)

    def add(self, asset: str, at: float, group_id: str) -> None:
        """Put a group on an asset's line."""
        insort(self._at[asset], (at, group_id))

    def remove(self, asset: str, at: float, group_id: str) -> None:
        """Take it off again."""
        line = self._at[asset]
        line.pop(bisect_left(line, (at, group_id)))
        if not line:
            del self._at[asset]

    def size(self, asset: str) -> int:
        """Number of groups on the asset's line."""
        return len(self._at.get(asset, ()))

    def between(self, asset: str, span: Span) -> list[tuple[float, str]]:
        """Groups on the asset's line in this time, earliest first."""
        line = self._at.get(asset, [])
        return line[bisect_left(line, (span[0], "")) : bisect_right(line, (span[1], "~"))]


class Crowds(dict[str, dict[float, int]]):
    """Asset → crowded times on its line, each with the number of groups within `within_s` before and after it.

    A time is crowded where some `within_s` seconds around it hold at least `least` groups.
    """

    def __init__(self, timeline: Timeline, least: int, within_s: float, span: Span) -> None:
        """Only times in `span` are asked for; the timeline does not change meanwhile."""
        super().__init__()
        self._timeline, self._least, self._within_s, self._span = timeline, least, within_s, span

    def __missing__(self, asset: str) -> dict[float, int]:
        """Looked up once."""
        found = self[asset] = self._look(asset)
        return found

    def _look(self, asset: str) -> dict[float, int]:
        if self._timeline.size(asset) < self._least:
            return {}
        margin = self._within_s + ROUNDED_S
        found = self._timeline.between(asset, (self._span[0] - margin, self._span[1] + margin))
        if len(found) < self._least:
            return {}
        return _crowded([at for at, _ in found], self._least, self._within_s)


def _crowded(times: Sequence[float], least: int, within_s: float) -> dict[float, int]:
    """One pass over sorted times."""
    found: dict[float, int] = {}
    crowded_to = first = last = 0
    for here, at in enumerate(times):
        if here + least <= len(times) and times[here + least - 1] - at <= within_s:
            crowded_to = here + least
        if here < crowded_to:
            first = bisect_left(times, at - within_s, first, here + 1)
            last = bisect_right(times, at + within_s, last if last > here else here)
            found[at] = last - first
    return found
