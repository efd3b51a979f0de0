"""Real processes of detect, the reference data that they read, and what lies in their topics."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import ConsumerRecord, TopicPartition
from kafka import KafkaProducer

from infra.kafka.admin import ensure_topics
from infra.kafka.clients import consumer
from schemas.reference import ReferenceRecord
from schemas.topics import reference_topic, topics
from tests.servers import Servers


def publish(bootstrap: str, items: dict[str, dict[str, Any]]) -> None:
    ensure_topics(bootstrap, topics(sorted(items["domains"])))
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for name, bodies in items.items():
        for key, body in bodies.items():
            record = ReferenceRecord(id=key, revision=1, origin="edit", body=msgspec.Raw(msgspec.json.encode(body)))
            producer.send(reference_topic(name), key=key.encode(), value=msgspec.json.encode(record))
    producer.flush()
    producer.close()


class Workers:
    """`python -m streams.detect`, as many as asked for; one that ended by itself is started again."""

    def __init__(self, bootstrap: str, directory: Path) -> None:
        self._environment = {**os.environ, "SOC_KAFKA_BOOTSTRAP": bootstrap, "SOC_RUN_DIR": str(directory)}
        self._log = (directory / "detect.log").open("ab")
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        command = [sys.executable, "-m", "streams.detect"]
        self.running.append(subprocess.Popen(command, env=self._environment, stdout=self._log, stderr=self._log))

    def kill(self, number: int) -> None:
        """kill -9 and start anew."""
        self.running[number].kill()
        self.running[number].wait()
        self.keep_up()

    def keep_up(self) -> None:
        ended = [worker for worker in self.running if worker.poll() is not None]
        for worker in ended:
            self.running.remove(worker)
            self.start()

    def end(self) -> None:
        for worker in self.running:
            worker.send_signal(signal.SIGCONT)
            worker.kill()
            worker.wait()
        self._log.close()


@pytest.fixture
def workers(servers: Servers, tmp_path: Path) -> Iterator[Workers]:
    """None runs yet; what runs at the end is killed."""
    found = Workers(servers.kafka, tmp_path)
    try:
        yield found
    finally:
        found.end()


async def stored(
    bootstrap: str, topic: str, partitions: int
) -> dict[int, list[tuple[int, bytes | None, bytes | None]]]:
    """(offset, key, value) of all records of a topic, by partition."""
    found = await records_of(bootstrap, topic, partitions)
    return {number: [(one.offset, one.key, one.value) for one in records] for number, records in found.items()}


async def records_of(bootstrap: str, topic: str, partitions: int) -> dict[int, list[ConsumerRecord]]:
    """All records of a topic, by partition."""
    reader = consumer(bootstrap)
    await reader.start()
    try:
        parts = [TopicPartition(topic, number) for number in range(partitions)]
        reader.assign(parts)
        ends = await reader.end_offsets(parts)
        await reader.seek_to_beginning()
        found: dict[int, list[ConsumerRecord]] = {part.partition: [] for part in parts}
        while any([await reader.position(part) < ends[part] for part in parts]):
            for part, records in (await reader.getmany(timeout_ms=200)).items():
                found[part.partition] += records
        return found
    finally:
        await reader.stop()
