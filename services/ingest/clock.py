"""Where the clock of a city of recordings stood when ingest last ran: in the log itself (DESIGN D11)."""

import msgspec
from aiokafka import AIOKafkaConsumer, TopicPartition

from infra.kafka.clients import consumer
from infra.kafka.cluster import Given
from schemas.readings import Tick, decode_reading_record
from schemas.topics import INPUT_PARTITIONS, readings_topic

LAST = 50
"""Records at the end of a partition in which a tick must be: one is written every second."""


async def last_tick_ms(cluster: Given, domain: str) -> int | None:
    """The newest tick in the readings of a domain, Unix milliseconds; None if there is none."""
    reader = consumer(cluster)
    await reader.start()
    try:
        partitions = [TopicPartition(readings_topic(domain), number) for number in range(INPUT_PARTITIONS)]
        reader.assign(partitions)
        ends = await reader.end_offsets(partitions)
        beginnings = await reader.beginning_offsets(partitions)
        found = [
            await _newest(reader, part, max(beginnings[part], ends[part] - LAST), ends[part]) for part in partitions
        ]
        return max((at for at in found if at), default=None)
    finally:
        await reader.stop()


async def _newest(reader: AIOKafkaConsumer, partition: TopicPartition, start: int, end: int) -> int | None:
    found: int | None = None
    reader.seek(partition, start)
    while start < end:
        records = (await reader.getmany(partition, timeout_ms=1000)).get(partition, [])
        ticks = [tick.now_ms for record in records if (tick := _tick(record.value)) and tick.clock == "events"]
        found = max(ticks, default=found)
        start = await reader.position(partition)
    return found


def _tick(value: bytes) -> Tick | None:
    try:
        record = decode_reading_record(value)
    except msgspec.DecodeError:
        return None
    return record if isinstance(record, Tick) else None
