"""The ticks of a live city on real Kafka when its clock is corrected: by little they stand, by more they go back."""

import pytest
from aiokafka import AIOKafkaConsumer

from infra.kafka.admin import ensure_topics
from infra.kafka.clients import consumer, producer
from schemas.readings import Tick, decode_reading_record
from schemas.topics import INPUT_PARTITIONS, readings_topic, topics
from services.ingest import packer
from tests.servers import Servers

DOMAIN = "power"
FIRST_MS = 1_796_000_000_000


async def test_ticks_stand_over_a_correction_and_go_back_with_a_clock_that_was_wrong(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_topics(servers.kafka, topics([DOMAIN]))
    wall = [FIRST_MS, FIRST_MS - 59_000, FIRST_MS + 7_200_000, FIRST_MS + 1_000, FIRST_MS + 2_000]
    told = [FIRST_MS, FIRST_MS, FIRST_MS + 7_200_000, FIRST_MS + 1_000, FIRST_MS + 2_000]
    to = producer(servers.kafka)
    reader = consumer(servers.kafka, readings_topic(DOMAIN))
    await to.start()
    await reader.start()
    try:
        ticking = packer.Packer(to, [DOMAIN], None)
        for at_ms in wall:
            monkeypatch.setattr(packer, "now_ms", lambda at_ms=at_ms: at_ms)
            await ticking.tick()
        assert await _ticks(reader, len(told) * INPUT_PARTITIONS) == {
            number: told for number in range(INPUT_PARTITIONS)
        }
    finally:
        await reader.stop()
        await to.stop()


async def _ticks(reader: AIOKafkaConsumer, count: int) -> dict[int, list[int]]:
    """The ticks of each partition, in order."""
    found: dict[int, list[int]] = {}
    for _ in range(count):
        record = await reader.getone()
        tick = decode_reading_record(record.value)
        assert isinstance(tick, Tick)
        found.setdefault(record.partition, []).append(tick.now_ms)
    return found
