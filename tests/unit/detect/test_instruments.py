"""Instruments: only a measuring one is judged; what it says of itself, and readings that were never taken, show."""

from typing import Any

import numpy as np

from city.detect import Detector
from schemas.signals import Signal
from tests.unit.detect.world import catalogue, domain, pack, sensor, told

NAME = "s1/level_m"
MINUTE = 60.0


def detector(*conditions: dict[str, Any], period_s: float = MINUTE) -> Detector:
    return Detector(catalogue([sensor("s1")], domain(*conditions, period_s=period_s)))


def played(judge: Detector, values: list[float], states: dict[int, str] | None = None, start: int = 0) -> list[Signal]:
    """A reading a minute; `states` by position."""
    found = []
    for number, value in enumerate(values):
        state = (states or {}).get(number)
        reading = ((start + number) * MINUTE, NAME, value)
        found += judge.pack(pack([reading], {0: state} if state else None))
    return found


def test_a_breach_while_calibrating_raises_nothing_and_one_while_measuring_does() -> None:
    judge = detector({"above": 10, "for": 60})
    calibrating = dict.fromkeys(range(10), "calibrating")
    assert played(judge, [50.0] * 10, calibrating) == []
    assert told(played(judge, [50.0] * 3, start=10)) == ["660 s1 test.high active minor"]


def test_a_duration_does_not_run_on_through_a_calibration() -> None:
    judge = detector({"above": 10, "for": 120})
    assert played(judge, [50.0, 50.0, 1.0, 50.0, 50.0], {2: "calibrating"}) == []


def test_what_an_instrument_sends_while_calibrating_ends_nothing() -> None:
    judge = detector({"above": 10})
    assert told(played(judge, [50.0, 0.0, 0.0, 50.0], {1: "calibrating", 2: "fault"})) == [
        "0 s1 test.high active minor"
    ]


def test_a_mean_leaves_out_what_was_not_measured() -> None:
    judge = detector({"above": 10, "over": 600, "function": "mean"})
    assert played(judge, [5.0] * 20, {}) == []
    assert played(judge, [500.0, 500.0], {0: "calibrating", 1: "calibrating"}, start=20) == []
    assert played(judge, [5.0] * 5, start=22) == []


def test_a_late_reading_judges_again_without_what_was_not_measured() -> None:
    judge = detector({"above": 10, "for": 120})
    assert played(judge, [50.0, 50.0, 50.0], {1: "calibrating"}) == []
    assert judge.pack(pack([(30.0, NAME, 50.0)])) == []
    assert told(played(judge, [50.0, 50.0], start=3)) == ["240 s1 test.high active minor"]


def test_a_fault_that_lasts_is_told_and_ends_when_the_instrument_measures_again() -> None:
    judge = detector({"state": "fault", "for": 120, "kind": "sensor.fault"})
    faulty = dict.fromkeys(range(5), "fault")
    assert told(played(judge, [1.0] * 6, faulty)) == [
        "120 s1 sensor.fault active minor",
        "300 s1 sensor.fault cleared minor",
    ]


def test_a_calibration_is_no_fault_and_a_late_reading_says_nothing_of_now() -> None:
    judge = detector({"state": "fault", "kind": "sensor.fault"})
    assert played(judge, [1.0, 1.0], {0: "calibrating", 1: "calibrating"}) == []
    assert judge.pack(pack([(30.0, NAME, 1.0)], {0: "fault"})) == []


def test_an_unknown_state_in_the_log_counts_as_a_fault() -> None:
    judge = detector({"state": "fault", "kind": "sensor.fault"})
    assert told(judge.pack(pack([(0, NAME, 1.0)], {0: "asleep"}))) == ["0 s1 sensor.fault active minor"]


def test_states_survive_their_pages() -> None:
    judge = detector({"state": "fault", "for": 120, "kind": "sensor.fault"})
    played(judge, [1.0, 1.0], {0: "fault", 1: "fault"})
    again = Detector(judge.catalogue, judge.pages())
    assert told(played(again, [1.0], {0: "fault"}, start=2)) == ["120 s1 sensor.fault active minor"]


def noise(count: int, seed: int = 1) -> list[float]:
    return [round(float(one), 2) for one in np.random.default_rng(seed).normal(60, 4, count)]


COPIED = {"copied_for": 1200, "over": 7200, "kind": "sensor.copied"}


def test_an_hour_that_is_sent_again_is_a_copy_and_ends_with_it() -> None:
    judge, hour = detector(COPIED), noise(60)
    assert played(judge, hour) == []
    assert told(played(judge, hour[:40], start=60)) == ["4980 s1 sensor.copied active minor"]
    assert told(played(judge, noise(1, seed=2), start=100)) == ["6000 s1 sensor.copied cleared minor"]


def test_noise_is_no_copy_nor_are_two_values_in_turn() -> None:
    assert played(detector(COPIED), noise(300)) == []
    assert played(detector(COPIED), [7.1, 7.2] * 60) == []


def test_a_copy_from_before_the_window_is_not_looked_for() -> None:
    judge, hour = detector(COPIED), noise(60)
    played(judge, hour + noise(120, seed=3))
    assert played(judge, hour, start=180) == []


CUT = {"over": 3600, "function": "ceiling", "above": 0.5, "clear": 0.3, "kind": "sensor.clipped"}


def test_values_that_are_cut_off_below_a_limit_show() -> None:
    values = [min(value, 58.0) for value in noise(60)]
    assert [one.kind for one in played(detector(CUT), values)] == ["sensor.clipped"]


def test_noise_and_a_flat_line_are_not_cut_off() -> None:
    assert played(detector(CUT), noise(200)) == []
    assert played(detector(CUT), [50.0] * 100) == []


DAY_MEAN = {"above": 50.0, "over": 86400, "function": "mean"}


def test_a_mean_over_a_day_of_minutes_is_that_of_all_of_them() -> None:
    judge = detector(DAY_MEAN)
    assert played(judge, [40.0] * 60 * 12) == []
    found = played(judge, [70.0] * 60 * 12, start=720)
    assert told(found) == ["64800 s1 test.high active minor"]
    assert found[0].value is not None and round(found[0].value, 2) == 50.02


def test_a_day_of_which_too_little_is_known_has_no_mean() -> None:
    assert played(detector(DAY_MEAN), [90.0] * 60 * 17) == []
    assert len(played(detector(DAY_MEAN), [90.0] * 60 * 18)) == 1
