"""Looks at a Kafka cluster: how much is in each topic, how far behind each group is."""

from collections import defaultdict
from typing import Any

import msgspec
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec

from infra.kafka.admin import admin
from infra.kafka.cluster import Given


class TopicState(msgspec.Struct, frozen=True, kw_only=True):
    """One topic now."""

    name: str
    partitions: int
    records: int
    """End minus beginning over all partitions; for compacted topics an upper bound."""
    size_bytes: int
    lag: dict[str, int]
    """Group → records that it has not committed yet."""


def topic_states(cluster: Given) -> list[TopicState]:
    """All topics that are not Kafka's own, by name. Raises Unavailable."""
    with admin(cluster) as client:
        names = sorted(name for name in client.list_topics() if not name.startswith("__"))
        partitions = _partitions(client, names)
        ends = _offsets(client, partitions, OffsetSpec.LATEST)
        starts = _offsets(client, partitions, OffsetSpec.EARLIEST)
        sizes, lags = _sizes(client), _lags(client, ends)
    own: dict[str, list[TopicPartition]] = defaultdict(list)
    for partition in partitions:
        own[partition.topic].append(partition)
    return [
        TopicState(
            name=name,
            partitions=len(own[name]),
            records=sum(ends[one] - starts[one] for one in own[name]),
            size_bytes=sizes[name],
            lag=lags[name],
        )
        for name in names
    ]


def _partitions(client: KafkaAdminClient, names: list[str]) -> list[TopicPartition]:
    described: list[dict[str, Any]] = client.describe_topics(names) if names else []
    return [TopicPartition(one["name"], part["partition_index"]) for one in described for part in one["partitions"]]


def _offsets(client: KafkaAdminClient, partitions: list[TopicPartition], at: Any) -> dict[TopicPartition, int]:
    found = client.list_partition_offsets(dict.fromkeys(partitions, at)) if partitions else {}
    return {partition: int(one.offset) for partition, one in found.items()}


def _sizes(client: KafkaAdminClient) -> dict[str, int]:
    sizes: dict[str, int] = defaultdict(int)
    for broker in client.describe_log_dirs():
        for directory in broker.get("log_dirs", [broker]):
            for topic in directory["topics"]:
                name = topic.get("name") or topic["topic"]
                sizes[name] += sum(part["partition_size"] for part in topic["partitions"])
    return sizes


def _lags(client: KafkaAdminClient, ends: dict[TopicPartition, int]) -> dict[str, dict[str, int]]:
    lags: dict[str, dict[str, int]] = defaultdict(dict)
    groups = [one["group_id"] for one in client.list_groups()]
    committed = client.list_group_offsets(groups) if groups else {}
    for group, offsets in committed.items():
        for partition, at in offsets.items():
            if partition in ends and at.offset >= 0:
                lag = lags[partition.topic]
                lag[group] = lag.get(group, 0) + max(0, ends[partition] - at.offset)
    return lags
