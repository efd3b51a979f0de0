"""Lines of a recording judged many at once: those whose readings are simply good, as nearly all are."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate, chain
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from city.detect.flat import BYTES, FlatColumns, described
from city.normalise import EARLIEST_MS, LATEST_MS, PLANS_LIMIT, Normaliser, Place, Target
from schemas.packed import NO_BASE, PackedPlain, Plain, decode_plain
from schemas.senml import CLEAR, RELATIVE_BELOW_S
from schemas.times import to_ms

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Names = tuple[tuple[str, ...], tuple[str | None, ...]]
"""Names and units of the records of a line."""
NOBODY = (1.0, 0.0, np.inf, -np.inf)
"""Factor, shift, least and greatest value of what cannot be taken: every value is outside."""
Read = tuple[PackedPlain, int, dict[Place, FlatColumns]]
"""An event of readings, its `recordedtime`, else `time`, and its readings."""


class _Part(NamedTuple):
    """The readings of a line for one place."""

    place: Place
    size: int
    characters: int
    names: bytes
    """As in `FlatColumns`, these three."""
    positions: list[int]
    """Where they are in the line."""


class _Way(NamedTuple):
    """What becomes of a line with some names, which come again in the next one of its source."""

    rules: bytes
    """Of each reading factor, shift, least and greatest value, float64."""
    parts: list[_Part]


class AtOnce:
    """Judges lines by one revision of the catalogue, of a city that lives on recordings."""

    def __init__(self, normaliser: Normaliser, pack_limit: int) -> None:
        """`pack_limit`: most readings in one event."""
        self._normaliser, self._pack_limit = normaliser, pack_limit
        self._ways: dict[Names, _Way] = {}
        self._time: datetime | None = None
        self._recorded: datetime | None = None
        self._mark_ms: int | None = None
        """What the last times of an event say; None where there was none, or one that cannot be taken."""

    def read(self, lines: Sequence[bytes]) -> list[Read | None]:
        """What each line brings, as `Judge.recorded` says; None: it is to be asked."""
        events = [decode_plain(line, self._pack_limit) for line in lines]
        begun = [event for event in events if event is not None]
        if not begun:
            return [None] * len(lines)
        reads = self._reads(begun)
        if len(begun) < len(lines):
            found = iter(reads)
            return [None if event is None else next(found) for event in events]
        return reads

    def _reads(self, events: Sequence[PackedPlain]) -> list[Read | None]:
        """What each event brings, none of which is empty; None where something in it is not good."""
        records = chain.from_iterable([event.data for event in events])
        fields = tuple(chain.from_iterable(map(msgspec.structs.astuple, records)))
        names, given, units, bases, offsets = [fields[at :: len(Plain.__struct_fields__)] for at in range(5)]
        ends = list(accumulate([len(event.data) for event in events]))
        starts = [0, *ends[:-1]]
        keys = [(names[start:end], units[start:end]) for start, end in zip(starts, ends, strict=True)]
        ways = [self._ways.get(key) or self._way(key) for key in keys]
        factor, shift, low, high = np.frombuffer(b"".join([way.rules for way in ways])).reshape(-1, len(NOBODY)).T
        with np.errstate(over="ignore", invalid="ignore"):
            values = _column(given) * factor + shift
            times, good = _times(_column(bases), _column(offsets), starts)
        good &= (low <= values) & (values <= high)
        of_times, of_values, taken = times.tobytes(), values.tobytes(), np.logical_and.reduceat(good, starts).tolist()
        found: list[Read | None] = []
        for event, way, start, end, is_good in zip(events, ways, starts, ends, taken, strict=True):
            if event.recordedtime != self._recorded or event.time != self._time:
                self._mark(event)
            if is_good and self._mark_ms is not None:
                own = slice(BYTES * start, BYTES * end)
                found.append((event, self._mark_ms, _columns(way.parts, of_times[own], of_values[own])))
            else:
                found.append(None)
        return found

    def _mark(self, event: PackedPlain) -> None:
        """Many lines one after the other have the same times."""
        self._time, self._recorded = event.time, event.recordedtime
        given = [to_ms(at) for at in (event.recordedtime, event.time) if at is not None]
        good = given and min(given) >= EARLIEST_MS and max(given) <= LATEST_MS
        self._mark_ms = given[0] if good else None

    def _way(self, key: Names) -> _Way:
        if len(self._ways) >= PLANS_LIMIT:
            self._ways.clear()
        rules, places = list[tuple[float, ...]](), dict[Place, list[int]]()
        for position, (name, unit) in enumerate(zip(*key, strict=True)):
            target = self._normaliser.target(name, unit)
            if isinstance(target, Target):
                rules.append((target.factor, target.shift, target.low, target.high))
                places.setdefault(target.place, []).append(position)
            else:
                rules.append(NOBODY)
        parts = [_Part(place, *described([key[0][at] for at in own]), own) for place, own in places.items()]
        way = self._ways[key] = _Way(np.array(rules).tobytes(), parts)
        return way


def _columns(parts: Sequence[_Part], times: bytes, values: bytes) -> dict[Place, FlatColumns]:
    """The readings of a line for each place."""
    if len(parts) == 1:  # nearly always
        place, size, characters, names, _ = parts[0]
        return {place: FlatColumns(size, characters, names, times, values)}
    return {
        place: FlatColumns(size, characters, names, _picked(times, positions), _picked(values, positions))
        for place, size, characters, names, positions in parts
    }


def _column(numbers: Sequence[float]) -> Floats:
    return np.fromiter(numbers, dtype=np.float64, count=len(numbers))


def _times(bases: Floats, offsets: Floats, starts: Sequence[int]) -> tuple[Integers, Flags]:
    """Unix milliseconds of records by their `bt` and `t`; which of them are absolute, clear and possible."""
    given = bases != NO_BASE
    at = np.maximum.accumulate(np.where(given, np.arange(len(bases)), 0))
    seconds = bases[at] + offsets
    scaled = seconds * 1000.0
    nearest = np.rint(scaled)
    good = (seconds >= RELATIVE_BELOW_S) & (nearest <= LATEST_MS) & (np.abs(scaled - nearest) < CLEAR)
    good[starts] &= given[starts]  # what is before belongs to another line
    return np.where(good, nearest, 0.0).astype(np.int64), good


def _picked(column: bytes, positions: Sequence[int]) -> bytes:
    return b"".join([column[BYTES * at : BYTES * (at + 1)] for at in positions])
