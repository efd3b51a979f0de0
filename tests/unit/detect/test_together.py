"""A recording judged in stretches says what it says record by record."""

from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.detect import Detector, FlatPack, Record, Together
from city.enrich import Catalogue
from schemas.domains import Quantity
from schemas.errors import Invalid
from schemas.events import Event
from schemas.readings import Tick
from schemas.signals import Signal
from tests.unit.detect.world import Reading, at, catalogue, domain, flat, sensor, tick

LEVEL: tuple[dict[str, Any], ...] = (
    {"above": 2.0, "clear": 1.0, "for": 120.0},
    {"above": 4.0, "severity": "major"},
    {"above": 3.0, "over": 300.0, "function": "mean", "kind": "test.mean"},
    {"absent_for": 600.0, "kind": "sensor.silent"},
    {"stuck_for": 180.0, "kind": "sensor.stuck"},
    {"deviation": 4.0, "kind": "test.odd"},
)
FLOW: tuple[dict[str, Any], ...] = (
    {"quantity": "flow", "above": 3.0, "severity": "critical"},
    {"quantity": "flow", "below": 1.0, "kind": "test.low"},
    {"quantity": "flow", "absent_for": 300.0, "kind": "sensor.silent"},
)
RESTFUL: tuple[dict[str, Any], ...] = (
    *(one for one in LEVEL if "deviation" not in one),
    {"above": 3.0, "over": 86_400.0, "function": "mean", "kind": "test.day"},
    {"above": 3.0, "over": 600.0, "function": "sum", "kind": "test.sum"},
    {"above": 0.9, "over": 600.0, "function": "ceiling", "kind": "test.ceiling"},
    {"below": -1.0, "over": 300.0, "function": "min", "kind": "test.low_mean"},
    {"copied_for": 300.0, "over": 3600.0, "kind": "sensor.copied"},
    {"state": "fault", "kind": "sensor.fault"},
)
"""Every way to judge but by what is learned: of most readings nothing comes."""
NAMES = ["a/level_m", "a/flow", "b/level_m", "b/flow", "c/level_m"]
READINGS = st.tuples(
    st.sampled_from([*NAMES * 4, "d/level_m"]),
    st.sampled_from([0, 20, 30, 60] * 8 + [400, 700]),
    st.sampled_from([0] * 60 + [30, 900]),
    st.integers(0, 6),
)
"""Name, seconds since the reading before, seconds late, value."""
SIZES = st.tuples(st.integers(1, 8), st.sampled_from(["", "", "raised", "cleared", "broken"]))
"""So many readings in a pack, and what another system then says of one of these sensors."""


def known(period_s: float, level: tuple[dict[str, Any], ...] = LEVEL) -> Catalogue:
    found = domain(*level, *FLOW, period_s=period_s)["test"]
    flow = Quantity(unit="m3/s", name="Flow", name_vi="Lưu lượng", period_s=1.0)
    found = msgspec.structs.replace(found, quantities={**found.quantities, "flow": flow})
    return catalogue([sensor("a"), sensor("b")], {"test": found}, clock="events")


def stretches(
    rows: Sequence[tuple[str, int, int, float]], sizes: list[tuple[int, str]], most: int = 5
) -> list[list[Record]]:
    """Packs of some readings, a tick behind each and perhaps an event, so many in a stretch; some instruments fail."""
    timed: list[Reading] = []
    ticks: list[float] = []
    now = 0.0
    for name, gap, late, value in rows:
        now += gap
        timed.append((now - late, name, float(value)))
        ticks.append(now)
    found: list[list[Record]] = [[flat([(0, name, 1.0) for name in NAMES])], []]
    start = 0
    for number, (size, said) in enumerate(sizes):
        if timed[start : start + size]:
            states = {0: "fault"} if number % 7 == 3 else {}
            found[-1] += [flat(timed[start : start + size], states), tick(ticks[start : start + size][-1], "events")]
            if said:
                found[-1].append(event(number, ticks[start], said))
        start += size
        if number % most == most - 1:
            found.append([])
    return found


def event(number: int, seconds: float, said: str) -> Event:
    """It says of `a` or `b` what a condition of theirs may say too; what is broken cannot be taken."""
    data = {"asset": "ab"[number % 2], "kind": "test.low", "severity": "major"} if said != "broken" else {"asset": 1}
    word = "cleared" if said == "cleared" else "raised"
    return Event(f"signal.{word}", "test", "z1", "/other", f"{number}", at(seconds), at(seconds), data)


@pytest.mark.parametrize("period_s", [1.0, 60.0])
@settings(max_examples=10, deadline=None)
@given(st.lists(READINGS, min_size=60, max_size=120), st.lists(SIZES, min_size=30, max_size=30))
def test_a_stretch_says_what_its_records_say_one_by_one(
    period_s: float, rows: list[tuple[str, int, int, int]], sizes: list[tuple[int, str]]
) -> None:
    one_by_one, detector = Detector(known(period_s)), Detector(known(period_s))
    together = Together(detector)
    for records in stretches(rows, sizes):
        expected = [_said(one_by_one, record) for record in records]
        assert [_sorted(found) for found in together.signals(records)] == [_sorted(found) for found in expected]
    assert detector.chains() == one_by_one.chains()
    assert _series(detector) == _series(one_by_one)
    assert detector.actives.by_asset == one_by_one.actives.by_asset
    assert detector.counts == one_by_one.counts


QUIET = st.floats(0.0, 0.2) | st.floats(0.0, 1.9) | st.sampled_from([0.5, 2.5, 5.0])
STEADY = st.tuples(st.sampled_from(NAMES), st.sampled_from([5, 20, 60] * 8 + [400]), st.just(0), QUIET)


@pytest.mark.parametrize("period_s", [1.0, 60.0])
@settings(max_examples=15, deadline=None)
@given(st.lists(STEADY, min_size=150, max_size=300), st.lists(SIZES, min_size=90, max_size=90), st.integers(5, 40))
def test_what_rests_is_taken_at_once_as_it_would_be_one_by_one(
    period_s: float, rows: list[tuple[str, int, int, float]], sizes: list[tuple[int, str]], most: int
) -> None:
    one_by_one, detector = Detector(known(period_s, RESTFUL)), Detector(known(period_s, RESTFUL))
    together = Together(detector)
    for records in stretches(rows, sizes, most):
        expected = [_said(one_by_one, record) for record in records]
        assert [_sorted(found) for found in together.signals(records)] == [_sorted(found) for found in expected]
    assert _series(detector) == _series(one_by_one)
    assert detector.counts == one_by_one.counts


def test_an_hour_of_quiet_readings_is_taken_without_judging_any_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    together = Together(Detector(known(60.0, RESTFUL)))
    list(together.signals([flat([(0, "a/level_m", 0.1), (0, "a/flow", 2.0)])]))
    monkeypatch.delattr("city.detect.series.Series.judge")
    quiet = [flat([(60 * n, "a/level_m", 0.1 + n / 1000), (60 * n, "a/flow", 2.0)]) for n in range(1, 60)]
    assert not any(together.signals(quiet))


def _said(detector: Detector, record: Record) -> list[Signal] | Invalid:
    match record:
        case Tick():
            return detector.tick(record)
        case FlatPack():
            return detector.pack(record.pack())
    try:
        return detector.event(record)
    except Invalid as error:
        return error


def _series(detector: Detector) -> dict[str, bytes]:
    return {name: page for name, page in detector.pages().items() if name.startswith("series")}


def _sorted(signals: list[Signal] | Invalid) -> list[bytes] | str:
    """Signals of different assets in one record have no order."""
    if isinstance(signals, Invalid):
        return str(signals)
    return [msgspec.json.encode(signal) for signal in sorted(signals, key=lambda signal: signal.asset)]


def test_a_stretch_of_a_live_city_is_judged_record_by_record() -> None:
    live = catalogue([sensor("a")], domain(*LEVEL))
    records: list[Record] = [flat([(0, "a/level_m", 1.0)]), tick(1), flat([(60, "a/level_m", 5.0)]), tick(61)]
    one_by_one, together = Detector(live), Together(Detector(live))
    expected = [_said(one_by_one, record) for record in records * 2]
    assert [*together.signals(records), *together.signals(records)] == expected


def test_a_reading_that_was_not_measured_raises_nothing_in_a_stretch_either() -> None:
    together = Together(Detector(known(60.0)))
    list(together.signals([flat([(0, "a/flow", 2.0)])]))
    assert list(together.signals([flat([(60, "a/flow", 9.0)], {0: "fault"}), tick(60, "events")])) == [[], []]
    (found,) = together.signals([flat([(120, "a/flow", 9.0)])])
    assert not isinstance(found, Invalid) and len(found) == 1


def test_a_pack_of_unequal_columns_is_refused_in_a_stretch_too() -> None:
    together = Together(Detector(known(60.0)))
    list(together.signals([flat([(0, "a/flow", 2.0)])]))
    broken = msgspec.structs.replace(flat([(60, "a/flow", 9.0)]), times=b"")
    with pytest.raises(Invalid):
        list(together.signals([broken]))
