"""One detect worker, Kafka to signals, in packs of 200, against Quix Streams with state on the same readings."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import msgspec
import psutil
from kafka import KafkaProducer

from city.detect import Detector, LeanPack, decode_lean_record
from city.enrich import Catalogue
from infra.cities.folder import shipped
from infra.kafka.admin import ensure_topics
from schemas.readings import Pack, Run, decode_reading_record
from schemas.reference import ReferenceRecord
from schemas.topics import DAY_MS, INPUT_PARTITIONS, Topic, readings_topic, reference_topic, topics
from streams.app import changelog_name
from streams.pages import PageReader, Record
from tests.detecting import stored
from tests.servers import running_servers

PACKS, SIZE, GATEWAYS = 12_000, 200, 20
QUIX_READINGS = 40_000
TOPIC = readings_topic("traffic")
QUIX_TOPIC = "bench-readings"
QUIX = Topic(
    name=QUIX_TOPIC,
    description="single readings",
    key="name",
    records=(),
    partitions=INPUT_PARTITIONS,
    retention_ms=DAY_MS,
    writers=(),
    readers=(),
)
LIMIT_S = 90.0


def packs(count: int) -> list[tuple[str, bytes]]:
    """Zone and JSON of packs of 20 gateways of 200 sensors each; 1 % of the sensors are slow for a while."""
    names = [[f"b{gateway}-{number}/speed_kmh" for number in range(SIZE)] for gateway in range(GATEWAYS)]
    found = []
    for turn in range(count):
        gateway, step = turn % GATEWAYS, turn // GATEWAYS
        values = [
            5.5 if number % 100 == step // 30 % 100 else 40.0 + (number * 7 + step) % 20 for number in range(SIZE)
        ]
        zone, at_ms = f"bench-{gateway}", 1_790_000_000_000 + step * 1000
        run = Run("/bench", f"{gateway}-{step}", SIZE)
        found.append((zone, msgspec.json.encode(Pack("traffic", zone, names[gateway], [at_ms] * SIZE, values, [run]))))
    return found


def publish(bootstrap: str, made: list[tuple[str, bytes]]) -> dict[int, int]:
    """Domains and packs to Kafka; the number of packs by partition."""
    domains = dict(shipped().domains)
    ensure_topics(bootstrap, topics(sorted(domains)))
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, batch_size=262_144)
    for key, domain in domains.items():
        record = ReferenceRecord(id=key, revision=1, origin="shipped", body=msgspec.Raw(msgspec.json.encode(domain)))
        producer.send(reference_topic("domains"), key=key.encode(), value=msgspec.json.encode(record))
    counts = dict.fromkeys(range(INPUT_PARTITIONS), 0)
    for zone, value in made:
        partition = crc32(zone.encode()) % INPUT_PARTITIONS
        counts[partition] += 1
        producer.send(TOPIC, value=value, key=zone.encode(), partition=partition)
    producer.flush()
    producer.close()
    return counts


def cpu_s(process: psutil.Process) -> float:
    """Processor seconds used so far."""
    times = process.cpu_times()
    return float(times.user + times.system)


def covered(bootstrap: str) -> dict[int, int]:
    """Packs of each partition that saved state covers."""
    reader = PageReader()
    for partition, rows in asyncio.run(stored(bootstrap, changelog_name("detect"), INPUT_PARTITIONS)).items():
        reader.take(partition, [Record(key or b"", value) for _, key, value in rows])
    return {number: reader.restored(TOPIC, number).stamp.offset + 1 for number in range(INPUT_PARTITIONS)}


def worker_figures(bootstrap: str, directory: Path) -> dict[str, float]:
    """Readings per processor second of a real worker on one core, start and takeover not counted."""
    made = packs(PACKS)
    worker, process = _started(bootstrap, directory)
    try:
        _until(lambda: "took_over" in (directory / "detect.log").read_text(), worker)
        before = cpu_s(process)
        counts = publish(bootstrap, made)
        _until(lambda: covered(bootstrap) == counts, worker)
        used = cpu_s(process) - before
    finally:
        worker.kill()
        worker.wait()
    return {"readings": PACKS * SIZE, "cpu_s": round(used, 2), "readings_per_cpu_s": round(PACKS * SIZE / used)}


def _started(bootstrap: str, directory: Path) -> tuple[subprocess.Popen[bytes], psutil.Process]:
    publish(bootstrap, [])
    environment = {**os.environ, "SOC_KAFKA_BOOTSTRAP": bootstrap, "SOC_RUN_DIR": str(directory)}
    with (directory / "detect.log").open("wb") as log:
        command = [sys.executable, "-m", "streams.detect"]
        worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    process = psutil.Process(worker.pid)
    process.cpu_affinity([(os.cpu_count() or 1) - 1])
    return worker, process


def _until(probe: Callable[[], bool], worker: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not probe():
        if worker.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the worker ended or did not finish in time")
        time.sleep(1.0)


def quix_figures(bootstrap: str, directory: Path) -> dict[str, float]:
    """Quix Streams on the same readings, one message each, as it wants them, with state per sensor."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=20, batch_size=262_144)
    ensure_topics(bootstrap, [QUIX])
    sent = 0
    for _, value in packs(QUIX_READINGS // SIZE):
        pack = json.loads(value)
        for name, at_ms, reading in zip(pack["names"], pack["times"], pack["values"], strict=True):
            body = json.dumps({"name": name, "t": at_ms, "v": reading}).encode()
            producer.send(QUIX_TOPIC, key=name.encode(), value=body)
            sent += 1
    producer.flush()
    producer.close()
    command = [sys.executable, "-m", "tests.bench.quix_worker", bootstrap, QUIX_TOPIC, str(sent), str(directory)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=LIMIT_S).stdout
    used = float(printed.strip().splitlines()[-1])
    return {"readings": sent, "cpu_s": round(used, 2), "readings_per_cpu_s": round(sent / used)}


def thinking_figures() -> dict[str, float]:
    """The step alone, and decoding: a columnar pack with its name column cached, and SenML of the same readings."""
    made = [value for _, value in packs(1000)]
    detector = Detector(Catalogue.build({}, {}, dict(shipped().domains), {}))
    senml = [_senml(value) for value in made]
    decode_senml = msgspec.json.Decoder(list[dict[str, str | float]]).decode
    decoded = _rate(lambda: [decode_lean_record(value) for value in made])
    return {
        "step_with_decoding_per_cpu_s": _rate(lambda: [_judged(detector, value) for value in made]),
        "decode_columnar_per_cpu_s": decoded,
        "decode_senml_per_cpu_s": _rate(lambda: [decode_senml(value) for value in senml]),
        "bytes_per_reading_columnar": round(sum(map(len, made)) / len(made) / SIZE, 1),
        "bytes_per_reading_senml": round(sum(map(len, senml)) / len(made) / SIZE, 1),
    }


def _judged(detector: Detector, value: bytes) -> int:
    record = decode_lean_record(value)
    return len(detector.pack(record)) if isinstance(record, LeanPack) else 0


def _senml(value: bytes) -> bytes:
    pack = decode_reading_record(value)
    assert isinstance(pack, Pack)
    rows = zip(pack.names, pack.times, pack.values, strict=True)
    return json.dumps(
        [{"n": name, "u": "km/h", "t": at_ms / 1000, "v": reading} for name, at_ms, reading in rows]
    ).encode()


def _rate(work: Callable[[], object]) -> int:
    before = time.process_time()
    work()
    return round(1000 * SIZE / (time.process_time() - before))


def run() -> dict[str, dict[str, float] | float]:
    """All figures; ratios are of this one run."""
    with tempfile.TemporaryDirectory() as name, running_servers(Path(name)) as servers:
        worker = worker_figures(servers.kafka, Path(name))
        quix = quix_figures(servers.kafka, Path(name))
    ratio = round(worker["readings_per_cpu_s"] / quix["readings_per_cpu_s"], 1)
    return {"worker": worker, "quix": quix, "ratio_to_quix": ratio, "thinking": thinking_figures()}
