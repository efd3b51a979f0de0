"""A worker whose new partitions take longer to handle than its session lasts stays a member of its group."""

import asyncio
from collections.abc import Collection
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import ConsumerRebalanceListener
from kafka.admin import NewTopic

from infra.kafka.admin import admin
from streams.app import SESSION_S
from streams.heartbeats import begin_with_membership
from tests.servers import Servers

TOPIC = "slowly-handled"


class Slow(ConsumerRebalanceListener):  # type: ignore[misc]
    """Handles new partitions as Faust does on a busy machine."""

    def __init__(self) -> None:
        self.times = 0
        self.done = asyncio.Event()

    async def on_partitions_revoked(self, revoked: Collection[Any]) -> None:
        """Nothing was kept."""

    async def on_partitions_assigned(self, assigned: Collection[Any]) -> None:
        self.times += 1
        await asyncio.sleep(SESSION_S * 1.5)
        self.done.set()


async def test_a_member_is_alive_while_it_handles_what_it_was_given(servers: Servers) -> None:
    begin_with_membership()
    slow, session_ms = Slow(), round(SESSION_S * 1000)
    with admin(servers.kafka) as client:
        client.create_topics([NewTopic(TOPIC, 1, 1)])
    async with AIOKafkaProducer(bootstrap_servers=servers.kafka) as sender:
        await sender.send_and_wait(TOPIC, b"one")
        consumer = AIOKafkaConsumer(
            bootstrap_servers=servers.kafka,
            group_id="slow",
            auto_offset_reset="earliest",
            session_timeout_ms=session_ms,
            heartbeat_interval_ms=session_ms // 4,
        )
        consumer.subscribe([TOPIC], listener=slow)
        async with consumer:
            assert (await consumer.getone()).value == b"one"
            await asyncio.wait_for(slow.done.wait(), 60)
            await asyncio.sleep(SESSION_S / 2)
            await consumer.commit()
    assert slow.times == 1, "it was sent away and joined anew"
