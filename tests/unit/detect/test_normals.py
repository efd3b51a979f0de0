"""Deviation from the learned normal: what is found, what is not, and what outlives the pages."""

import math
import random
from collections.abc import Iterable

import pytest

from city.detect import Detector
from city.detect.normals import ENOUGH
from schemas.normals import Normal, decode_normal, encode_normal
from tests.unit.detect.world import catalogue, domain, pack, sensor, tick, told

NAME = "g/level_m"
HOUR, DAY = 3600, 86_400
KNOWN = catalogue(
    [sensor("g")], domain({"deviation": 5.0, "side": "above"}, {"deviation": 5.0, "side": "below", "kind": "test.low"})
)


def judged(values: Iterable[float], step: float = HOUR) -> list[str]:
    """`<number of the reading> <kind> <state>` of each signal."""
    detector = Detector(KNOWN)
    found = [line for n, x in enumerate(values) for line in told(detector.pack(pack([(n * step, NAME, x)])))]
    return [f"{float(line.split()[0]) / step:g} {' '.join(line.split()[2:4])}" for line in found]


def noise(count: int, seed: int = 1) -> list[float]:
    draw = random.Random(seed)
    return [draw.gauss(50.0, 1.0) for _ in range(count)]


def daily(count: int) -> list[float]:
    return [value + 10 * math.sin(number * math.tau / 24) for number, value in enumerate(noise(count))]


@pytest.mark.parametrize("step", [60, 300, HOUR])
def test_a_few_hundred_readings_are_enough_to_find_a_fault_and_nothing_else(step: float) -> None:
    values = noise(300)
    assert judged(values, step) == []
    values[200:206] = [60.0] * 6
    assert judged(values, step) == ["200 test.high active", "206 test.high cleared"]


@pytest.mark.parametrize("scale", [1e-4, 1e4])
def test_the_unit_of_a_quantity_does_not_matter(scale: float) -> None:
    values = [value * scale for value in noise(100)]
    values[80] = 60.0 * scale
    assert judged(values) == ["80 test.high active", "81 test.high cleared"]


def test_what_is_usual_at_noon_is_not_at_midnight() -> None:
    values = daily(14 * 24)
    values[13 * 24 + 18] = 60.0
    assert [line.split()[1] for line in judged(values)] == ["test.high", "test.high"]


@pytest.mark.parametrize("step", [300, HOUR])
def test_a_step_every_day_is_usual_from_the_second_day_on_and_another_one_is_not(step: int) -> None:
    a_day = 24 * HOUR // step
    hours = [number * step / HOUR % 24 for number in range(10 * a_day)]
    values = [x - 50 + (80 if 9 <= hour < 18 else 20) for x, hour in zip(noise(len(hours)), hours, strict=True)]
    fault = 9 * a_day + a_day // 2
    values[fault] += 60.0
    later = [line for line in judged(values, step) if float(line.split()[0]) > a_day]
    assert later == [f"{fault} test.high active", f"{fault + 1} test.high cleared"]


def test_where_nearly_all_is_zero_what_comes_now_and_then_becomes_usual() -> None:
    draw = random.Random(5)
    values = [draw.expovariate(0.2) if draw.random() < 0.05 else 0.0 for _ in range(4000)]
    values[3900] = 500.0
    late = [line for line in judged(values, 300) if float(line.split()[0]) > 3000 and "active" in line]
    assert "3900 test.high active" in late and len(late) < 6


def test_a_pump_that_is_on_now_and_then_is_usual_and_one_that_never_was_is_not() -> None:
    draw = random.Random(2)
    assert judged(float(draw.random() < 0.2) for _ in range(1000)) == []
    assert judged([0.0] * 100 + [1.0]) == ["100 test.high active"]


def test_outliers_while_it_learns_do_not_blind_it() -> None:
    values = noise(300)
    values[5], values[17] = 5000.0, -900.0
    values[250] = 70.0
    assert "250 test.high active" in judged(values)


def test_a_fault_of_two_days_stays_one_and_a_lasting_change_becomes_the_normal() -> None:
    fault, change = noise(15 * 24), noise(15 * 24)
    fault[240:288] = [value + 20.0 for value in fault[240:288]]
    change[240:] = [value + 20.0 for value in change[240:]]
    assert judged(fault) == ["240 test.high active", "288 test.high cleared"]
    began, ended = judged(change)
    assert (began, ended.split()[1:]) == ("240 test.high active", ["test.high", "cleared"])
    assert 240 + 72 < float(ended.split()[0]) < 240 + 120


def test_the_limit_of_a_signal_is_the_edge_of_the_normal() -> None:
    detector = Detector(KNOWN)
    for number, value in enumerate(noise(200)):
        detector.pack(pack([(number * HOUR, NAME, value)]))
    (low,) = detector.pack(pack([(200 * HOUR, NAME, 20.0)]))
    assert low.kind == "test.low"
    assert low.limit is not None
    assert 42.0 < low.limit < 47.0


def taught(readings: int = 200) -> Detector:
    detector = Detector(KNOWN)
    detector.tick(tick(0))
    for number, value in enumerate(noise(readings)):
        detector.pack(pack([(number * 10, NAME, value)]))
    return detector


def test_what_was_learned_outlives_pages_of_an_unknown_format() -> None:
    before = taught()
    (before_ms, _) = before.silence.tick_ms, before.tick(tick(HOUR))
    (normal,) = before.learned(before_ms)
    known = {normal.id: decode_normal(encode_normal(normal))}
    unknown = {name: b"\xff" + page[1:] for name, page in before.pages().items()}
    after = Detector(KNOWN, unknown, known)
    assert told(after.pack(pack([(2000, NAME, 60.0)]))) == ["2000 g test.high active minor"]
    assert after.learned(before_ms) == []
    assert told(Detector(KNOWN, unknown).pack(pack([(2000, NAME, 60.0)]))) == []


def test_readings_that_were_learned_already_teach_nothing_when_they_are_read_again() -> None:
    before = taught()
    before.tick(tick(HOUR))
    (normal,) = before.learned(1)
    after = Detector(KNOWN, None, {normal.id: normal})
    for number, value in enumerate(noise(200)):
        after.pack(pack([(number * 10, NAME, value)]))
    after.tick(tick(HOUR))
    assert after.learned(1) == [normal]


def test_each_normal_is_told_once_an_hour_while_it_learns() -> None:
    detector, found = taught(), []
    for minute in range(1, 181):
        before_ms = detector.silence.tick_ms
        detector.tick(tick(minute * 60))
        found += detector.learned(before_ms)
    assert len(found) == 1
    assert taught(ENOUGH - 1).learned(0) == []


def test_after_a_late_reading_what_was_restored_is_still_known() -> None:
    slow = catalogue([sensor("g")], domain({"deviation": 5.0}, period_s=60.0))
    detector = Detector(slow, None, {NAME: taught_normal()})
    rows = [(3000, NAME, 50.0), (3120, NAME, 60.0), (3060, NAME, 50.0)]
    raised, revised = [signal for row in rows for signal in detector.pack(pack([row]))]
    assert revised.replaces == raised.id == revised.id


def taught_normal() -> Normal:
    detector = taught()
    detector.tick(tick(HOUR))
    return detector.learned(1)[0]
