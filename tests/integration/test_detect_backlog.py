"""What came while detect was away: of many partitions each waits for its turn, and none is thrown back by that."""

import asyncio
from pathlib import Path

import msgspec
from kafka import KafkaProducer

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


def _leave_behind(bootstrap: str) -> None:
    """A tick a second for each partition, as ingest sends them."""
    producer = KafkaProducer(bootstrap_servers=bootstrap, linger_ms=50)
    for number in range(TICKS):
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


def test_a_long_backlog_is_taken_in_one_go(servers: Servers, workers: Workers, tmp_path: Path) -> None:
    city = City(id="c", name="C", name_vi="C", time_zone="Asia/Ho_Chi_Minh")
    domains = {name: _domain(name) for name in DOMAINS}
    publish(servers.kafka, {"cities": {"c": city}, "assets": {}, "domains": domains, "limits": {}})
    _leave_behind(servers.kafka)
    workers.start()

    def caught_up() -> bool:
        clocks = _clocks(servers.kafka)
        return len(clocks) == INPUT_PARTITIONS and min(clocks.values()) == START_MS + 1000 * (TICKS - 1)

    until(caught_up, "the clocks at the end of the backlog", DEADLINE_S, every=1.0)
    again = (tmp_path / "detect.log").read_text().count("read_again")
    assert again <= len(PLACES), "a seek without need puts a partition at the end of the line again"
