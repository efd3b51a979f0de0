"""A city of recordings on real Kafka: ticks follow event time, in the log behind what advanced it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.intake import Ingest, event, publish_reference, reference, running_ingest
from tests.servers import Servers, running_servers
from tests.waiting import until

AIR = "city.readings.air.v1"
START, HOUR = 1_480_521_600, 3600


@pytest.fixture(scope="module")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Of its own, since the clock is a matter of the whole city."""
    with running_servers(tmp_path_factory.mktemp("recordings")) as started:
        publish_reference(started.kafka, reference(clock="events"))
        yield started


def hour(number: int, source: str = "/recording", **more: Any) -> dict[str, Any]:
    data = [{"n": "station-1/pm25_ugm3", "v": 50 + number, "t": START + number * HOUR}]
    at = f"2016-12-{1 + number // 24:02d}T{number % 24:02d}:00:00+08:00"
    return event(data, number=f"{source}-{number}", source=source, recordedtime=at, **more)


ZERO_MS = START * 1000
"""2016-12-01T00:00+08:00 is 2016-11-30T16:00Z."""


def flow(ingest: Ingest) -> list[tuple[str, int]]:
    """Readings and ticks of the partition of the station, in log order; repeated ticks once, those before time none."""
    part = ingest.packs(AIR, "station-1/pm25_ugm3")[0]["partition"]
    found: list[tuple[str, int]] = []
    for each in [each for each in ingest.records(AIR) if each["partition"] == part]:
        step = ("tick", each["now_ms"]) if each["record"] == "tick" else ("pack", max(each["times"]))
        if step not in found and step[1]:
            found.append(step)
    return found


def test_each_hour_of_a_fast_replay_is_followed_by_its_tick(own_servers: Servers, tmp_path_factory: Any) -> None:
    with running_ingest(own_servers, tmp_path_factory.mktemp("ingest")) as ingest:
        until(lambda: ingest.records(AIR), "ticks: the stages are alive")
        assert {each["now_ms"] for each in ingest.records(AIR)} == {0}, "no time before the recording has begun"
        wrong = [{"n": "station-2/pm25_ugm3", "v": 50, "t": START}]
        stray = event(wrong, number="stray", source="/wrong-clock", recordedtime="2036-12-01T00:00:00+08:00")
        hours = [hour(number) for number in range(30)]
        assert ingest.post(stray, hour(0, source="/neighbour"), *hours).json()["accepted"] == 32
        until(lambda: ("tick", _hour_ms(29)) in flow(ingest), "the last tick")
        expected = [(what, _hour_ms(number)) for number in range(30) for what in ("pack", "tick")]
        assert flow(ingest) == expected
        assert ingest.post(hour(29 + 24, source="/ahead")).json()["accepted"] == 1
        assert ingest.post(hour(30)).json()["accepted"] == 1
        until(lambda: ("tick", _hour_ms(30)) in flow(ingest), "the next tick")
        assert max(now for what, now in flow(ingest) if what == "tick") == _hour_ms(30)
    with running_ingest(own_servers, tmp_path_factory.mktemp("again")) as ingest:
        assert ingest.post(hour(5, source="/late")).json()["accepted"] == 1
        assert ingest.post(hour(31)).json()["accepted"] == 1
        until(lambda: ("tick", _hour_ms(31)) in flow(ingest), "the tick after the restart")
        ticks = [each["now_ms"] for each in ingest.records(AIR) if each["record"] == "tick" and each["partition"] == 0]
        assert ticks == sorted(ticks)


def _hour_ms(number: int) -> int:
    return ZERO_MS + number * HOUR * 1000
