"""Sensors that the reference data places elsewhere: their state goes through the pages of another revision."""

import pytest

from city.detect import Detector
from city.enrich import Catalogue
from schemas.assets import Asset
from tests.unit.detect.world import catalogue, domain, pack, sensor, tick, told

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
