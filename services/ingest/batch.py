"""What is gathered between two flushes: packs by domain and zone, events, and the ticks between them (DESIGN D1)."""

import asyncio

import msgspec

from city.judge import Accepted
from city.packing import Segment
from schemas.events import Event
from schemas.readings import Pack
from schemas.topics import INPUT_PARTITIONS, events_topic, partition_of, readings_topic

CLEARED = "signal.cleared"


class Outgoing(msgspec.Struct, frozen=True):
    """A record for Kafka."""

    topic: str
    partition: int
    key: bytes
    value: bytes


class Batch:
    """Everything taken between two flushes; it is acknowledged as a whole."""

    def __init__(self) -> None:
        self.segments = [Segment()]
        self.size = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def add(self, accepted: Accepted) -> None:
        """Puts an accepted event behind what is already there."""
        self.size += self.segments[-1].add(accepted)

    def tick(self, now_ms: int) -> None:
        """Puts a tick behind what is already there."""
        self.segments[-1].tick_ms = now_ms
        self.segments.append(Segment())


def records_of(segment: Segment) -> list[Outgoing]:
    """The records of a segment, packs first; its tick comes behind them."""
    events = [record for event in segment.events for record in _of_event(event)]
    return [_of_pack(pack) for pack in segment.packs()] + events


_encode = msgspec.json.Encoder().encode


def _of_pack(pack: Pack) -> Outgoing:
    return Outgoing(readings_topic(pack.domain), partition_of(pack.zone), pack.zone.encode(), _encode(pack))


def _of_event(event: Event) -> list[Outgoing]:
    """An end goes to all partitions: its signal began where the asset was placed then, perhaps in another zone."""
    everywhere = event.type == CLEARED
    partitions = range(INPUT_PARTITIONS) if everywhere else [partition_of(event.zone)]
    value = _encode(event)
    return [Outgoing(events_topic(event.domain), partition, event.zone.encode(), value) for partition in partitions]
