"""A poison record straight on each topic: a dead letter that names it, nothing else lost, no process dead."""

import json
from typing import Any

import pytest
from kafka import KafkaProducer

from schemas.reference import REFERENCE_TYPES
from schemas.topics import CHANGES, DEAD_LETTERS, INBOX, INCIDENTS, LINKS, SIGNALS, events_topic, readings_topic
from tests.center import Center
from tests.faults.integrator import outage, post_stubbornly, processes
from tests.waiting import until

POISON = {
    "no JSON": b"\x00\xff poison",
    "another shape": b'{"record": "pack", "domain": 7}',
    "an unknown record": b'{"record": "surprise", "specversion": "1.0"}',
    "a list": b"[]",
    "nothing": b"",
}
INSIDE = [readings_topic("air"), events_topic("effluent"), SIGNALS, LINKS, INBOX]
"""Where a stage must say what it refused."""
OUTSIDE = [CHANGES, INCIDENTS, DEAD_LETTERS, *(f"city.{name}.v1" for name in REFERENCE_TYPES)]
"""Where it must at least live on."""


def restarts(center: Center) -> dict[str, int]:
    return {name: one["restarts"] for name, one in processes(center).items()}


def send(center: Center, topic: str, values: list[bytes]) -> list[tuple[int, int]]:
    """Puts raw values on a topic; where each landed, (partition, offset)."""
    bootstrap = json.loads(center.soc("status", "--json").stdout)["kafka"]
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    landed = [producer.send(topic, key=b"poison", value=value).get(20) for value in values]
    producer.close()
    return [(one.partition, one.offset) for one in landed]


def letters(center: Center, topic: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = center.get("/v1/dead-letters", limit=200, topic=topic)["items"]
    return [one for one in found if one["topic"] == topic]


def works(center: Center, name: str) -> None:
    """A signal posted now still becomes an incident."""
    asset = f"after-{name}"
    post_stubbornly(center, outage(asset, name))
    until(
        lambda: [one for one in center.incidents(q=asset) if one["root_asset"] == asset],
        f"an incident after poison on {name}",
        30,
    )


@pytest.mark.parametrize("topic", INSIDE)
def test_poison_inside_the_flow_becomes_dead_letters_and_the_flow_goes_on(center: Center, topic: str) -> None:
    before = restarts(center)
    landed = send(center, topic, list(POISON.values()))

    def all_named() -> bool:
        named = {(one["partition"], one["offset"]) for one in letters(center, topic)}
        return set(landed) <= named

    until(all_named, f"a dead letter for each of {landed} on {topic}", 30, every=0.5)
    assert all(one["reason"] and one["stage"] for one in letters(center, topic))
    works(center, topic)
    assert restarts(center) == before


@pytest.mark.parametrize("topic", OUTSIDE)
def test_poison_on_an_output_or_reference_topic_stops_nobody(center: Center, topic: str) -> None:
    before = restarts(center)
    send(center, topic, list(POISON.values()))
    works(center, topic)
    assert restarts(center) == before
