"""How far a group has come, as Kafka itself knows it."""

import time

from kafka import TopicPartition
from kafka.errors import RetriableError

from infra.kafka.admin import admin
from infra.kafka.cluster import Given

PATIENCE_S, AGAIN_S = 30.0, 0.1


def committed(cluster: Given, group: str, topic: str, partition: int) -> int | None:
    """The offset that a group has committed; None if it has none. Raises Unavailable.

    A broker that has just begun reads first what was committed, and says so for its whole answer. aiokafka does not
    read that and takes it for nothing committed (`_do_fetch_commit_offsets`); here it is asked until it knows.
    """
    asked, deadline = TopicPartition(topic, partition), time.monotonic() + PATIENCE_S
    with admin(cluster) as client:
        while True:
            try:
                found = client.list_group_offsets({group: [asked]})[group].get(asked)
            except RetriableError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(AGAIN_S)
                continue
            return None if found is None or found.offset < 0 else int(found.offset)
