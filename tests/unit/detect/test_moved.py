"""Sensors that the reference data places elsewhere: their state goes through the pages of another revision."""

import json

import pytest
from msgspec import Raw

from city.detect import Detector
from city.enrich import Catalogue
from city.judge import Judge
from city.packing import Segment
from schemas.assets import UNKNOWN_ZONE, Asset
from schemas.cloudevents import CloudEvent
from schemas.events import Event, decode_event_record
from schemas.signals import Signal
from schemas.times import to_ms
from schemas.topics import INPUT_PARTITIONS, partition_of
from services.ingest.batch import records_of
from tests.unit.detect.world import at, catalogue, domain, pack, sensor, tick, told

NAME = "g/level_m"
DOMAIN = domain({"above": 1.0}, {"absent_for": 30.0, "kind": "sensor.silent"})
REACH = sensor("reach", kind="river_reach")


def known(*assets: Asset, revision: int = 1) -> Catalogue:
    return catalogue([REACH, *assets], DOMAIN, revision=revision)


ADOPTED = known(sensor("g", measures="reach", zone="z2"), revision=2)


def moved(before: Detector, to: Catalogue, zone: str) -> Detector:
    """The detector of the partition of a zone, once the reference data changed."""
    return Detector(to, before.pages(), here=lambda one: one == zone)


def stranger(value: float) -> Detector:
    """A detector that heard an unregistered sensor once."""
    before = Detector(known(), here=lambda one: one == "unknown")
    before.tick(tick(0))
    before.pack(pack([(0, NAME, value)]))
    return before


def test_a_sensor_that_is_read_elsewhere_since_is_not_silent_here_and_what_was_active_ends() -> None:
    after = moved(stranger(3.0), ADOPTED, "unknown")
    assert told(after.tick(tick(1))) == ["0 g test.high cleared minor"]
    assert [signal for second in range(2, 90) for signal in after.tick(tick(second))] == []


def test_its_readings_are_judged_where_it_is_now_for_what_it_measures() -> None:
    there = Detector(ADOPTED, here=lambda one: one == "z2")
    [signal] = there.pack(pack([(2, NAME, 3.0)]))
    assert (signal.measures, signal.zone) == ("reach", "z2")
    silences = told(signal for second in range(3, 90) for signal in there.tick(tick(second)))
    assert silences == ["32 g sensor.silent active minor"]


def test_a_reading_that_was_on_its_way_leaves_nothing_behind() -> None:
    after = moved(stranger(0.0), ADOPTED, "unknown")
    assert told(after.tick(tick(1))) == []
    assert told(after.pack(pack([(1, NAME, 3.0)]))) == ["1 g test.high active minor"]
    assert told(after.tick(tick(2))) == ["1 g test.high cleared minor"]
    assert [signal for second in range(3, 90) for signal in after.tick(tick(second))] == []


@pytest.mark.parametrize("first", ["tick", "pack"])
def test_what_is_active_is_told_anew_where_its_sensor_stays_but_stands_for_another_asset(first: str) -> None:
    after = Detector(ADOPTED, stranger(3.0).pages(), here=lambda _: True)
    ended = after.tick(tick(1)) if first == "tick" else []
    found = [*ended, *after.pack(pack([(2, NAME, 3.0)]))]
    assert told(found) == ["0 g test.high cleared minor", "2 g test.high active minor"]
    assert [signal.measures for signal in found] == [None, "reach"]
    assert told(after.pack(pack([(3, NAME, 0.5)]))) == ["3 g test.high cleared minor"]


def test_a_sensor_that_comes_back_is_judged_as_if_it_were_new() -> None:
    away = moved(stranger(3.0), ADOPTED, "unknown")
    away.tick(tick(1))
    back = Detector(known(revision=3), away.pages(), here=lambda one: one == "unknown")
    assert told(back.pack(pack([(5, NAME, 3.0)]))) == ["5 g test.high active minor"]


def test_the_same_reference_data_leave_everything_as_it_is() -> None:
    before = stranger(3.0)
    after = moved(before, known(), "unknown")
    assert told(after.tick(tick(1))) == [] and after.chains() == before.chains()


def test_its_learned_normal_stays() -> None:
    learning = domain({"deviation": 5.0})
    detector = Detector(catalogue([REACH], learning), here=lambda _: True)
    for number in range(60):
        detector.pack(pack([(number, NAME, 10 + 0.1 * (number % 5))]))
    assert told(detector.pack(pack([(60, NAME, 20.0)]))) == ["60 g test.high active minor"]
    adopted = catalogue([REACH, sensor("g", measures="reach")], learning, revision=2)
    after = Detector(adopted, detector.pages(), here=lambda _: True)
    found = after.pack(pack([(61, NAME, 20.0)]))
    assert told(found) == ["60 g test.high cleared minor", "61 g test.high active minor"]


@pytest.mark.parametrize("restated", [False, True], ids=["told once", "told again where it is now"])
def test_what_others_told_of_an_asset_ends_although_its_zone_leads_elsewhere_since(restated: bool) -> None:
    feeder = sensor("feeder-9", kind="feeder", zone=next(f"z{n}" for n in range(9) if partition_of(f"z{n}") != HOME))
    before, after = Judge(catalogue(), 10), Judge(catalogue([feeder], revision=2), 10)
    parts = [Detector(before.catalogue) for _ in range(INPUT_PARTITIONS)]
    begun = told(_sent(before, parts, "raised", 0))
    parts = [Detector(after.catalogue, one.pages()) for one in parts]
    begun += told(_sent(after, parts, "raised", 5)) if restated else []
    assert begun == [f"{second} feeder-9 power.outage active minor" for second in ([0, 5] if restated else [0])]
    ends = _sent(after, parts, "cleared", 10)
    assert told(ends) == ["10 feeder-9 power.outage cleared minor"] * len(begun)
    assert len({one.id for one in ends}) == len(begun)


HOME = partition_of(UNKNOWN_ZONE)


def _sent(judge: Judge, parts: list[Detector], what: str, second: int) -> list[Signal]:
    """What the detectors of all partitions make of an event that ingest took."""
    data = json.dumps({"asset": "feeder-9", "kind": "power.outage"}).encode()
    event = CloudEvent(id=f"{what}-{second}", source="/scada", type=f"signal.{what}", time=at(second), data=Raw(data))
    segment = Segment()
    segment.add(judge.accept(event, to_ms(at(second))))
    found = []
    for record in records_of(segment):
        sent = decode_event_record(record.value)
        assert isinstance(sent, Event)
        found += parts[record.partition].event(sent)
    return found
