"""Reference data reaches every process: whole at the start, each change within a second, never a bad one."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest
from aiokafka import AIOKafkaProducer

from infra.kafka.admin import ensure_topics
from infra.kafka.clients import producer
from infra.kafka.reference import ReferenceReader
from schemas.assets import Asset
from schemas.reference import ReferenceRecord
from schemas.topics import reference_topic, topics
from tests.servers import Servers

TOPIC = reference_topic("assets")


def record(asset_id: str, name: str, revision: int) -> bytes:
    body = msgspec.Raw(msgspec.json.encode(Asset(id=asset_id, kind="feeder", name=name)))
    return msgspec.json.encode(ReferenceRecord(id=asset_id, revision=revision, origin="city", body=body))


async def until(probe: Callable[[], bool], seconds: float) -> float:
    """Seconds until the probe is true."""
    began = time.monotonic()
    while not probe():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - began


@pytest.fixture(scope="module")
async def writer(servers: Servers) -> AsyncIterator[AIOKafkaProducer]:
    ensure_topics(servers.kafka, topics([]))
    started = producer(servers.kafka)
    await started.start()
    yield started
    await started.stop()


@pytest.fixture
async def reader(servers: Servers, writer: AIOKafkaProducer) -> AsyncIterator[ReferenceReader]:
    await writer.send_and_wait(TOPIC, record("feeder-1", "First", 1), key=b"feeder-1")
    started = ReferenceReader(servers.kafka, ["assets", "rules"])
    await started.start()
    yield started
    await started.stop()


async def test_everything_that_was_there_is_read_before_the_start_returns(reader: ReferenceReader) -> None:
    assert reader.snapshot("assets").items["feeder-1"].name == "First"
    assert reader.snapshot("rules").items == {}


async def test_a_change_is_seen_within_a_second_and_an_old_snapshot_stays_as_it_was(
    reader: ReferenceReader, writer: AIOKafkaProducer
) -> None:
    before = reader.snapshot("assets")
    told: list[str] = []
    reader.on_change(told.append)
    await writer.send_and_wait(TOPIC, record("feeder-1", "Renamed", 7), key=b"feeder-1")
    await until(lambda: reader.snapshot("assets").items["feeder-1"].name == "Renamed", 1.0)
    assert told == ["assets"]
    assert (before.items["feeder-1"].name, before.revision) == ("First", 1)
    assert reader.snapshot("assets").revision == 7


async def test_a_bad_record_is_reported_and_the_last_good_one_stays(
    reader: ReferenceReader, writer: AIOKafkaProducer
) -> None:
    refused: list[bytes] = []
    reader.on_refused(lambda record, reason: refused.append(record.value))
    poison = [b"\xff\xfe", b'{"id": "feeder-1"}', record("feeder-1", "x", 9).replace(b'"kind":"feeder"', b'"kind":5')]
    for value in poison:
        await writer.send_and_wait(TOPIC, value, key=b"feeder-1")
    await writer.send_and_wait(TOPIC, record("feeder-2", "Second", 10), key=b"feeder-2")
    await until(lambda: "feeder-2" in reader.snapshot("assets").items, 2.0)
    assert refused == poison
    assert reader.snapshot("assets").items["feeder-1"].name == "First"


async def test_a_null_value_takes_the_item_away(reader: ReferenceReader, writer: AIOKafkaProducer) -> None:
    await writer.send_and_wait(TOPIC, None, key=b"feeder-1")
    await until(lambda: "feeder-1" not in reader.snapshot("assets").items, 1.0)
