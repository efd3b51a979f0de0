"""Detect's state is exact: real workers killed, joined and frozen while input comes, compared with a pure fold."""

import asyncio
import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from zlib import crc32

import msgspec
from kafka import KafkaProducer

from city.detect import Detector
from city.enrich import Catalogue
from infra.cities.folder import shipped
from schemas.assets import Asset, City
from schemas.readings import Pack, Run, Tick, decode_reading_record
from schemas.signals import TICK_TYPE, Signal, decode_signal, decode_signal_record
from schemas.topics import DEAD_LETTERS, INPUT_PARTITIONS, SIGNALS, readings_topic
from streams.app import changelog_name
from streams.pages import PageReader, Record
from tests.detecting import Workers, publish, stored
from tests.servers import Servers

TOPIC = readings_topic("traffic")
ZONES = [f"exact-{number}" for number in range(8)]
SENSORS_PER_ZONE = 40
SECONDS = 42.0
FREEZE_S = 8.0
"""Longer than the session of 6 s: the frozen worker's partitions go to another."""


def known() -> dict[str, dict[str, Any]]:
    names = [(f"{zone}-{number}", zone) for zone in ZONES for number in range(SENSORS_PER_ZONE)]
    assets = [Asset(id=name, kind="sensor", name=name, zone=zone, observes=("speed_kmh",)) for name, zone in names]
    city = City(id="exact", name="Exact", name_vi="Đúng", time_zone="Asia/Ho_Chi_Minh")
    found = shipped()
    return {
        "cities": {city.id: city},
        "assets": {asset.id: asset for asset in assets},
        "domains": dict(found.domains),
        "limits": dict(found.limits),
    }


@contextmanager
def fed(bootstrap: str) -> Iterator[threading.Event]:
    """Packs and ticks come all the while; the event is set at the end."""
    stop = threading.Event()
    thread = threading.Thread(target=feed, args=(bootstrap, stop))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()


def feed(bootstrap: str, stop: threading.Event) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=5)
    started_ms, step = int(time.time() * 1000), 0
    while not stop.wait(0.1):
        step += 1
        for zone in ZONES:
            send(producer, zone, started_ms + step * 1000, step)
            send_late(producer, zone, started_ms, step)
        if step % 37 == 0:
            producer.send(TOPIC, value=f"poison {step}".encode(), partition=step % INPUT_PARTITIONS)
        for partition in range(INPUT_PARTITIONS):
            producer.send(TOPIC, value=msgspec.json.encode(Tick(started_ms + step * 1000)), partition=partition)
    producer.flush()
    producer.close()


def send(producer: KafkaProducer, zone: str, at_ms: int, step: int) -> None:
    names = [f"{zone}-{number}/speed_kmh" for number in range(SENSORS_PER_ZONE)]
    values = [3.0 if (step + number * 7) % 90 < 45 else 60.0 + step % 5 for number in range(SENSORS_PER_ZONE)]
    pack = Pack("traffic", zone, names, [at_ms] * len(names), values, [Run("/feed", f"{zone}-{step}", len(names))])
    producer.send(
        TOPIC, key=zone.encode(), value=msgspec.json.encode(pack), partition=crc32(zone.encode()) % INPUT_PARTITIONS
    )


def send_late(producer: KafkaProducer, zone: str, started_ms: int, step: int) -> None:
    """A slow sensor of the zone, every 10 s, up to three readings out of order."""
    number = step + (0, 2, -1, 3, -2, 0, -2)[step % 7]
    depth_m = 0.3 if number % 9 < 5 else 0.05
    pack = Pack("traffic", zone, [f"{zone}-0/depth_m"], [started_ms + number * 10_000], [depth_m], [Run("/d", zone, 1)])
    producer.send(
        TOPIC, key=zone.encode(), value=msgspec.json.encode(pack), partition=crc32(zone.encode()) % INPUT_PARTITIONS
    )


def said(signal: Signal) -> str:
    """What tells one record about a signal from another."""
    return f"{signal.id} {signal.state} {signal.cleared_at} {signal.replaces} {signal.withdrawn}"


def pure(catalogue: Catalogue, records: list[tuple[int, bytes | None, bytes | None]]) -> tuple[Detector, set[str]]:
    """The fold of one partition without Kafka: the detector and the ids of its signals."""
    detector, ids = Detector(catalogue), set()
    for _, _, value in records:
        try:
            record = decode_reading_record(value or b"")
        except msgspec.DecodeError:
            continue
        signals = detector.tick(record) if isinstance(record, Tick) else detector.pack(record)
        ids |= {said(signal) for signal in signals if signal.asset.startswith("exact-")}
    return detector, ids


def restored(bootstrap: str) -> PageReader:
    reader = PageReader()
    for partition, records in asyncio.run(stored(bootstrap, changelog_name("detect"), INPUT_PARTITIONS)).items():
        reader.take(partition, [Record(key or b"", value) for _, key, value in records])
    return reader


def caught_up(bootstrap: str, workers: Workers, ends: dict[int, int], seconds: float = 120.0) -> PageReader:
    deadline = time.monotonic() + seconds
    while True:
        workers.keep_up()
        reader = restored(bootstrap)
        reached = {partition: reader.restored(TOPIC, partition).stamp.offset for partition in ends}
        if all(reached[partition] == end for partition, end in ends.items()):
            return reader
        assert time.monotonic() < deadline, f"pages at {reached}, input ends at {ends}"
        time.sleep(0.5)


def trouble(workers: Workers) -> None:
    """Kills, a join, a freeze and a thaw while input comes."""
    workers.start()
    time.sleep(7)
    workers.kill(0)
    time.sleep(5)
    workers.kill(0)
    workers.start()
    time.sleep(9)
    frozen = workers.running[1]
    frozen.send_signal(signal.SIGSTOP)
    time.sleep(FREEZE_S)
    frozen.send_signal(signal.SIGCONT)
    time.sleep(4)
    workers.keep_up()
    workers.kill(0)
    time.sleep(4)


def test_state_and_signals_are_exact_over_kills_joins_and_a_frozen_worker(servers: Servers, workers: Workers) -> None:
    items = known()
    publish(servers.kafka, items)
    with fed(servers.kafka):
        trouble(workers)
    check(servers.kafka, workers, items)


def check(bootstrap: str, workers: Workers, items: dict[str, dict[str, Any]]) -> None:
    """Pages, signals and dead letters are those of the pure fold of what lies in the topic."""
    inputs = asyncio.run(stored(bootstrap, TOPIC, INPUT_PARTITIONS))
    reader = caught_up(bootstrap, workers, {number: rows[-1][0] for number, rows in inputs.items()})
    catalogue = Catalogue.build(items["cities"], items["assets"], items["domains"], items["limits"])
    expected: set[str] = set()
    for number, rows in inputs.items():
        detector, ids = pure(catalogue, rows)
        expected |= ids
        state = Detector(catalogue, reader.restored(TOPIC, number).pages)
        assert state.chains() == detector.chains()
        assert state.counts == detector.counts
    assert len(expected) > 1000
    assert sum(not line.endswith("None False") for line in expected) > 100
    assert told(bootstrap) == expected
    assert poisoned(bootstrap) == poison_in(inputs)


def told(bootstrap: str) -> set[str]:
    """What was said of every signal on the topic about this test's sensors."""
    found = set()
    for rows in asyncio.run(stored(bootstrap, SIGNALS, 2)).values():
        for _, _, value in rows:
            record = decode_signal_record(value or b"")
            signal = None if record.type == TICK_TYPE else decode_signal(record.data)
            if signal is not None and signal.asset.startswith("exact-"):
                found.add(said(signal))
    return found


def poisoned(bootstrap: str) -> set[tuple[int, int]]:
    rows = asyncio.run(stored(bootstrap, DEAD_LETTERS, 1))[0]
    letters = [json.loads(value or b"{}") for _, _, value in rows]
    return {(letter["partition"], letter["offset"]) for letter in letters if letter["topic"] == TOPIC}


def poison_in(inputs: dict[int, list[tuple[int, bytes | None, bytes | None]]]) -> set[tuple[int, int]]:
    return {
        (number, offset)
        for number, rows in inputs.items()
        for offset, _, value in rows
        if (value or b"").startswith(b"poison")
    }
