"""Late readings of slow sensors: the final set of signals is that of the readings in order."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.correlate import Window
from city.detect import Detector
from schemas.signals import Signal
from tests.unit.detect.world import Reading, at, catalogue, domain, pack, sensor, tick, told

NAME = "a/level_m"
LATENESS_S = 1800
CONDITIONS: tuple[dict[str, Any], ...] = (
    {"above": 2.0, "clear": 1.0, "for": 120.0},
    {"above": 4.0, "severity": "major"},
    {"below": 1.0, "kind": "test.low"},
    {"above": 3.0, "over": 300.0, "function": "mean", "kind": "test.mean"},
    {"above": 30.0, "over": 600.0, "function": "rate", "kind": "test.rate"},
    {"above": 8.0, "over": 600.0, "function": "sum", "kind": "test.sum"},
    {"absent_for": 600.0, "kind": "sensor.silent"},
    {"stuck_for": 180.0, "kind": "sensor.stuck"},
    {"deviation": 4.0, "kind": "test.odd"},
)
KNOWN = catalogue([sensor("a"), sensor("b")], domain(*CONDITIONS, period_s=60.0), clock="events")
DELAYS = st.lists(st.integers(0, LATENESS_S), min_size=80, max_size=80)
ROWS = st.lists(
    st.tuples(st.sampled_from([NAME, "b/level_m"]), st.integers(1, 14), st.integers(0, 6)), min_size=2, max_size=60
)


def readings(rows: list[tuple[str, int, int]]) -> list[Reading]:
    """In order of time, a minute to a quarter of an hour apart."""
    found, at = [], 0.0
    for name, gap, value in rows:
        at += gap * 60.0
        found.append((at, name, float(value)))
    return found


def finally_so(signals: list[Signal]) -> list[tuple[Any, ...]]:
    """What a reader of the topic believes in the end."""
    window = Window()
    for signal in signals:
        window.apply(signal)
    return sorted(
        (one.asset, one.kind, one.raised_at, one.cleared_at, one.state, one.severity, one.value, one.limit, one.id)
        for one in window.signals.values()
    )


def played(detector: Detector, rows: list[Reading], end: float, clock: str = "events") -> list[Signal]:
    """One reading in a pack, the watermark after each, and at the end."""
    found, latest = [], 0.0
    for reading in rows:
        found += detector.pack(pack([reading]))
        latest = max(latest, reading[0])
        found += detector.tick(tick(latest, clock))
    return found + detector.tick(tick(end, clock))


@settings(max_examples=25, deadline=None)
@given(ROWS, DELAYS)
def test_late_readings_of_slow_sensors_end_in_the_signals_of_the_readings_in_order(
    rows: list[tuple[str, int, int]], delays: list[int]
) -> None:
    ordered = readings(rows)
    late = [row for _, row in sorted(zip(delays, ordered, strict=False), key=lambda both: both[0] + both[1][0])]
    end = ordered[-1][0] + LATENESS_S
    expected, found = Detector(KNOWN), Detector(KNOWN)
    assert finally_so(played(found, late, end)) == finally_so(played(expected, ordered, end))
    assert found.counts["rejudged"] == found.counts["late"]


@settings(max_examples=15, deadline=None)
@given(ROWS, DELAYS, st.integers(0, 80))
def test_a_restored_detector_revises_as_if_nothing_had_happened(
    rows: list[tuple[str, int, int]], delays: list[int], cut: int
) -> None:
    late = [row for _, row in sorted(zip(delays, readings(rows), strict=False), key=lambda both: both[0] + both[1][0])]
    whole, first = Detector(KNOWN), Detector(KNOWN)
    expected = [signal for reading in late for signal in whole.pack(pack([reading]))]
    found = [signal for reading in late[:cut] for signal in first.pack(pack([reading]))]
    second = Detector(KNOWN, first.pages())
    found += [signal for reading in late[cut:] for signal in second.pack(pack([reading]))]
    assert found == expected
    assert second.pages() == whole.pages()


def judged(condition: dict[str, Any], *rows: tuple[float, float], period_s: float = 60.0) -> list[Signal]:
    detector = Detector(catalogue([sensor("a")], domain(condition, period_s=period_s), clock="events"))
    return [signal for at, value in rows for signal in detector.pack(pack([(at, NAME, value)]))]


def test_a_signal_that_never_was_is_withdrawn() -> None:
    found = judged({"above": 2.0, "for": 120.0}, (0, 3), (120, 3), (60, 1))
    assert [(signal.withdrawn, signal.replaces) for signal in found] == [(False, None), (True, None)]
    assert found[0].id == found[1].id


def test_a_signal_that_began_at_another_time_takes_the_place_of_what_was_told() -> None:
    first, second = judged({"above": 2.0}, (60, 3), (0, 3))
    assert (second.replaces, told([second])) == (first.id, ["0 a test.high active minor"])


def test_a_signal_that_ended_earlier_takes_its_own_place() -> None:
    raised, cleared, revised = judged({"above": 2.0}, (0, 3), (120, 1), (60, 1))
    assert raised.id == cleared.id == revised.id == revised.replaces
    assert told([cleared, revised]) == ["120 a test.high cleared minor", "60 a test.high cleared minor"]


def test_what_was_withdrawn_can_be_told_anew() -> None:
    found = judged({"above": 2.0, "over": 300.0}, *((at, 3.0) for at in (0, 60, 120, 180)), (90, -9.0), (100, 9.5))
    assert [(signal.withdrawn, bool(signal.replaces)) for signal in found] == [
        (False, False),
        (True, False),
        (False, True),
    ]
    assert [row[-1] for row in finally_so(found)] == [found[0].id]


def test_a_silence_that_late_readings_fill_never_was() -> None:
    found = judged({"absent_for": 600.0, "kind": "sensor.silent"}, (0, 1), (900, 1), (500, 1))
    assert [(one.state, one.withdrawn) for one in found] == [("active", False), ("cleared", False), ("cleared", True)]


@pytest.mark.parametrize(
    ("last", "late", "expected"),
    [
        (1500, 100, [(700, 1500)]),
        (1500, 700, [(600, 700), (1300, 1500)]),
        (1500, 1000, [(600, 1000)]),
        (1000, -700, [(-100, 0), (600, 1000)]),
    ],
)
def test_a_late_reading_leaves_what_is_still_too_long_without_any(
    last: float, late: float, expected: list[tuple[float, float]]
) -> None:
    found = finally_so(judged({"absent_for": 600.0, "kind": "sensor.silent"}, (0, 1), (last, 1), (late, 1)))
    assert [(one[2], one[3]) for one in found] == [(at(begin), at(end)) for begin, end in expected]


def test_a_sensor_that_sends_what_it_gathered_was_not_silent() -> None:
    condition = {"absent_for": 600.0, "kind": "sensor.silent"}
    detector = Detector(catalogue([sensor("a")], domain(condition, period_s=60.0), clock="events"))
    found = detector.pack(pack([(0, NAME, 1.0)])) + detector.tick(tick(700, "events"))
    found += detector.pack(pack([(400, NAME, 1.0)])) + detector.tick(tick(710, "events"))
    assert [(one.state, one.withdrawn) for one in found] == [("active", False), ("active", True)]


@pytest.mark.parametrize(("late", "period_s"), [(20, 60.0), (1870, 5.0)])
def test_a_reading_later_than_the_bound_or_of_a_fast_sensor_is_counted_only(late: float, period_s: float) -> None:
    condition = {"above": 2.0}
    detector = Detector(catalogue([sensor("a")], domain(condition, period_s=period_s)))
    rows = [(0, NAME, 0.0), (1900, NAME, 0.0), (late, NAME, 9.0)]
    assert [signal for row in rows for signal in detector.pack(pack([row]))] == []
    assert (detector.counts["late"], detector.counts["rejudged"]) == (1, 0)


def test_a_domain_may_wait_longer_than_the_city() -> None:
    patient = {
        name: msgspec.structs.replace(one, lateness_s=7200.0)
        for name, one in domain({"above": 2.0}, period_s=60.0).items()
    }
    detector = Detector(catalogue([sensor("a")], patient, clock="events"))
    found = [
        signal for row in [(0, NAME, 0.0), (5000, NAME, 0.0), (20, NAME, 9.0)] for signal in detector.pack(pack([row]))
    ]
    assert finally_so(found)[0][2:4] == (at(20), at(5000))


def test_under_other_reference_data_nothing_of_before_is_judged_again() -> None:
    before = Detector(catalogue([sensor("a")], domain({"above": 2.0}, period_s=60.0)))
    before.pack(pack([(0, NAME, 1.0), (60, NAME, 3.0)]))
    changed = catalogue([sensor("a")], domain({"above": 4.0}, period_s=60.0), revision=2)
    after = Detector(changed, before.pages())
    assert after.pack(pack([(30, NAME, 1.0)])) == []
    assert after.take_dirty().keys() == after.pages().keys()
