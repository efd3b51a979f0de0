"""Creates topics, and looks at them: what exists, how large, how far behind each group is."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from infra.kafka.cluster import Given, cluster_of, silent
from schemas.errors import Unavailable
from schemas.sentences import say
from schemas.topics import DAY_MS, MAX_MESSAGE_BYTES, Topic

if TYPE_CHECKING:  # loaded when first used: most starts of most processes find all topics there
    from kafka import KafkaAdminClient
    from kafka.admin import NewTopic

CREATE_TIMEOUT_MS = 20_000
OF_THE_CLUSTER = -1
"""Replication: what the brokers call their default, one on those of our own."""


@contextmanager
def admin(cluster: Given) -> Iterator["KafkaAdminClient"]:
    """An admin client, closed at the end. Raises Unavailable if no broker answers, Invalid if a setting is wrong.

    It knocks first: the client itself would try for half a minute, whatever the reason, and not tell it.
    """
    from kafka import KafkaAdminClient
    from kafka.errors import KafkaError

    from infra.kafka.knock import reach

    asked = cluster_of(cluster)
    reach(asked)
    try:
        client = KafkaAdminClient(**asked.options(), request_timeout_ms=CREATE_TIMEOUT_MS)
    except (KafkaError, OSError) as error:
        raise silent(asked, error) from None
    try:
        yield client
    except KafkaError as error:
        raise silent(asked, error) from None
    finally:
        client.close()


def config_of(topic: Topic) -> dict[str, str]:
    """Kafka's configuration of a topic; what agencies read is gzip, which every client reads without a package."""
    packed = {"compression.type": "gzip"} if "agencies" in topic.readers else {}
    packed["max.message.bytes"] = str(MAX_MESSAGE_BYTES)
    if topic.retention_ms is None:
        return {"cleanup.policy": "compact", "min.cleanable.dirty.ratio": "0.2", "segment.ms": str(DAY_MS), **packed}
    return {"cleanup.policy": "delete", "retention.ms": str(topic.retention_ms), **packed}


def _new(topic: Topic, replication: int) -> "NewTopic":
    from kafka.admin import NewTopic

    return NewTopic(topic.name, topic.partitions, replication, topic_configs=config_of(topic))


def ensure_topics(cluster: Given, topics: list[Topic], replication: int = OF_THE_CLUSTER) -> list[str]:
    """Creates those that are missing and returns their names once every broker knows them; others stay as they are."""
    with admin(cluster) as client:
        there = set(client.list_topics())
        missing = [topic for topic in topics if topic.name not in there]
        if missing:
            client.create_topics(
                [_new(topic, replication) for topic in missing], timeout_ms=CREATE_TIMEOUT_MS, raise_errors=False
            )
        _wait_for(client, {topic.name for topic in missing})
    return [topic.name for topic in missing]


def _wait_for(client: "KafkaAdminClient", names: set[str], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not names <= set(client.list_topics()):
        if time.monotonic() > deadline:
            raise Unavailable(say("kafka_uncreated", names=", ".join(sorted(names - set(client.list_topics())))))
        time.sleep(0.05)
