"""Reads what topics of readings and events still keep, once, from a time on; nothing is committed."""

from collections.abc import AsyncIterator, Iterable, Mapping

import msgspec
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError

from infra.kafka.clients import consumer
from infra.kafka.cluster import Given
from schemas.errors import Unavailable
from schemas.sentences import say
from schemas.topics import INPUT_PARTITIONS


class Batch(msgspec.Struct, frozen=True):
    """Some records, each partition in its order."""

    records: list[ConsumerRecord]
    share: float
    """How much of all is read by now, 0 to 1."""


async def kept(cluster: Given, topics: Iterable[str], span_ms: tuple[int, int] | None = None) -> AsyncIterator[Batch]:
    """What topics have now; with `span_ms` what Kafka got between two times, Unix milliseconds. A topic that is not
    there has nothing. Raises Unavailable.
    """
    reader = consumer(cluster)
    try:
        await reader.start()
        ends, starts = await _between(reader, await _partitions(reader, topics), span_ms)
        async for batch in _read(reader, starts, ends):
            yield batch
    except KafkaError as error:
        raise Unavailable(say("kafka_down", reason=error)) from None
    finally:
        await reader.stop()


async def _partitions(reader: AIOKafkaConsumer, topics: Iterable[str]) -> list[TopicPartition]:
    there = await reader.topics()
    return [TopicPartition(name, number) for name in topics if name in there for number in range(INPUT_PARTITIONS)]


Offsets = Mapping[TopicPartition, int]


async def _between(
    reader: AIOKafkaConsumer, partitions: list[TopicPartition], span_ms: tuple[int, int] | None
) -> tuple[Offsets, Offsets]:
    """End and beginning of what is to be read."""
    if not partitions:
        return {}, {}
    reader.assign(partitions)
    ends: Offsets = await reader.end_offsets(partitions)
    starts: Offsets = await reader.beginning_offsets(partitions)
    if span_ms is None:
        return ends, starts
    first, last = [await reader.offsets_for_times(dict.fromkeys(partitions, at)) for at in span_ms]
    return (
        {one: last[one].offset if last[one] else end for one, end in ends.items()},
        {one: first[one].offset if first[one] else ends[one] for one in starts},
    )


async def _read(reader: AIOKafkaConsumer, starts: Offsets, ends: Offsets) -> AsyncIterator[Batch]:
    wanted = {one for one, end in ends.items() if starts[one] < end}
    total = sum(ends[one] - starts[one] for one in wanted)
    for one, start in starts.items():
        reader.seek(one, start)
    reader.pause(*(starts.keys() - wanted))
    while wanted:
        found = await reader.getmany(*wanted, timeout_ms=200)
        records = [record for one, batch in found.items() for record in batch if record.offset < ends[one]]
        left = {one: ends[one] - await reader.position(one) for one in wanted}
        wanted = {one for one, records_left in left.items() if records_left > 0}
        reader.pause(*(left.keys() - wanted))
        yield Batch(records, 1 - sum(max(0, records_left) for records_left in left.values()) / total)
