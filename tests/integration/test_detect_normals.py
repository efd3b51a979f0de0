"""Learned normals on a real Kafka: told hourly, and known again by a detect that has no pages."""

import asyncio
import random
from typing import Any

import msgspec
from kafka import KafkaProducer, TopicPartition

from infra.kafka.admin import admin
from schemas.assets import Asset, City
from schemas.domains import Condition, Domain, Quantity
from schemas.normals import Normal, decode_normal
from schemas.readings import Pack, Run, Tick
from schemas.signals import Signal, decode_signal, decode_signal_record
from schemas.topics import NORMALS, SIGNALS, partition_of, readings_topic
from streams.app import changelog_name
from tests.detecting import Workers, publish, records_of, stored
from tests.servers import Servers
from tests.waiting import until

TOPIC = readings_topic("tank")
START_MS = 1_790_000_000_000
HOUR_MS = 3_600_000
DEADLINE_S = 60.0


def known() -> dict[str, dict[str, Any]]:
    condition = Condition(
        id="tank.odd", kind="tank.odd", severity="minor", quantity="tank_m", name="o", name_vi="o", deviation=5.0
    )
    quantity = Quantity(unit="m", name="Level", name_vi="Mức", period_s=60.0)
    domain = Domain(
        id="tank",
        name="Tank",
        name_vi="Bể",
        description="d",
        description_vi="d",
        quantities={"tank_m": quantity},
        conditions=[condition],
    )
    return {
        "cities": {"c": City(id="c", name="C", name_vi="C", time_zone="Asia/Ho_Chi_Minh")},
        "assets": {"t1": Asset(id="t1", kind="sensor", name="t1", zone="z", observes=("tank_m",))},
        "domains": {"tank": domain},
        "limits": {},
    }


def send(bootstrap: str, *records: Pack | Tick) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for record in records:
        producer.send(TOPIC, value=msgspec.json.encode(record), partition=partition_of("z"))
    producer.flush()
    producer.close()


def pack(start_ms: int, values: list[float]) -> Pack:
    times = [start_ms + number * 60_000 for number in range(len(values))]
    return Pack("tank", "z", ["t1/tank_m"] * len(values), times, values, [Run("/feed", str(start_ms), len(values))])


def normals(bootstrap: str) -> list[Normal]:
    rows = asyncio.run(stored(bootstrap, NORMALS, 1))[0]
    return [decode_normal(value) for _, _, value in rows if value]


def signals(bootstrap: str) -> list[Signal]:
    records = [
        decode_signal_record(value or b"")
        for rows in asyncio.run(stored(bootstrap, SIGNALS, 2)).values()
        for _, _, value in rows
    ]
    return [decode_signal(record.data) for record in records if record.type == "signal.raised"]


def headers(bootstrap: str, topic: str) -> dict[str, list[tuple[str, bytes]]]:
    """Of the records of a topic of signals, by type; an error where two of a type differ."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for records in asyncio.run(records_of(bootstrap, topic, 2)).values():
        for record in records:
            kind = decode_signal_record(record.value).type
            assert found.setdefault(kind, list(record.headers)) == list(record.headers)
    return found


def forget(bootstrap: str) -> None:
    """The pages are gone, and the readings too: only the normals are left."""
    with admin(bootstrap) as client:
        client.delete_topics([changelog_name("detect")])
        client.delete_records({TopicPartition(TOPIC, partition_of("z")): -1})


def test_a_detect_without_pages_goes_on_with_the_normals_that_it_told(servers: Servers, workers: Workers) -> None:
    publish(servers.kafka, known())
    draw = random.Random(1)
    usual = [draw.gauss(50.0, 1.0) for _ in range(200)]
    send(servers.kafka, Tick(START_MS), pack(START_MS, usual), Tick(START_MS + 4 * HOUR_MS))
    workers.start()
    (normal,) = until(lambda: normals(servers.kafka), "the normal", DEADLINE_S, every=0.3)
    assert (normal.id, normal.readings) == ("t1/tank_m", 200)
    workers.running[0].kill()
    workers.running[0].wait()
    forget(servers.kafka)
    assert signals(servers.kafka) == []
    workers.keep_up()
    send(servers.kafka, pack(START_MS + 5 * HOUR_MS, [60.0]))
    (signal,) = until(lambda: signals(servers.kafka), "the signal", DEADLINE_S, every=0.3)
    assert (signal.asset, signal.kind, signal.value) == ("t1", "tank.odd", 60.0)
    structured = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
    assert headers(servers.kafka, SIGNALS) == {"signal.raised": structured}
