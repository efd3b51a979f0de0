"""Reads reference topics whole and keeps immutable snapshots of them, swapped at each change (DESIGN §4)."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from infra import log
from infra.kafka.clients import UNHURRIED_MS, consumer
from infra.kafka.cluster import Given
from schemas.reference import REFERENCE_TYPES, decode_reference_record
from schemas.topics import reference_topic

Changed = Callable[[str], None]
Refused = Callable[[ConsumerRecord, Exception], None]


class Snapshot(msgspec.Struct, frozen=True):
    """All items of one kind of reference data at one moment, by id."""

    name: str
    revision: int
    items: Mapping[str, Any]


def _log_refusal(record: ConsumerRecord, error: Exception) -> None:
    log.logger("reference").error("reference_refused", topic=record.topic, offset=record.offset, reason=str(error))


class ReferenceReader:
    """Follows the topics of some kinds of reference data; a bad record leaves the last good one in force."""

    def __init__(self, cluster: Given, names: Iterable[str]) -> None:
        """`names` are keys of REFERENCE_TYPES."""
        self._cluster = cluster
        self._names = {reference_topic(name): name for name in names}
        self._decode = {name: msgspec.json.Decoder(REFERENCE_TYPES[name]).decode for name in self._names.values()}
        self._snapshots = {name: Snapshot(name, 0, MappingProxyType({})) for name in self._names.values()}
        self._changed: list[Changed] = []
        self._refused: list[Refused] = [_log_refusal]
        self._consumer: AIOKafkaConsumer | None = None
        self._following: asyncio.Task[None] | None = None

    def snapshot(self, name: str) -> Snapshot:
        """The present snapshot; keep it, it never changes."""
        return self._snapshots[name]

    def on_change(self, callback: Changed) -> None:
        """`callback(name)` after each swap, in the event loop of `start()`."""
        self._changed.append(callback)

    def on_refused(self, callback: Refused) -> None:
        """`callback(record, error)` for each bad record, e.g. to dead-letter it."""
        self._refused.append(callback)

    async def start(self) -> None:
        """Returns once everything that was there at the start is read; goes on following until `stop()`."""
        self._consumer = consumer(self._cluster, fetch_max_wait_ms=UNHURRIED_MS)
        await self._consumer.start()
        partitions = [TopicPartition(topic, 0) for topic in self._names]
        self._consumer.assign(partitions)
        ends: dict[TopicPartition, int] = await self._consumer.end_offsets(partitions)
        await self._consumer.seek_to_beginning()
        while await self._behind(ends):
            self._take(await self._consumer.getmany(timeout_ms=200))
        self._following = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Ends following; the snapshots stay readable."""
        if self._following:
            self._following.cancel()
            await asyncio.wait({self._following})
        if self._consumer:
            await self._consumer.stop()

    async def failed(self) -> None:
        """Returns never, or raises what ended the following: await it beside the work of the process."""
        if self._following:
            await self._following

    async def _behind(self, ends: dict[TopicPartition, int]) -> bool:
        if self._consumer is None:
            return False
        positions = [(await self._consumer.position(partition), end) for partition, end in ends.items()]
        return any(position < end for position, end in positions)

    async def _follow(self) -> None:
        while self._consumer is not None:
            self._take(await self._consumer.getmany(timeout_ms=1000))

    def _take(self, batches: dict[TopicPartition, list[ConsumerRecord]]) -> None:
        for partition, records in batches.items():
            name = self._names[partition.topic]
            before = self._snapshots[name]
            after = self._folded(before, records)
            if after is not before:
                self._snapshots[name] = after
                for callback in self._changed:
                    callback(name)

    def _folded(self, before: Snapshot, records: list[ConsumerRecord]) -> Snapshot:
        items, revision = dict(before.items), before.revision
        for record in records:
            try:
                revision = max(revision, self._fold(items, before.name, record))
            except (msgspec.DecodeError, UnicodeDecodeError, AttributeError) as error:
                for refuse in self._refused:
                    refuse(record, error)
        unchanged = revision == before.revision and items == dict(before.items)
        return before if unchanged else Snapshot(before.name, revision, MappingProxyType(items))

    def _fold(self, items: dict[str, Any], name: str, record: ConsumerRecord) -> int:
        """Applies one record to `items`; its revision, 0 for a deletion."""
        if record.value is None:
            items.pop(record.key.decode(), None)
            return 0
        decoded = decode_reference_record(record.value)
        items[decoded.id] = self._decode[name](decoded.body)
        return decoded.revision
