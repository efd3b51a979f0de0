"""Follows one topic with fenced positions: reads batches, hands them on, splits off what PostgreSQL refuses."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.abc import ConsumerRebalanceListener
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infra import log
from infra.kafka.clients import consumer
from infra.kafka.cluster import Given
from infra.metrics import AWAITED, RECORDED
from infra.postgres.fence import Fenced, Place, move, position
from infra.postgres.refusals import is_away, is_refused, only_reads
from schemas.errors import Invalid
from schemas.sentences import say

BATCH = 2_000
"""An incident of thousands is loaded with each batch: a backlog is worked off the faster, the fewer there are."""
IDLE_MS = 1000
REBALANCE_MS = 10_000
"""A member that was killed while it joined holds the others up no longer than this."""
BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0)
Apply = Callable[[AsyncConnection, Sequence[ConsumerRecord]], Awaitable[None]]
Refuse = Callable[[ConsumerRecord, Exception], Awaitable[None]]
T = TypeVar("T")
_log = log.logger("recorder")


class Follower(ConsumerRebalanceListener):  # type: ignore[misc]
    """Applies every record of a topic once; of several followers each has its own partitions."""

    def __init__(
        self, cluster: Given, topic: str, engine: AsyncEngine, apply: Apply, refuse: Refuse, **consuming: Any
    ) -> None:
        """`apply` writes a batch in the given transaction; `refuse` dead-letters one that PostgreSQL cannot take.

        `consuming`: options of its consumer.
        """
        self._cluster, self._topic, self._engine = cluster, topic, engine
        self._apply, self._refuse = apply, refuse
        self._consuming = {"rebalance_timeout_ms": REBALANCE_MS, **consuming}
        self._positions: dict[TopicPartition, int] = {}
        """Where each partition goes on; another dictionary from each rebalance on."""
        self._away = False
        AWAITED.labels(topic).set(0)

    async def run(self) -> None:
        """Follows until cancelled; joins again when somebody else applied what it was about to."""
        while True:
            reader = consumer(self._cluster, group=f"recorder-{self._topic}", **self._consuming)
            reader.subscribe([self._topic], listener=self)
            await reader.start()
            try:
                while True:
                    await self._turn(reader)
            except Fenced as error:
                _log.warning("recorder_fenced", detail=error.detail)
            finally:
                self._positions = {}
                await reader.stop()

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Forgets where it was: another may go on from there."""
        self._positions = {}

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Positions are read from PostgreSQL with the first records."""
        self._positions = {}

    async def _turn(self, reader: AIOKafkaConsumer) -> None:
        found = await reader.getmany(timeout_ms=IDLE_MS, max_records=BATCH)
        positions = self._positions
        for partition, records in found.items():
            if partition not in positions:
                positions[partition] = start = await self._retried(partial(self._start, partition))
                if positions is not self._positions:
                    return  # there was a rebalance meanwhile: what is ours now comes again
                if records[0].offset != start:
                    reader.seek(partition, start)
                    continue
            await self._take(partition, records)
            if positions is not self._positions:
                return

    async def _start(self, partition: TopicPartition) -> int:
        async with self._engine.begin() as connection:
            return await position(connection, self._place(partition))

    async def _take(self, partition: TopicPartition, records: Sequence[ConsumerRecord]) -> None:
        """Applies the records; a batch that PostgreSQL refuses is halved down to the one record that is wrong.

        An error that says neither that it is away nor that the data is wrong ends the process.
        """
        try:
            await self._retried(partial(self._transaction, partition, records, self._apply))
        except DBAPIError as error:
            if not is_refused(error):
                raise
            if len(records) > 1:
                middle = len(records) // 2
                await self._take(partition, records[:middle])
                await self._take(partition, records[middle:])
                return
            await self._refuse(records[0], Invalid(say("database_refuses", reason=error.orig)))
            await self._retried(partial(self._transaction, partition, records, _nothing))

    async def _transaction(self, partition: TopicPartition, records: Sequence[ConsumerRecord], apply: Apply) -> None:
        positions, following = self._positions, records[-1].offset + 1
        first = positions.get(partition)
        if first is None:
            raise Fenced(f"{partition.topic}/{partition.partition} was taken away")
        async with self._engine.begin() as connection:
            await move(connection, self._place(partition), first, following)
            await apply(connection, records)
        positions[partition] = following  # no position any more if there was a rebalance meanwhile
        RECORDED.labels(partition.topic).inc(len(records))

    async def _retried(self, work: Callable[[], Awaitable[T]]) -> T:
        """Waits for PostgreSQL as long as it takes; says once that it is away and once that it is back."""
        attempt = 0
        while True:
            try:
                done = await work()
            except DBAPIError as error:
                if not is_away(error):
                    raise
                await self._say_away(error)
                await asyncio.sleep(BACKOFF_S[min(attempt, len(BACKOFF_S) - 1)])
                attempt += 1
                continue
            if self._away:
                _log.info("postgres_back")
            self._set_away(False)
            return done

    async def _say_away(self, error: DBAPIError) -> None:
        if not self._away:
            _log.warning("postgres_away", reason=str(error.orig))
        self._set_away(True)
        if only_reads(error):
            await self._engine.dispose()  # a new connection may lead to the server that writes

    def _set_away(self, away: bool) -> None:
        self._away = away
        AWAITED.labels(self._topic).set(away)

    def _place(self, partition: TopicPartition) -> Place:
        return Place("recorder", partition.topic, partition.partition)


async def _nothing(connection: AsyncConnection, records: Sequence[ConsumerRecord]) -> None:
    return None
