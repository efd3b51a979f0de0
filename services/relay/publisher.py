"""Publishes rows to Kafka exactly once: a transaction carries the records and the number that it came to."""

import asyncio
from collections.abc import Iterator, Sequence

import msgspec
from aiokafka import AIOKafkaProducer, TopicPartition

from infra.kafka.admin import ensure_topics
from infra.kafka.clients import producer
from infra.kafka.cluster import Given
from infra.kafka.committed import committed
from infra.metrics import PUBLISHED
from infra.postgres.publishing import Waiting
from schemas.cloudevents import KAFKA_HEADERS
from schemas.incidents import Incident
from schemas.topics import AGENCY_PREFIX, CHANGES, INCIDENTS, agency_topic, topics

MARK = TopicPartition(CHANGES, 0)
"""The committed offset of the relay's group on this partition is the last number published."""


class Snapshot(msgspec.Struct, frozen=True):
    """The part of a snapshot that says who may see it."""

    data: Incident


_decode = msgspec.json.Decoder(Snapshot).decode
_attributes = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def marked(event: bytes | None, exercise: str) -> bytes | None:
    """A CloudEvent with the name of the exercise as extension attribute `exercise`; unchanged outside of one."""
    if event is None or not exercise:
        return event
    return msgspec.json.encode({**_attributes(event), "exercise": exercise})


class Publisher:
    """A producer whose fixed transactional id fences every earlier one."""

    def __init__(self, cluster: Given, identity: str, exercise: str = "") -> None:
        """`identity` names the database whose numbers count; in an exercise no agency has a topic."""
        self._cluster, self._identity, self._exercise = cluster, identity, exercise
        self._producer: AIOKafkaProducer = producer(
            cluster, transactional_id=identity, linger_ms=0, compression_type="gzip"
        )
        self._own: dict[str, str] = {}
        """Agency → its own topic, of those that have one, in their order."""
        self.published = 0
        """The last number that the log has."""

    async def start(self) -> None:
        """Fences earlier producers, then reads how far they came. Raises KafkaError or Unavailable."""
        await self._producer.start()
        number = await asyncio.to_thread(committed, self._cluster, self._identity, MARK.topic, MARK.partition)
        self.published = number or 0

    async def stop(self) -> None:
        """Closes the producer."""
        await self._producer.stop()

    async def serve(self, agencies: frozenset[str]) -> None:
        """Agencies with a topic of their own; missing topics are made. In an exercise nothing."""
        if self._exercise:
            return
        if agencies != self._own.keys():
            wanted = [topic for topic in topics([], sorted(agencies)) if topic.name.startswith(AGENCY_PREFIX)]
            await asyncio.to_thread(ensure_topics, self._cluster, wanted)
            self._own = {agency: agency_topic(agency) for agency in sorted(agencies)}

    async def publish(self, rows: Sequence[Waiting]) -> None:
        """Sends rows that were not sent before, in order, in one transaction. Raises KafkaError."""
        async with self._producer.transaction():
            for row in rows:
                for topic in self._topics_of(row):
                    await self._send(topic, row)
            mark = {MARK: rows[-1].number}
            await self._producer.send_offsets_to_transaction(mark, self._identity)
        self.published = rows[-1].number
        for row in rows:
            PUBLISHED.labels(row.topic).inc()

    async def _send(self, topic: str, row: Waiting) -> None:
        headers = KAFKA_HEADERS if row.incident_id else None
        value = marked(row.value, self._exercise) if row.incident_id else row.value
        await self._producer.send(topic, value, key=row.key.encode(), headers=headers)

    def _topics_of(self, row: Waiting) -> Iterator[str]:
        if not row.topic.startswith(AGENCY_PREFIX) or row.topic in self._own.values():
            yield row.topic
        if row.topic == INCIDENTS:
            named = None if row.value is None else _decode(row.value).data.agencies
            yield from (topic for agency, topic in self._own.items() if named is None or agency in named)
