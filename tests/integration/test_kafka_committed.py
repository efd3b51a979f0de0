"""How far a group has come is known as soon as its broker is there again: else all would be told again."""

from contextlib import ExitStack
from pathlib import Path

from aiokafka import TopicPartition

from infra.embedded.kafka import Kafka
from infra.embedded.ports import free_ports
from infra.embedded.server import Running
from infra.kafka.admin import ensure_topics
from infra.kafka.clients import producer
from infra.kafka.committed import committed
from schemas.topics import CHANGES, topics

GROUP, COMMITS = "relay-restarted", 20


async def test_a_broker_that_has_just_begun_says_what_was_committed_before(tmp_path: Path) -> None:
    """And one that is new, that nothing was; aiokafka takes one for the other while a broker reads its own log."""
    port, controller = free_ports(2)
    kafka = Kafka(tmp_path / "kafka", port, controller)
    with ExitStack() as stack:
        stack.callback(Running(kafka, tmp_path / "logs").stop)
        ensure_topics(kafka.bootstrap, [topic for topic in topics([]) if topic.name == CHANGES])
        assert committed(kafka.bootstrap, GROUP, CHANGES, 0) is None
        async with producer(kafka.bootstrap, transactional_id=GROUP) as sender:
            for number in range(1, COMMITS + 1):
                async with sender.transaction():
                    await sender.send_offsets_to_transaction({TopicPartition(CHANGES, 0): number}, GROUP)
    for _ in range(2):
        with ExitStack() as stack:
            stack.callback(Running(kafka, tmp_path / "logs").stop)
            assert committed(kafka.bootstrap, GROUP, CHANGES, 0) == COMMITS
