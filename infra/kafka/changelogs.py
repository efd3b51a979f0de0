"""Creates the changelog topics of the streams: compacted within minutes, since a restart reads all of them."""

from typing import TYPE_CHECKING

from infra import log
from infra.kafka.admin import CREATE_TIMEOUT_MS, OF_THE_CLUSTER, admin
from infra.kafka.cluster import Given
from schemas.topics import MAX_MESSAGE_BYTES

if TYPE_CHECKING:
    from kafka import KafkaAdminClient

MINUTE_MS = 60_000
CONFIG = {
    "cleanup.policy": "compact",
    "segment.ms": str(MINUTE_MS),
    "segment.bytes": str(4 * MAX_MESSAGE_BYTES),
    "min.compaction.lag.ms": str(MINUTE_MS),
    "max.compaction.lag.ms": str(2 * MINUTE_MS),
    "min.cleanable.dirty.ratio": "0.2",
    "delete.retention.ms": str(10 * MINUTE_MS),
    "max.message.bytes": str(MAX_MESSAGE_BYTES),
}
"""Only what lies in a segment that is full or over is compacted. A minute is longer than a session: a frozen owner's
last writes are told from its successor's first while both are there."""


def ensure_changelog(cluster: Given, name: str, partitions: int, replication: int = OF_THE_CLUSTER) -> bool:
    """Creates it if it is missing; Faust must find it with its partitions. Raises Unavailable without Kafka."""
    with admin(cluster) as client:
        if name in set(client.list_topics()):
            _configure(client, name)
            return False
        from kafka.admin import NewTopic

        topic = NewTopic(name, partitions, replication, topic_configs=CONFIG)
        client.create_topics([topic], timeout_ms=CREATE_TIMEOUT_MS, raise_errors=False)
        return True


def _configure(client: "KafkaAdminClient", name: str) -> None:
    """One of an earlier version was compacted after a day; where access lists forbid to change that, it stays so."""
    from kafka.admin import ConfigResource, ConfigResourceType

    found = client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name)], config_filter="all")
    if {key: one["value"] for key, one in found["topic"][name].items() if key in CONFIG} == CONFIG:
        return
    # Unasked, alter_configs takes a description that is forbidden for one without any key, and fails on it.
    wanted = ConfigResource(ConfigResourceType.TOPIC, name, configs=CONFIG)
    said = client.alter_configs([wanted], raise_on_unknown=False)["topic"][name]
    if said != "OK":
        log.logger("changelogs").warning("changelog_not_configured", topic=name, reason=said, wanted=CONFIG)
