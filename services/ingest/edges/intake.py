"""The one way from an edge into the center: judged, packed, and only then acknowledged to where it came from."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from hashlib import blake2b
from typing import Any, TypeVar

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from city.judge import READINGS, Accepted, Judge
from infra.clock import now_ms
from infra.kafka.dead_letters import Origin, letter_of, send_dead_letter
from infra.metrics import EDGE_RECORDS
from infra.redis import edges as memory
from infra.redis.seen import Seen, seen_key
from schemas.cloudevents import CloudEvent, encode_event
from schemas.dead_letters import DeadLetter
from schemas.edges import Edge
from schemas.errors import Invalid, Unavailable
from schemas.senml import Fault as Refused
from schemas.sentences import say
from services.ingest.edges.health import Health
from services.ingest.packer import Packer

T = TypeVar("T")
RETRY_S = 1.0
WAITS = "waiting"
LETTERS = 100
"""Dead letters that one message may make; the last one counts the rest."""


class Fault(msgspec.Struct, frozen=True):
    """A part of a message that could not be read."""

    raw: bytes
    detail: str
    field: str | None = None


class Message(msgspec.Struct, kw_only=True):
    """What came in one piece: an MQTT message, a file, a notification, an answer."""

    origin: str
    """Where within the edge: the topic, the file's name."""
    events: list[CloudEvent] = []
    faults: list[Fault] = []
    repeatable: bool = False
    """Whether its events have the same ids each time that they come, so that a repeat can be told."""


class Door(msgspec.Struct, frozen=True):
    """What ingest lends to its edges."""

    judge: Callable[[], Judge]
    packer: Packer
    producer: AIOKafkaProducer
    seen: Seen
    redis: Redis


class Outcome(msgspec.Struct):
    """What became of messages."""

    accepted: int = 0
    rejected: int = 0
    duplicates: int = 0
    detail: str = ""
    """Why the first of those that are rejected is; empty if none is."""


def readings(edge: Edge, event_id: str, records: list[dict[str, Any]], **more: Any) -> CloudEvent:
    """A CloudEvent of `city.readings` with these SenML records."""
    return CloudEvent(
        id=event_id[:512], source=edge.source, type=READINGS, data=msgspec.Raw(msgspec.json.encode(records)), **more
    )


class Intake:
    """An edge's part of the door; counts what it takes."""

    def __init__(self, edge: Edge, door: Door, health: Health) -> None:
        self.edge, self.health = edge, health
        self._door = door

    async def take(self, messages: Sequence[Message]) -> Outcome:
        """Returns once Kafka has all of it, however long that takes: only then may the origin forget it."""
        while True:
            try:
                outcome = await self.try_take(messages)
            except Unavailable as error:
                self.health.now(WAITS, error.said)
                await asyncio.sleep(RETRY_S)
            else:
                if self.health.told.state == WAITS:
                    self.health.now("connected")
                return outcome

    def refused(self, records: Sequence[Mapping[str, Any]]) -> list[Refused]:
        """The SenML records that the judge would not take, as it is now."""
        return self._door.judge().faults(msgspec.json.encode(records), now_ms()) if records else []

    def refusal(self, event: CloudEvent) -> Invalid | None:
        """What the judge, as it is now, has against an event."""
        try:
            self._door.judge().accept(event, now_ms())
        except Invalid as error:
            return error
        return None

    async def recall(self, kind: type[T]) -> dict[str, T]:
        """What this edge remembered last. Raises Unavailable without Redis."""
        try:
            return await memory.recall(self._door.redis, self.edge.id, kind)
        except (RedisError, OSError) as error:
            raise Unavailable(say("redis_silent", reason=error)) from None

    async def remember(self, items: Mapping[str, Any]) -> None:
        """Replaces what this edge remembers. Raises Unavailable without Redis."""
        try:
            await memory.remember(self._door.redis, self.edge.id, items)
        except (RedisError, OSError) as error:
            raise Unavailable(say("redis_silent", reason=error)) from None

    async def try_take(self, messages: Sequence[Message]) -> Outcome:
        """As `take`, but raises Unavailable if Kafka does not acknowledge."""
        judged = _Judged()
        await self._judge(messages, judged)
        try:
            if judged.accepted:
                await asyncio.shield(self._door.packer.add(judged.accepted))
            await asyncio.gather(*(send_dead_letter(self._door.producer, letter) for letter in judged.letters))
        except KafkaError as error:
            raise Unavailable(say("kafka_refused", reason=repr(error))) from None
        await self._door.seen.remember(judged.keys)
        return self._count(len(messages), judged)

    def _count(self, messages: int, judged: "_Judged") -> Outcome:
        taken = sum(_size(each) for each in judged.accepted)
        found = Outcome(taken, judged.rejected, judged.duplicates, judged.why)
        health = self.health.told
        if taken or found.rejected or found.duplicates:  # who always answers the same rubbish brings nothing
            health.last_ms = now_ms()
        health.received += messages
        health.accepted += found.accepted
        health.rejected += found.rejected
        health.duplicates += found.duplicates
        for outcome, count in (("accepted", taken), ("rejected", found.rejected), ("duplicate", found.duplicates)):
            EDGE_RECORDS.labels(self.edge.id, outcome).inc(count)
        return found

    async def _judge(self, messages: Sequence[Message], judged: "_Judged") -> None:
        keys = [
            seen_key(event.source, event.id) if message.repeatable or event.type != READINGS else b""
            for message in messages
            for event in message.events
        ]
        known = await self._door.seen.known([key for key in keys if key])
        now, judge, number = now_ms(), self._door.judge(), iter(keys)
        for message in messages:
            for event in message.events:
                key = next(number)
                if key and key in known:
                    judged.duplicates += 1
                    continue
                if self._accepted(judge, message, event, judged, now=now) and key:
                    judged.keys.append(key)
                    known.add(key)
            self._refuse(message.origin, message.faults, judged)

    def _accepted(self, judge: Judge, message: Message, event: CloudEvent, judged: "_Judged", *, now: int) -> bool:
        try:
            taken = judge.accept(event, now)
        except Invalid as error:
            self._refuse(message.origin, [Fault(encode_event(event), error.said, error.field)], judged)
            return False
        judged.accepted.append(taken)
        if taken.faults:
            first = taken.faults[0]
            said = say("records_not_taken", number=len(taken.faults), detail=first.detail)
            fault = Fault(encode_event(event), said, f"data.{first.record}.{first.field}".rstrip("."))
            self._refuse(message.origin, [fault], judged)
            judged.rejected += len(taken.faults) - 1
        return True

    def _refuse(self, origin: str, faults: Sequence[Fault], judged: "_Judged") -> None:
        judged.rejected += len(faults)
        if faults and not judged.why:
            judged.why = Invalid(faults[0].detail, field=faults[0].field).whole
        for number, fault in enumerate(faults[:LETTERS]):
            more = len(faults) - LETTERS if number == LETTERS - 1 else 0
            judged.letters.append(self._letter(origin, fault, more))

    def _letter(self, origin: str, fault: Fault, more: int) -> DeadLetter:
        said = say("and_more", said=fault.detail, more=more) if more > 0 else fault.detail
        digest = blake2b(origin.encode() + b"\x1f" + fault.raw, digest_size=6)
        offset = int.from_bytes(digest.digest())
        stood = Origin(f"edges.{self.edge.id}", 0, offset, origin.encode(), fault.raw)
        return letter_of(stood, "ingest", Invalid(said, field=fault.field))


class _Judged:
    """What messages bring, on its way."""

    def __init__(self) -> None:
        self.accepted: list[Accepted] = []
        self.letters: list[DeadLetter] = []
        self.keys: list[bytes] = []
        self.rejected = self.duplicates = 0
        self.why = ""


def _size(accepted: Accepted) -> int:
    return sum(len(columns.names) for columns in accepted.columns.values()) + (accepted.record is not None)
