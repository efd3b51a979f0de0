"""Creates the changelog topics of the streams: compacted, but never sooner than a day after the write."""

from infra.kafka.admin import CREATE_TIMEOUT_MS, OF_THE_CLUSTER, admin
from infra.kafka.cluster import Given
from schemas.topics import DAY_MS, MAX_MESSAGE_BYTES

CONFIG = {
    "cleanup.policy": "compact",
    "min.compaction.lag.ms": str(DAY_MS),
    "min.cleanable.dirty.ratio": "0.2",
    "max.message.bytes": str(MAX_MESSAGE_BYTES),
}


def ensure_changelog(cluster: Given, name: str, partitions: int, replication: int = OF_THE_CLUSTER) -> bool:
    """Creates it if it is missing; Faust must find it with its partitions. Raises Unavailable without Kafka."""
    with admin(cluster) as client:
        if name in set(client.list_topics()):
            return False
        from kafka.admin import NewTopic

        topic = NewTopic(name, partitions, replication, topic_configs=CONFIG)
        client.create_topics([topic], timeout_ms=CREATE_TIMEOUT_MS, raise_errors=False)
        return True
