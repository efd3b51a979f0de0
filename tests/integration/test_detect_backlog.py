"""What came while detect was away: of many partitions each waits for its turn, and none is thrown back by that."""

import asyncio
import signal
from pathlib import Path

import msgspec
from kafka import KafkaProducer, TopicPartition

from infra.kafka.admin import admin
from schemas.assets import City
from schemas.domains import Domain, Quantity
from schemas.readings import Tick
from schemas.signals import decode_signal_record, decode_tick_data
from schemas.topics import INPUT_PARTITIONS, SIGNAL_PARTITIONS, SIGNALS, events_topic, readings_topic
from tests.detecting import Workers, publish, stored
from tests.servers import Servers
from tests.waiting import until

DOMAINS = [f"tank{number:02}" for number in range(14)]
PLACES = [
    (topic(name), number)
    for topic in (readings_topic, events_topic)
    for name in DOMAINS
    for number in range(INPUT_PARTITIONS)
]
START_MS, TICKS = 1_790_000_000_000, 200
DEADLINE_S = 120.0


def _domain(name: str) -> Domain:
    quantity = Quantity(unit="m", name="Level", name_vi="Mức", period_s=60.0)
    return Domain(
        id=name,
        name="Tank",
        name_vi="Bể",
        description="d",
        description_vi="d",
        quantities={f"{name}_m": quantity},
        conditions=[],
    )


def _tick(bootstrap: str, numbers: range) -> None:
    """A tick a second for each partition, as ingest sends them."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=50)
    for number in numbers:
        value = msgspec.json.encode(Tick(START_MS + 1000 * number))
        for topic, partition in PLACES:
            producer.send(topic, value=value, partition=partition)
    producer.flush()
    producer.close()


def _clocks(bootstrap: str) -> dict[str, int]:
    """How far each partition number has come, Unix milliseconds."""
    found: dict[str, int] = {}
    for rows in asyncio.run(stored(bootstrap, SIGNALS, SIGNAL_PARTITIONS)).values():
        for _, _, value in rows:
            tick = decode_tick_data(decode_signal_record(value or b"").data)
            found[tick.origin] = tick.now_ms
    return found


def _have_domains(bootstrap: str) -> None:
    city = City(id="c", name="C", name_vi="C", time_zone="Asia/Ho_Chi_Minh")
    domains = {name: _domain(name) for name in DOMAINS}
    publish(bootstrap, {"cities": {"c": city}, "assets": {}, "domains": domains, "limits": {}})


def _wait_for(bootstrap: str, number: int, workers: Workers) -> None:
    def there() -> bool:
        workers.keep_up()  # one that stood longer than its session may end
        clocks = _clocks(bootstrap)
        return len(clocks) == INPUT_PARTITIONS and min(clocks.values()) == START_MS + 1000 * number

    until(there, f"the clocks at tick {number}", DEADLINE_S, every=1.0)


def test_a_long_backlog_is_taken_in_one_go(servers: Servers, workers: Workers, tmp_path: Path) -> None:
    _have_domains(servers.kafka)
    _tick(servers.kafka, range(TICKS))
    workers.start()
    _wait_for(servers.kafka, TICKS - 1, workers)
    again = (tmp_path / "detect.log").read_text().count("read_again")
    assert again <= len(PLACES), "a seek without need puts a partition at the end of the line again"


def test_what_kafka_no_longer_keeps_is_passed_over(servers: Servers, workers: Workers, tmp_path: Path) -> None:
    _have_domains(servers.kafka)
    _tick(servers.kafka, range(TICKS, TICKS + 1))
    workers.start()
    _wait_for(servers.kafka, TICKS, workers)
    workers.running[0].send_signal(signal.SIGSTOP)
    _tick(servers.kafka, range(TICKS + 1, TICKS + 2))  # the answer that a fetch waits for brings these and no more
    _tick(servers.kafka, range(TICKS + 2, TICKS + 5))
    with admin(servers.kafka) as client:
        client.delete_records({TopicPartition(*place): -1 for place in PLACES})
    _tick(servers.kafka, range(TICKS + 5, TICKS + 6))
    workers.running[0].send_signal(signal.SIGCONT)
    _wait_for(servers.kafka, TICKS + 5, workers)
    assert "input_lost" in (tmp_path / "detect.log").read_text()
