"""The correlate process on a real Kafka: signals in, explanations out, poison aside, a restart in between."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from zlib import crc32

import msgspec
import pytest
from aiokafka import AIOKafkaConsumer

from infra.cities.folder import layered, read_city, shipped
from infra.kafka.admin import ensure_topics
from infra.kafka.clients import consumer, producer
from schemas.links import Explanation, LinkTick, decode_link_record
from schemas.reference import ReferenceRecord
from schemas.signals import Signal, TickData, signal_record, tick_record
from schemas.topics import (
    DEAD_LETTERS,
    INPUT_PARTITIONS,
    LINKS,
    SIGNAL_PARTITIONS,
    SIGNALS,
    reference_topic,
    tick_origin,
    topics,
)
from tests.servers import Servers
from tests.unit.correlate.town import signal

PARTITION = crc32(b"city") % SIGNAL_PARTITIONS
DEADLINE_S = 60.0


class Running:
    """The process, and what it writes."""

    def __init__(self, bootstrap: str, run_dir: Path) -> None:
        self.bootstrap, self._run_dir = bootstrap, run_dir
        self.sender = producer(bootstrap)
        self.links: dict[str, Explanation] = {}
        self.clock_ms = 0
        self.letters: list[bytes] = []
        self.reader: AIOKafkaConsumer = consumer(bootstrap, LINKS, DEAD_LETTERS)
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start the process."""
        environment = {**os.environ, "SOC_KAFKA_BOOTSTRAP": self.bootstrap, "SOC_RUN_DIR": str(self._run_dir)}
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "streams.correlate", env=environment, cwd=Path(__file__).parents[2]
        )

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def send(self, *signals: Signal) -> None:
        """Send signals and await Kafka."""
        for one in signals:
            await self.raw(msgspec.json.encode(signal_record(one)))

    async def raw(self, value: bytes) -> None:
        """Send any record."""
        await self.sender.send_and_wait(SIGNALS, value, key=b"city", partition=PARTITION)

    async def until(self, what: Any) -> None:
        """Read on until `what()` holds."""
        async with asyncio.timeout(DEADLINE_S):
            while not what():
                for batch in (await self.reader.getmany(timeout_ms=500)).values():
                    for record in batch:
                        self._take(record)

    def _take(self, record: Any) -> None:
        if record.topic == DEAD_LETTERS:
            self.letters.append(record.value)
            return
        found = decode_link_record(record.value)
        if isinstance(found, LinkTick):
            self.clock_ms = found.now_ms
        else:
            self.links[found.group] = found

    def parent_of(self, effect: Signal) -> str | None:
        """The present parent group of a signal's group."""
        found = self.links.get(effect.id)
        return found.parent_group if found else None


async def _publish_town(running: Running) -> None:
    city = read_city(Path(__file__).parents[1] / "scenarios" / "town")
    everything = {**city.reference, **layered(shipped(), city).reference}
    for name, items in everything.items():
        for number, (item_id, item) in enumerate(items.items()):
            body = msgspec.Raw(msgspec.json.encode(item))
            record = ReferenceRecord(id=item_id, revision=number + 1, origin="city", body=body)
            await running.sender.send(reference_topic(name), msgspec.json.encode(record), key=item_id.encode())
    await running.sender.flush()


@pytest.fixture
async def running(servers: Servers, tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(servers.kafka, tmp_path)
    await asyncio.to_thread(ensure_topics, servers.kafka, topics(["traffic"]))
    await made.sender.start()
    await made.reader.start()
    await _publish_town(made)
    await made.start()
    try:
        yield made
    finally:
        if made.process is not None and made.process.returncode is None:
            made.process.terminate()
            await made.process.wait()
        await made.reader.stop()
        await made.sender.stop()


def tick(now_ms: int, partition: int) -> bytes:
    told = TickData(now_ms=now_ms, origin=tick_origin(partition), stages={"detect": 5})
    return msgspec.json.encode(tick_record(told))


async def test_a_late_cause_takes_its_effects_over_a_poison_record_and_a_kill(running: Running) -> None:
    slow, dark = signal("traffic.slow", "seg1", 300), signal("traffic.signal_dark", "tl1", 10)
    await running.send(slow, dark)
    await running.until(lambda: running.parent_of(slow) == dark.id)
    await running.raw(b'{"poison": ')
    await running.until(lambda: any(b"correlate" in letter for letter in running.letters))
    for partition in range(INPUT_PARTITIONS):
        await running.raw(tick(1_000 + partition, partition))
    await running.until(lambda: running.clock_ms == 1_000)
    await running.kill()
    outage = signal("power.outage", "f1", 0)
    await running.raw(tick(9_000, 0))
    await running.send(outage)
    await running.start()
    await running.until(lambda: running.parent_of(dark) == outage.id)
    assert running.clock_ms < 9_000, "the others may be behind, also after a restart"
    assert running.links[outage.id].parent is None
    link = running.links[dark.id].parent
    assert link is not None and link.why_vi.startswith("Đèn tín hiệu tắt tại tl1 xảy ra sau 10 giây kể từ mất điện")
