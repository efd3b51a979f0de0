"""A running ingest for tests: the real process on real servers, its reference data, and what it wrote."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import msgspec
from aiokafka import TopicPartition
from kafka import KafkaProducer

from infra.cities.folder import shipped
from infra.embedded.ports import free_ports
from infra.hosts import url_of
from infra.kafka.admin import ensure_topics
from infra.kafka.clients import consumer
from schemas.assets import Asset, City
from schemas.cloudevents import BATCH, STRUCTURED
from schemas.reference import ApiKey, ReferenceRecord
from schemas.topics import DEAD_LETTERS, INPUT_PARTITIONS, reference_topic, topics
from tests.servers import Servers
from tests.waiting import until

KEY, VIEWER_KEY = "key-of-an-integrator", "key-of-a-viewer"
ROOT = Path(__file__).resolve().parent.parent


def reference(clock: str = "live") -> dict[str, dict[str, Any]]:
    sensors = [
        Asset(id="gauge-1", kind="sensor", name="Gauge 1", zone="zone-a", observes=("stage_m",)),
        Asset(
            id="loop-1", kind="sensor", name="Loop 1", zone="zone-b", observes=("speed_kmh",), position=(106.65, 10.98)
        ),
    ]
    keys = [
        ApiKey(id="one", sha256=sha256(KEY.encode()).hexdigest()),
        ApiKey(id="two", sha256=sha256(VIEWER_KEY.encode()).hexdigest(), roles=("viewer",)),
    ]
    city = City(id="test", name="Test", name_vi="Thử", time_zone="Asia/Ho_Chi_Minh", clock=clock)
    return {
        "cities": {city.id: city},
        "assets": {sensor.id: sensor for sensor in sensors},
        "domains": dict(shipped().domains),
        "keys": {key.id: key for key in keys},
    }


def publish_reference(bootstrap: str, items: dict[str, dict[str, Any]]) -> None:
    ensure_topics(bootstrap, topics(sorted(items["domains"])))
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for name, bodies in items.items():
        for number, (key, body) in enumerate(bodies.items(), 1):
            raw = msgspec.Raw(msgspec.json.encode(body))
            record = ReferenceRecord(id=key, revision=number, origin="edit", body=raw)
            producer.send(reference_topic(name), key=key.encode(), value=msgspec.json.encode(record))
    producer.flush()
    producer.close()


def event(
    data: Any, *, kind: str = "city.readings", number: str = "1", source: str = "/test", **more: Any
) -> dict[str, Any]:
    return {"specversion": "1.0", "id": number, "source": source, "type": kind, "data": data, **more}


def pack(name: str, values: list[float], **more: Any) -> list[dict[str, Any]]:
    now = time.time()
    return [
        {"n": name, "v": value, "t": round(now - len(values) + index, 3), **more} for index, value in enumerate(values)
    ]


class Ingest:
    """Speaks to a running ingest and reads what it wrote."""

    def __init__(self, bootstrap: str, port: int, host: str = "127.0.0.1") -> None:
        self.bootstrap = bootstrap
        self.http = httpx.Client(base_url=url_of(host, port), headers={"Authorization": f"Bearer {KEY}"}, timeout=20)

    def post(self, *events: dict[str, Any]) -> httpx.Response:
        return self.raw(json.dumps(list(events)), BATCH)

    def post_one(self, given: dict[str, Any]) -> httpx.Response:
        return self.raw(json.dumps(given), STRUCTURED)

    def raw(self, body: str | bytes, content_type: str, **headers: str) -> httpx.Response:
        return self.http.post("/v1/events", content=body, headers={"content-type": content_type, **headers})

    def listens(self) -> bool:
        """Whether its port answers at all."""
        try:
            return self.http.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def records(self, topic: str) -> list[dict[str, Any]]:
        """Everything in a topic now, in offset order by partition, ticks included; each with its `partition`."""
        return asyncio.run(stored(self.bootstrap, topic))

    def packs(self, topic: str, name: str) -> list[dict[str, Any]]:
        """The packs that hold readings of a name."""
        return [each for each in self.records(topic) if name in each.get("names", [])]

    def produce(self, topic: str, *values: bytes) -> None:
        producer = KafkaProducer(bootstrap_servers=self.bootstrap)
        for value in values:
            producer.send(topic, value=value)
        producer.flush()
        producer.close()


async def stored(bootstrap: str, topic: str) -> list[dict[str, Any]]:
    reader = consumer(bootstrap)
    await reader.start()
    try:
        parts = [TopicPartition(topic, number) for number in range(1 if topic == DEAD_LETTERS else INPUT_PARTITIONS)]
        reader.assign(parts)
        ends = await reader.end_offsets(parts)
        await reader.seek_to_beginning()
        found: list[dict[str, Any]] = []
        while any([await reader.position(part) < ends[part] for part in parts]):
            for batch in (await reader.getmany(timeout_ms=200)).values():
                found += [{**json.loads(each.value), "partition": each.partition, "key": each.key} for each in batch]
        return sorted(found, key=lambda each: each["partition"])
    finally:
        await reader.stop()


@contextmanager
def running_process(module: str, directory: Path, **settings: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the center with these SOC_* variables; ended at the end."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SOC_")}
    environment = {**clean, **{f"SOC_{name.upper()}": value for name, value in settings.items()}}
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / f"{module}.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", module], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def running_ingest(servers: Servers, directory: Path, **settings: str) -> Iterator[Ingest]:
    """Ingest on these servers, ready."""
    (port,) = free_ports(1)
    given = {"kafka_bootstrap": servers.kafka, "redis_url": servers.redis_url, "ingest_port": str(port), **settings}
    with running_process("services.ingest", directory, **given) as process:
        ingest = Ingest(given["kafka_bootstrap"], port)
        until(lambda: _answers(ingest, process), "ingest is ready")
        yield ingest


def _answers(ingest: Ingest, process: subprocess.Popen[bytes]) -> bool:
    assert process.poll() is None, "ingest ended"
    return ingest.listens() and ingest.http.get("/readyz").status_code == 200
