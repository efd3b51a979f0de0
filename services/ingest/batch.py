"""What is gathered between two flushes: packs by domain and zone, events, and the ticks between them (DESIGN D1)."""

import asyncio
from zlib import crc32

import msgspec

from city.judge import Accepted
from city.normalise import Columns, Place
from schemas.events import Event
from schemas.readings import Pack, Run
from schemas.topics import INPUT_PARTITIONS, events_topic, readings_topic

PACK_READINGS = 2_000
PACK_CHARACTERS = 150_000
"""So that a pack stays below Kafka's megabyte even when every character is written with six bytes."""


class Outgoing(msgspec.Struct, frozen=True):
    """A record for Kafka."""

    topic: str
    partition: int
    key: bytes
    value: bytes


def partition_of(zone: str) -> int:
    """The partition of a zone, the same in every topic of readings and events."""
    return crc32(zone.encode()) % INPUT_PARTITIONS


class _Growing:
    """Packs of one place, the last of them still growing."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.packs: list[Pack] = []
        self._room = self._characters = 0

    def add(self, columns: Columns, accepted: Accepted) -> None:
        total = len(columns.names)
        if total <= self._room and self._characters > 0:  # nearly always
            self._append(columns, accepted)
            return
        start = 0
        while start < total:
            if self._room <= 0 or self._characters <= 0:
                self._open()
            part = slice(start, start + min(self._room, total - start))
            self._append(Columns(columns.names[part], columns.times[part], columns.values[part]), accepted)
            start = part.stop

    def _open(self) -> None:
        self.packs.append(Pack(self.place.domain, self.place.zone, [], [], [], []))
        self._room, self._characters = PACK_READINGS, PACK_CHARACTERS

    def _append(self, columns: Columns, accepted: Accepted) -> None:
        pack, names = self.packs[-1], columns.names
        pack.names.extend(names)
        pack.times.extend(columns.times)
        pack.values.extend(columns.values)
        pack.runs.append(Run(accepted.source, accepted.id, len(names), accepted.recorded_ms, accepted.received_ms))
        self._room -= len(names)
        self._characters -= len(accepted.source) + len(accepted.id) + len(names[0]) * len(names)


class _Segment:
    """What lies between two ticks."""

    def __init__(self) -> None:
        self.growing: dict[Place, _Growing] = {}
        self.events: list[Event] = []
        self.tick_ms: int | None = None

    def records(self) -> list[Outgoing]:
        found = [_of_pack(pack) for growing in self.growing.values() for pack in growing.packs]
        return found + [_of_event(event) for event in self.events]


class Batch:
    """Everything taken between two flushes; it is acknowledged as a whole."""

    def __init__(self) -> None:
        self.segments = [_Segment()]
        self.size = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def add(self, accepted: Accepted) -> None:
        """Puts an accepted event behind what is already there."""
        segment = self.segments[-1]
        for place, columns in accepted.columns.items():
            growing = segment.growing.get(place)
            if growing is None:
                growing = segment.growing[place] = _Growing(place)
            growing.add(columns, accepted)
            self.size += len(columns.names)
        if accepted.record is not None:
            segment.events.append(accepted.record)
            self.size += 1

    def tick(self, now_ms: int) -> None:
        """Puts a tick behind what is already there."""
        self.segments[-1].tick_ms = now_ms
        self.segments.append(_Segment())


_encode = msgspec.json.Encoder().encode


def _of_pack(pack: Pack) -> Outgoing:
    return Outgoing(readings_topic(pack.domain), partition_of(pack.zone), pack.zone.encode(), _encode(pack))


def _of_event(event: Event) -> Outgoing:
    return Outgoing(events_topic(event.domain), partition_of(event.zone), event.zone.encode(), _encode(event))
