"""Accepted events gathered into packs by domain and zone (DESIGN D1)."""

from collections.abc import Iterator, Mapping
from typing import Generic, Protocol, Self, TypeVar

from city.judge import Accepted
from city.normalise import Columns, Place
from schemas.events import Event
from schemas.readings import Pack, Run

PACK_READINGS = 2_000
PACK_CHARACTERS = 150_000
"""So that a pack stays below Kafka's megabyte even when every character is written with six bytes."""


class Sized(Protocol):
    """Readings of one event for one place."""

    @property
    def size(self) -> int:
        """How many; never none."""

    @property
    def characters(self) -> int:
        """Of their names, about."""

    def cut(self, start: int, stop: int) -> Self:
        """Some of the readings."""


class Origin(Protocol):
    """The event that readings came in."""

    @property
    def source(self) -> str:
        """Who sent it."""

    @property
    def id(self) -> str:
        """What the source calls it."""


C = TypeVar("C", bound=Sized)
E = TypeVar("E", bound=Origin)


class _Growing(Generic[C, E]):
    """Packs of one place, the last of them still growing."""

    def __init__(self) -> None:
        self.packs: list[list[tuple[C, E]]] = []
        self._room = self._characters = 0

    def add(self, columns: C, origin: E) -> None:
        while True:
            if self._room <= 0 or self._characters <= 0:
                self.packs.append([])
                self._room, self._characters = PACK_READINGS, PACK_CHARACTERS
            room, size = self._room, columns.size
            part = columns if size <= room else columns.cut(0, room)
            self.packs[-1].append((part, origin))
            self._room -= size
            self._characters -= len(origin.source) + len(origin.id) + part.characters
            if part is columns:  # nearly always
                return
            columns = columns.cut(room, size)


class Gathering(Generic[C, E]):
    """Readings in the order in which they came, by place."""

    def __init__(self) -> None:
        """None yet."""
        self._growing: dict[Place, _Growing[C, E]] = {}

    def add(self, columns: Mapping[Place, C], origin: E) -> None:
        """Puts the readings of an event behind what is already there."""
        for place, own in columns.items():
            growing = self._growing.get(place)
            if growing is None:
                growing = self._growing[place] = _Growing()
            growing.add(own, origin)

    def packs(self) -> Iterator[tuple[Place, list[tuple[C, E]]]]:
        """What goes into each pack, in the order in which the places came first."""
        for place, growing in self._growing.items():
            for pack in growing.packs:
                yield place, pack


class Segment:
    """What lies between two ticks."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._readings = Gathering[Columns, Accepted]()
        self.events: list[Event] = []
        self.tick_ms: int | None = None

    def add(self, accepted: Accepted) -> int:
        """Puts an accepted event behind what is already there; how many readings and events it brings."""
        self._readings.add(accepted.columns, accepted)
        if accepted.record is not None:
            self.events.append(accepted.record)
        return sum([columns.size for columns in accepted.columns.values()]) + (accepted.record is not None)

    def packs(self) -> list[Pack]:
        """The packs of all places, in the order in which the places came first."""
        return [_pack(place, parts) for place, parts in self._readings.packs()]


def _pack(place: Place, parts: list[tuple[Columns, Accepted]]) -> Pack:
    pack = Pack(place.domain, place.zone, [], [], [], [])
    for columns, accepted in parts:
        for at, state in columns.states.items():
            pack.states[len(pack.names) + at] = state
        pack.names.extend(columns.names)
        pack.times.extend(columns.times)
        pack.values.extend(columns.values)
        pack.runs.append(Run(accepted.source, accepted.id, columns.size, accepted.recorded_ms, accepted.received_ms))
    return pack
