"""How many records each stage has yet to take, by topic: what its group has committed beside what is there."""

from collections.abc import Iterable, Mapping

from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from infra.kafka.clients import consumer
from infra.kafka.cluster import Given, cluster_of

GROUPS = {"ingest": "ingest", "detect": "center-detect", "correlate": "center-correlate", "webhooks": "webhooks"}
"""Stage → its group. The recorder and telemetry keep their positions in PostgreSQL (DESIGN D5)."""
PATIENCE_MS = 5_000

Place = tuple[str, str, int]
"""Stage, topic, partition."""


async def lags(cluster: Given, positions: Mapping[Place, int]) -> dict[tuple[str, str], int]:
    """Records by stage and topic; `positions`: next offsets of the stages that have no group.

    A topic that a stage has not begun is not among them. Raises KafkaError or OSError.
    """
    next_offsets = {**await _committed(cluster), **positions}
    ends = await _ends(cluster, {TopicPartition(topic, number) for _, topic, number in next_offsets})
    found: dict[tuple[str, str], int] = {}
    for (stage, topic, number), offset in next_offsets.items():
        end = ends.get(TopicPartition(topic, number))
        if end is not None:
            found[stage, topic] = found.get((stage, topic), 0) + max(0, end - offset)
    return found


async def _committed(cluster: Given) -> dict[Place, int]:
    client = AIOKafkaAdminClient(**cluster_of(cluster).options(), request_timeout_ms=PATIENCE_MS)
    found: dict[Place, int] = {}
    try:
        await client.start()
        for stage, group in GROUPS.items():
            for partition, at in (await client.list_consumer_group_offsets(group)).items():
                if at.offset >= 0:
                    found[stage, partition.topic, partition.partition] = at.offset
    finally:
        await client.close()
    return found


async def _ends(cluster: Given, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """Of those that exist still. All are assigned, so that one question for metadata does, and paused: none is read."""
    reader = consumer(cluster, request_timeout_ms=PATIENCE_MS)
    try:
        await reader.start()
        there = await reader.topics()
        asked = [one for one in partitions if one.topic in there]
        if not asked:
            return {}
        reader.assign(asked)
        reader.pause(*asked)
        found: dict[TopicPartition, int] = await reader.end_offsets(asked)
        return found
    finally:
        await reader.stop()
