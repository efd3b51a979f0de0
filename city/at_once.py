"""Lines of a recording judged many at once: those whose readings are simply good, as nearly all are."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from city.detect import FlatColumns
from city.normalise import CACHE_LIMIT, EARLIEST_MS, LATEST_MS, Normaliser, Place, Target
from schemas.packed import PackedPlain, decode_plain
from schemas.senml import CLEAR, RELATIVE_BELOW_S
from schemas.times import to_ms

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
BYTES = 8
"""Of a number in a column."""
NOBODY = (1.0, 0.0, np.inf, -np.inf)
"""Factor, shift, least and greatest value of what cannot be taken: every value is outside."""


class Read(msgspec.Struct, gc=False):
    """The readings of a line."""

    source: str
    id: str
    mark_ms: int
    """`recordedtime`, else `time`."""
    columns: dict[Place, FlatColumns]


class _Part(NamedTuple):
    """What the names of a line say of its readings for one place: `FlatColumns` but for times and values."""

    place: Place
    size: int
    characters: int
    names: bytes
    positions: list[int] | None
    """Where in the line they are; None where the whole line is for this place."""


class _Flat(NamedTuple):
    """Columns of the readings of many lines."""

    numbers: bytes
    """Of their names and units."""
    times: bytes
    values: bytes


class AtOnce:
    """Judges lines by one revision of the catalogue, of a city that lives on recordings."""

    def __init__(self, normaliser: Normaliser, pack_limit: int) -> None:
        """`pack_limit`: most readings in one event."""
        self._normaliser, self._pack_limit = normaliser, pack_limit
        self._given: tuple[datetime | None, datetime | None] = None, None
        """The last times of an event; many lines have the same."""
        self._mark_ms: int | None = None
        """What they say; None if they cannot be taken."""
        self._forget()

    def _forget(self) -> None:
        self._numbers: dict[tuple[str, str | None], int] = {}
        """Of each name and unit; 0 for those that cannot be taken."""
        self._known: list[tuple[str, Place]] = [("", Place("", ""))]
        """Of each number the name, and where its readings go."""
        self._rules: Floats = np.array([NOBODY])
        """Of each number what becomes of a value."""
        self._parts: dict[bytes, list[_Part]] = {}
        """By the numbers of a line: those of its source come again."""

    def read(self, lines: Sequence[bytes]) -> list[Read | None]:
        """What each line brings, as `Judge.recorded` says; None: it is to be asked."""
        events = [self._decoded(line) for line in lines]
        begun = [event for event in events if event is not None]
        reads = self._reads(begun) if begun else iter(())
        return [None if event is None else next(reads) for event in events]

    def _decoded(self, line: bytes) -> PackedPlain | None:
        event = decode_plain(line)
        return event if event is not None and 0 < len(event.data) <= self._pack_limit else None

    def _reads(self, events: Sequence[PackedPlain]) -> Iterator[Read | None]:
        """What each event brings, none of which is empty; None where something in it is not good."""
        ends = np.cumsum([len(event.data) for event in events])
        starts = np.append(0, ends[:-1])
        flat, good = self._judged(events, starts)
        of_lines = np.logical_and.reduceat(good, starts)
        for event, start, end, taken in zip(events, starts.tolist(), ends.tolist(), of_lines.tolist(), strict=True):
            mark_ms = self._mark(event)
            if taken and mark_ms is not None:
                yield Read(event.source, event.id, mark_ms, self._columns(flat, start, end))
            else:
                yield None

    def _judged(self, events: Sequence[PackedPlain], starts: Integers) -> tuple[_Flat, Flags]:
        """The readings of all, one after the other, and which of them are good."""
        records = chain.from_iterable([event.data for event in events])
        names, given, units, bases, offsets = zip(*map(msgspec.structs.astuple, records), strict=True)
        numbers = self._numbered(list(zip(names, units, strict=True)))
        factor, shift, low, high = self._rules[numbers].T
        with np.errstate(over="ignore", invalid="ignore"):
            values = np.array(given) * factor + shift
            times, good = _times(np.array(bases, dtype=np.float64), np.array(offsets), starts)
        good &= (low <= values) & (values <= high)
        return _Flat(numbers.tobytes(), times.tobytes(), values.tobytes()), good

    def _numbered(self, names: Sequence[tuple[str, str | None]]) -> Integers:
        found = list(map(self._numbers.get, names))
        if None in found:
            found = self._learned(names)
        return np.array(found, dtype=np.int64)

    def _learned(self, names: Sequence[tuple[str, str | None]]) -> list[int | None]:
        if len(self._numbers) >= CACHE_LIMIT:
            self._forget()
        rules = [self._rules]
        for name, unit in names:
            if (name, unit) in self._numbers:
                continue
            target = self._normaliser.target(name, unit)
            if isinstance(target, Target):
                self._numbers[name, unit] = len(self._known)
                self._known.append((name, target.place))
                rules.append(np.array([[target.factor, target.shift, target.low, target.high]]))
            else:
                self._numbers[name, unit] = 0
        self._rules = np.concatenate(rules)
        return list(map(self._numbers.get, names))

    def _mark(self, event: PackedPlain) -> int | None:
        """Of its times; None if there is none, or one that cannot be taken."""
        if (event.time, event.recordedtime) != self._given:
            self._given = event.time, event.recordedtime
            given = [to_ms(at) for at in (event.recordedtime, event.time) if at is not None]
            good = given and min(given) >= EARLIEST_MS and max(given) <= LATEST_MS
            self._mark_ms = given[0] if good else None
        return self._mark_ms

    def _columns(self, flat: _Flat, start: int, end: int) -> dict[Place, FlatColumns]:
        """The readings of a line."""
        line = slice(BYTES * start, BYTES * end)
        key, times, values, found = flat.numbers[line], flat.times[line], flat.values[line], dict[Place, FlatColumns]()
        for place, size, characters, names, positions in self._parts.get(key) or self._parted(key):
            if positions is None:
                found[place] = FlatColumns(size, characters, names, times, values)
            else:
                own = _picked(times, positions), _picked(values, positions)
                found[place] = FlatColumns(size, characters, names, *own)
        return found

    def _parted(self, key: bytes) -> list[_Part]:
        known = [self._known[number] for number in np.frombuffer(key, dtype=np.int64)]
        places: dict[Place, list[int]] = {}
        for position, (_, place) in enumerate(known):
            places.setdefault(place, []).append(position)
        if len(self._parts) >= CACHE_LIMIT:
            self._parts.clear()
        parts = self._parts[key] = []
        for place, positions in places.items():
            names = FlatColumns.of([known[at][0] for at in positions], [], [], {})
            whole = len(places) == 1
            parts.append(_Part(place, names.size, names.characters, names.names, None if whole else positions))
        return parts


def _times(bases: Floats, offsets: Floats, starts: Integers) -> tuple[Integers, Flags]:
    """Unix milliseconds of records as `bt` (NaN: none) and `t` say; which of them are absolute, clear and possible."""
    given = ~np.isnan(bases)
    seconds = bases[np.maximum.accumulate(np.where(given, np.arange(len(bases)), 0))] + offsets
    scaled = seconds * 1000.0
    nearest = np.rint(scaled)
    good = (seconds >= RELATIVE_BELOW_S) & (nearest <= LATEST_MS) & (np.abs(scaled - nearest) < CLEAR)
    good[starts] &= given[starts]  # what is before belongs to another line
    return np.where(good, nearest, 0.0).astype(np.int64), good


def _picked(column: bytes, positions: Sequence[int]) -> bytes:
    return b"".join([column[BYTES * at : BYTES * (at + 1)] for at in positions])
