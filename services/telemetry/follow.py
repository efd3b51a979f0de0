"""Follows the readings: live values to Redis each second, rollups to PostgreSQL exactly once."""

import asyncio
import re
from collections.abc import Callable, Collection, Container
from contextlib import suppress

import msgspec
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from redis.asyncio import Redis
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra import log
from infra.clock import now_ms
from infra.kafka.dead_letters import letter_of, send_dead_letter
from infra.postgres import rollup_store
from infra.postgres.refusals import is_away, is_refused
from infra.postgres.rollup_store import Partition, Span
from infra.redis.client import Guard
from infra.redis.stages import Stage, pass_on
from infra.redis.values import read_values, write_values
from schemas.errors import Invalid, Unavailable
from schemas.readings import Pack, Tick, decode_reading_record
from schemas.sentences import say
from schemas.topics import READINGS_PREFIX
from services.telemetry.fold import Fold, latest
from services.telemetry.seen import Seen

BATCH_S = 1.0
FETCHED = 2000
MOST_RECORDS = 1_000_000
"""Of one batch, while PostgreSQL refuses none."""
RECALLED = 1_000
"""So many records of a partition are read again at a start: what they brought is known if it is sent again."""
READINGS = f"^{re.escape(READINGS_PREFIX)}"
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, Invalid)
Assets = Callable[[], Container[str]]
_log = log.logger("telemetry")


def stage_at(ticks: Collection[Tick], at_ms: int) -> Stage:
    """Where telemetry stands with the newest tick of each partition: where the one that is furthest behind does."""
    slowest = min(ticks, key=lambda tick: tick.sent_ms)
    return Stage(min(tick.now_ms for tick in ticks), at_ms, max(0, at_ms - slowest.sent_ms))


class Follower(ConsumerRebalanceListener):  # type: ignore[misc]
    """Positions are PostgreSQL's, never the group's; the group only shares out partitions."""

    def __init__(self, engine: AsyncEngine, redis: Redis, producer: AIOKafkaProducer, registered: Assets) -> None:
        """`registered()` gives the ids of all assets at present."""
        self._engine, self._redis, self._producer, self._registered = engine, redis, producer, registered
        self._guard = Guard("live values stand still")
        self._consumer: AIOKafkaConsumer | None = None
        self._seen = Seen()
        self._fold = Fold(self._seen)
        self._spans: dict[Partition, Span] = {}
        self._next: dict[Partition, int] = {}
        self._most, self._taken = MOST_RECORDS, 0
        self._last: ConsumerRecord | None = None
        self._values: dict[str, tuple[int, float]] = {}
        self._changed: set[str] = set()
        self._ticks: dict[Partition, Tick] = {}
        self._away = False
        self._failure: Exception | None = None

    async def run(self, consumer: AIOKafkaConsumer) -> None:
        """Follows until cancelled; `consumer` is started, of no topics yet. Raises Conflict if fenced."""
        self._consumer = consumer
        await self._restore()
        consumer.subscribe(pattern=READINGS, listener=self)
        while self._failure is None:
            if not self._full:
                await self._gather(consumer)
            else:
                await asyncio.sleep(BATCH_S)
            await self._show()
            await self._write()
        raise self._failure

    async def _restore(self) -> None:
        """What Redis has not kept over a restart: of a gauge that sends by the hour there would long be nothing."""
        self._values = await rollup_store.latest_values(self._engine)
        kept = await self._guard.attempt(read_values(self._redis)) or {}
        self._changed = self._values.keys() - kept.keys()

    async def on_partitions_revoked(self, revoked: list[TopicPartition]) -> None:
        """What is not written is read again by whoever has the partition next."""
        self._forget()

    async def on_partitions_assigned(self, assigned: list[TopicPartition]) -> None:
        """Starts each partition where PostgreSQL says."""
        self._forget()
        try:
            await self._start(assigned, RECALLED)
        except (DBAPIError, KafkaError, OSError) as error:  # a listener's errors are swallowed by aiokafka
            self._failure = error

    @property
    def _full(self) -> bool:
        return self._fold.full or self._taken >= self._most

    def _forget(self) -> None:
        self._fold, self._spans, self._next, self._ticks, self._taken = Fold(self._seen), {}, {}, {}, 0

    async def _start(self, assigned: list[TopicPartition], recalled: int) -> None:
        """Begins so many records before what is to be counted.

        Asks Kafka once for all: one by one it takes longer than a member may be silent.
        """
        consumer = self._consumer
        if consumer is None:
            raise Unavailable("assigned before the start")
        beginnings, ends = await consumer.beginning_offsets(assigned), await consumer.end_offsets(assigned)
        for partition in assigned:
            beginning, end = beginnings[partition], ends[partition]
            stored = await rollup_store.position(self._engine, (partition.topic, partition.partition), beginning)
            start = stored if beginning <= stored <= end else beginning
            if start != stored:
                _log.warning("position_outside_log", topic=partition.topic, stored=stored, beginning=beginning, end=end)
            key = partition.topic, partition.partition
            self._spans[key], self._next[key] = Span(stored, start), max(beginning, start - recalled)
            consumer.seek(partition, self._next[key])

    async def _gather(self, consumer: AIOKafkaConsumer) -> None:
        """Takes what comes within a second."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + BATCH_S
        while (left := deadline - loop.time()) > 0 and not self._full:
            most = min(FETCHED, self._most - self._taken)
            found = await consumer.getmany(timeout_ms=max(1, int(left * 1000)), max_records=most)
            for partition, records in found.items():
                await self._take(consumer, partition, records)
            if sum(map(len, found.values())) < most:
                await asyncio.sleep(min(0.1, max(0.0, deadline - loop.time())))

    async def _take(self, consumer: AIOKafkaConsumer, partition: TopicPartition, records: list[ConsumerRecord]) -> None:
        key = partition.topic, partition.partition
        for record in records:
            span = self._spans.get(key)
            if span is None:
                return
            if record.offset != self._next[key]:  # fetched before a rebalance, or what was next is kept no more
                await self._go_on(consumer, partition)
                return
            self._next[key] += 1
            if record.offset < span.end:
                self._recall(record)
                continue
            await self._count(record)
            self._last, self._taken = record, self._taken + 1
            if self._spans.get(key) is span:  # else it was taken away meanwhile
                self._spans[key] = Span(span.first, record.offset + 1)

    async def _go_on(self, consumer: AIOKafkaConsumer, partition: TopicPartition) -> None:
        """To the next record that Kafka keeps; what is too old would be sought for ever."""
        key = partition.topic, partition.partition
        beginning = (await consumer.beginning_offsets([partition]))[partition]
        if key not in self._next:
            return
        if beginning > self._next[key]:
            _log.error("input_lost", topic=key[0], partition=key[1], first=self._next[key], earliest=beginning)
            self._next[key] = beginning
        consumer.seek(partition, self._next[key])

    def _recall(self, record: ConsumerRecord) -> None:
        """What was counted before this process had the partition is known, as if it had counted it."""
        fold = Fold(self._seen)
        with suppress(*UNREADABLE):
            decoded = decode_reading_record(record.value or b"")
            if isinstance(decoded, Pack):
                fold.add(decoded)
                fold.keep()

    async def _count(self, record: ConsumerRecord) -> None:
        try:
            decoded = decode_reading_record(record.value or b"")
            if isinstance(decoded, Pack):
                self._fold.add(decoded)
                self._changed |= latest(self._values, decoded)
        except UNREADABLE as error:
            await self._refuse(record, error)
            return
        if isinstance(decoded, Tick):
            self._ticks[record.topic, record.partition] = decoded

    async def _refuse(self, record: ConsumerRecord, error: Exception) -> None:
        await send_dead_letter(self._producer, letter_of(record, "telemetry", error))

    async def _show(self) -> None:
        """Live values and the stage's age to Redis; what Redis misses is sent when it is back."""
        if self._guard.resting:
            return
        changed = {name: self._values[name] for name in self._changed}
        if await self._guard.attempt(self._shown(changed)):
            self._changed -= changed.keys()
        else:
            self._changed |= self._values.keys()  # it may come back empty

    async def _shown(self, changed: dict[str, tuple[int, float]]) -> bool:
        await write_values(self._redis, changed)
        if self._ticks:
            await pass_on(self._redis, {"telemetry": stage_at(self._ticks.values(), now_ms())})
        return True

    async def _write(self) -> None:
        moved = {partition: span for partition, span in self._spans.items() if span.end != span.first}
        if not moved:
            return
        fold = self._fold
        try:
            await rollup_store.write(self._engine, moved, fold.rollups(), fold.sensors(self._registered()))
        except (DBAPIError, OSError, TimeoutError) as error:
            await self._stop(error)
            return
        fold.keep()
        self._away, self._fold, self._taken = False, Fold(self._seen), 0
        self._most = min(MOST_RECORDS, 2 * self._most)
        for partition, span in moved.items():
            if self._spans.get(partition) == span:
                self._spans[partition] = Span(span.end, span.end)

    async def _stop(self, error: Exception) -> None:
        """Waits for PostgreSQL; where it refuses the batch, half of it is tried, down to the one record that is wrong.

        Raises the error that says neither that it is away nor that the data is wrong.
        """
        if not isinstance(error, DBAPIError) or is_away(error):
            if not self._away:
                _log.warning("database_away", reason=str(error))
            self._away = True
        elif not is_refused(error) or self._consumer is None or self._last is None:
            raise error
        elif self._taken > 1:
            self._most = self._taken // 2
            self._forget()
            await self._start(list(self._consumer.assignment()), 0)
        else:
            await self._refuse(self._last, Invalid(say("database_refuses", reason=error.orig)))
            self._fold = Fold(self._seen)
