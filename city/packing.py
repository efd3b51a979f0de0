"""Accepted events gathered into packs by domain and zone (DESIGN D1)."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any, Generic, Protocol, Self, TypeVar

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


class Growing(ABC, Generic[C, E]):
    """Packs of one place, the last of them still growing."""

    def __init__(self, place: Place) -> None:
        """None yet."""
        self.place = place
        self._room = self._characters = 0

    @abstractmethod
    def begin(self) -> None:
        """Begins another pack."""

    @abstractmethod
    def put(self, columns: C, origin: E) -> None:
        """Puts readings into the last pack, in which they have room."""

    def add(self, columns: C, origin: E) -> None:
        """Puts the readings of an event behind what is already there."""
        size = columns.size
        while True:
            if self._room <= 0 or self._characters <= 0:
                self.begin()
                self._room, self._characters = PACK_READINGS, PACK_CHARACTERS
            room = self._room
            part = columns if size <= room else columns.cut(0, room)
            self.put(part, origin)
            self._room -= size
            self._characters -= len(origin.source) + len(origin.id) + part.characters
            if part is columns:  # nearly always
                return
            columns, size = columns.cut(room, size), size - room


G = TypeVar("G", bound=Growing[Any, Any])


class Gathering(Generic[G]):
    """Readings in the order in which they came, by place."""

    def __init__(self, kind: Callable[[Place], G]) -> None:
        """None yet; `kind` makes what gathers those of a place."""
        self._kind = kind
        self.places: dict[Place, G] = {}
        """In the order in which they came first."""

    def add(self, columns: Mapping[Place, Sized], origin: Origin) -> None:
        """Puts the readings of an event behind what is already there."""
        for place, own in columns.items():
            growing = self.places.get(place)
            if growing is None:
                growing = self.places[place] = self._kind(place)
            growing.add(own, origin)


class _Packs(Growing[Columns, Accepted]):
    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.packs: list[Pack] = []

    def begin(self) -> None:
        self.packs.append(Pack(self.place.domain, self.place.zone, [], [], [], []))

    def put(self, columns: Columns, origin: Accepted) -> None:
        pack, names = self.packs[-1], columns.names
        for at, state in columns.states.items():
            pack.states[len(pack.names) + at] = state
        pack.names.extend(names)
        pack.times.extend(columns.times)
        pack.values.extend(columns.values)
        pack.runs.append(Run(origin.source, origin.id, len(names), origin.recorded_ms, origin.received_ms))


class Segment:
    """What lies between two ticks."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._readings = Gathering(_Packs)
        self.events: list[Event] = []
        self.tick_ms: int | None = None

    def add(self, accepted: Accepted) -> int:
        """Puts an accepted event behind what is already there; how many readings and events it brings."""
        self._readings.add(accepted.columns, accepted)
        size = sum([len(columns.names) for columns in accepted.columns.values()])
        if accepted.record is not None:
            self.events.append(accepted.record)
            size += 1
        return size

    def packs(self) -> list[Pack]:
        """The packs of all places, in the order in which the places came first."""
        return [pack for growing in self._readings.places.values() for pack in growing.packs]
