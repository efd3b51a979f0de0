"""Kafka producers and consumers with the options that the whole center relies on."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from infra.kafka.cluster import Cluster, Given, cluster_of
from infra.kafka.knock import explained
from schemas.topics import MAX_MESSAGE_BYTES

MAX_REQUEST_BYTES = 8 * MAX_MESSAGE_BYTES
"""What a producer takes at once, not packed yet: the explanation of 20,000 signals is 20 MB, and 2 MB in lz4."""


UNHURRIED_MS = 500
"""So long Kafka may keep a consumer waiting that need not know at once: a record that comes while the others of its
topics are waited for is seen after that."""


class Producer(AIOKafkaProducer):  # type: ignore[misc]
    """Says why it cannot start: KafkaConnectionError in words, Invalid where a setting is wrong."""

    def __init__(self, cluster: Cluster, **options: Any) -> None:
        """Connects at `start()`."""
        super().__init__(**cluster.options(), **options)
        self._explained = cluster

    async def start(self) -> None:
        """Returns once it has found the cluster; one that is not let begin, or not to its end, holds nothing."""
        async with explained(self._explained), _whole(self):
            await super().start()


class Consumer(AIOKafkaConsumer):  # type: ignore[misc]
    """Says why it cannot start, as Producer does."""

    def __init__(self, cluster: Cluster, *topics: str, **options: Any) -> None:
        """Connects at `start()`."""
        super().__init__(*topics, **cluster.options(), **options)
        self._explained = cluster

    async def start(self) -> None:
        """Returns once it has found the cluster, and joined its group if it has one; or is no member of it."""
        async with explained(self._explained), _whole(self):
            await super().start()


@asynccontextmanager
async def _whole(client: AIOKafkaProducer | AIOKafkaConsumer) -> AsyncIterator[None]:
    """Ends what could not begin: aiokafka's tasks go on, and a member that nobody reads for keeps its partitions."""
    async with AsyncExitStack() as begun:
        begun.push_async_callback(client.stop)
        yield
        begun.pop_all()


def producer(cluster: Given, **options: Any) -> AIOKafkaProducer:
    """A producer, not started: lz4, acks=all, idempotent, linger 5 ms. Errors of `send_and_wait` are Kafka's."""
    chosen: dict[str, Any] = {
        "compression_type": "lz4",
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": 5,
        "max_batch_size": 256 * 1024,
        "max_request_size": MAX_REQUEST_BYTES,
        "request_timeout_ms": 10_000,
    }
    return Producer(cluster_of(cluster), **{**chosen, **options})


def consumer(cluster: Given, *topics: str, group: str | None = None, **options: Any) -> AIOKafkaConsumer:
    """A consumer, not started: offsets committed by hand, from the earliest record, up to 100 ms of gathering."""
    chosen: dict[str, Any] = {
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "session_timeout_ms": 6_000,
        "heartbeat_interval_ms": 1_500,
        "fetch_max_wait_ms": 100,
        "max_partition_fetch_bytes": MAX_MESSAGE_BYTES,
        "metadata_max_age_ms": 30_000,
    }
    return Consumer(cluster_of(cluster), *topics, group_id=group, **{**chosen, **options})
