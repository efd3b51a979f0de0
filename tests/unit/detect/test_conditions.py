"""Each kind of test a condition may have, on a domain of its own."""

from datetime import date
from typing import Any

import pytest

from city.detect import Detector, LeanPack, decode_lean_record
from schemas.domains import Limit
from schemas.errors import Invalid
from schemas.events import Event
from schemas.readings import Pack
from schemas.signals import Signal
from tests.unit.detect.world import Reading, at, catalogue, domain, pack, sensor, tick, told

NAME = "g/level_m"
_BEGAN, _LATER = "0 g test.high active minor", "1 g test.high active minor"


def judged(condition: dict[str, Any], readings: list[Reading], **more: Any) -> list[str]:
    period_s = more.pop("period_s", 1.0)
    detector = Detector(catalogue([sensor("g")], domain(condition, period_s=period_s), **more))
    return told(signal for reading in readings for signal in detector.pack(pack([reading])))


def series(*values: float, step: float = 1.0) -> list[Reading]:
    return [(number * step, NAME, value) for number, value in enumerate(values)]


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ({"above": 2.0}, (1, 3, 2), ["1 g test.high active minor", "2 g test.high cleared minor"]),
        ({"below": 2.0}, (3, 1, 2), ["1 g test.high active minor", "2 g test.high cleared minor"]),
        (
            {"above": 2.0, "clear": 1.0},
            (3, 1.5, 2.5, 1, 1.5),
            ["0 g test.high active minor", "3 g test.high cleared minor"],
        ),
        ({"above": 2.0, "for": 2.0}, (3, 3, 1, 3, 3, 3), ["5 g test.high active minor"]),
        ({"above": 2.0, "over": 3.0, "function": "max"}, (3, 0, 0, 0), [_BEGAN, "3 g test.high cleared minor"]),
        ({"above": 5.0, "over": 3.0, "function": "sum"}, (3, 3, 0, 0), [_LATER, "3 g test.high cleared minor"]),
        ({"above": 3500.0, "over": 3.0, "function": "rate"}, (0, 1), ["1 g test.high active minor"]),
        ({"above": 2.0, "over": 4.0, "function": "mean"}, (9, 9, 9), ["2 g test.high active minor"]),
        ({"above": 2.0, "over": 4.0, "function": "min"}, (9, 9, 1, 9), []),
    ],
)  # fmt: skip
def test_a_condition_begins_and_ends(condition: dict[str, Any], values: tuple[float, ...], expected: list[str]) -> None:
    assert judged(condition, series(*values)) == expected


@pytest.mark.parametrize(
    ("test", "high", "low"),
    [
        ({"deviation": 5.0}, 1, 1),
        ({"deviation": 5.0, "side": "above"}, 1, 0),
        ({"deviation": 5.0, "side": "below"}, 0, 1),
        ({"deviation": -5.0}, 0, 1),
    ],
)
def test_a_deviation_is_judged_by_the_learned_normal_and_its_side(test: dict[str, Any], high: int, low: int) -> None:
    usual = [10 + 0.1 * (number % 5) for number in range(60)]
    assert judged(test, series(*usual, 20.0)) == ["60 g test.high active minor"] * high
    assert judged(test, series(*usual, -20.0)) == ["60 g test.high active minor"] * low


@pytest.mark.parametrize(("outlier", "is_below"), [(20.0, False), (-20.0, True)])
def test_the_limit_of_a_deviation_lies_on_the_side_that_was_left(outlier: float, is_below: bool) -> None:
    usual = [9.9 + 0.1 * (number % 3) for number in range(60)]
    detector = Detector(catalogue([sensor("g")], domain({"deviation": 5.0}, period_s=1.0)))
    (raised,) = [one for reading in series(*usual, outlier) for one in detector.pack(pack([reading]))]
    assert raised.limit is not None and 9 < raised.limit < 11
    assert (raised.limit < 10) == is_below


def test_an_outlier_hardly_moves_the_normal() -> None:
    usual = [10 + 0.1 * (number % 5) for number in range(60)]
    found = judged({"deviation": 5.0}, series(*usual, 1000.0, 10.2, 20.0))
    assert [line.split()[0] for line in found] == ["60", "61", "62"]


def limits() -> dict[str, Limit]:
    rows = [
        Limit(key="k", value=5.0, unit="m", valid_from=date(2020, 1, 1), valid_to=date(2026, 11, 2), legal_ref="old"),
        Limit(key="k", value=3.0, unit="m", valid_from=date(2026, 11, 2), valid_to=date(2026, 11, 3), legal_ref="new"),
        Limit(key="k", value=9.0, unit="m", asset="own", valid_from=date(2020, 1, 1), legal_ref="permit"),
    ]
    return {row.id: row for row in rows}


def signals_at(sensor_id: str, seconds: float, value: float) -> list[Signal]:
    detector = Detector(catalogue([sensor("g"), sensor("own")], domain({"limit": "k"}), limits=limits()))
    return detector.pack(pack([(seconds, f"{sensor_id}/level_m", value)]))


DAY = 86_400.0
LOCAL_MIDNIGHT = -7 * 3600.0


@pytest.mark.parametrize(
    ("seconds", "value", "reference"),
    [(LOCAL_MIDNIGHT - 1, 4.0, None), (LOCAL_MIDNIGHT - 1, 6.0, "old"), (LOCAL_MIDNIGHT, 4.0, "new")],
)
def test_a_reading_is_judged_by_the_row_in_force_at_its_own_time(
    seconds: float, value: float, reference: str | None
) -> None:
    assert [signal.limit_ref for signal in signals_at("g", seconds, value)] == ([reference] if reference else [])


def test_no_row_in_force_is_no_limit_known() -> None:
    assert signals_at("g", LOCAL_MIDNIGHT + DAY, 1000.0) == []


def test_an_assets_own_row_overrides() -> None:
    assert signals_at("own", 0, 8.0) == []
    assert [signal.limit_ref for signal in signals_at("own", 0, 10.0)] == ["permit"]


@pytest.mark.parametrize(
    ("side", "limit", "clear", "values"),
    [
        ("above", 5.0, 0.9, (5.1, 4.6, 4.4)),
        ("above", -5.0, 0.9, (-4.9, -5.4, -5.6)),
        ("below", 5.0, 1.1, (4.9, 5.4, 5.6)),
        ("below", -5.0, 1.1, (-5.1, -4.6, -4.4)),
    ],
)
def test_a_limit_below_zero_ends_on_its_calm_side_too(
    side: str, limit: float, clear: float, values: tuple[float, ...]
) -> None:
    row = Limit(key="k", value=limit, unit="m", valid_from=date(2020, 1, 1), legal_ref="law")
    condition = {"limit": "k", "side": side, "clear": clear}
    found = judged(condition, series(*values), limits={row.id: row})
    assert found == ["0 g test.high active minor", "2 g test.high cleared minor"]


def test_only_a_measuring_instrument_raises_a_signal() -> None:
    detector = Detector(catalogue([sensor("g")], domain({"above": 1.0})))
    assert detector.pack(pack([(0, NAME, 5.0)], {0: "calibrating"})) == []
    assert told(detector.pack(pack([(1, NAME, 5.0)]))) == ["1 g test.high active minor"]
    assert detector.counts["not_measuring"] == 1


def test_readings_of_one_sensor_in_one_pack_are_judged_in_order() -> None:
    detector = Detector(catalogue([sensor("g")], domain({"above": 2.0})))
    found = told(detector.pack(pack([(0, NAME, 3), (0, "h/level_m", 3), (1, NAME, 1), (2, NAME, 3)])))
    assert found == [
        "0 g test.high active minor",
        "0 h test.high active minor",
        "1 g test.high cleared minor",
        "2 g test.high active minor",
    ]


def silence(ticks: list[float], clock: str = "live") -> list[str]:
    detector = Detector(catalogue([sensor("g")], domain({"absent_for": 10.0, "kind": "sensor.silent"}), clock=clock))
    detector.tick(tick(0, clock))
    detector.pack(pack([(0, NAME, 1.0)]))
    return told(signal for moment in ticks for signal in detector.tick(tick(moment, clock)))


def test_a_gap_between_ticks_makes_nothing_silent() -> None:
    assert silence([1, 2, 600, 601, 602]) == []
    assert silence([1, 2, 600, *range(601, 609)]) == ["10 g sensor.silent active minor"]


def test_absence_goes_on_where_a_clock_that_was_wrong_is_set_back() -> None:
    seen = ["10 g sensor.silent active minor"]
    assert silence([*range(1, 5), 7_200, *range(5, 12)]) == seen, "an hour ahead it was a standstill"
    assert silence([7_200, *range(1, 12)]) == seen


def test_a_recording_has_its_own_clock_without_gaps() -> None:
    assert silence([600], "events") == ["10 g sensor.silent active minor"]


def test_a_gap_in_a_recording_is_a_silence_that_was() -> None:
    detector = Detector(catalogue([sensor("g")], domain({"absent_for": 10.0, "kind": "sensor.silent"}), clock="events"))
    found = detector.pack(pack([(0, NAME, 1.0), (10, NAME, 1.0), (40, NAME, 1.0)]))
    assert told(found) == ["20 g sensor.silent active minor", "40 g sensor.silent cleared minor"]


def test_an_unregistered_sensor_is_judged_but_never_missed() -> None:
    conditions = (
        {"above": 1.0},
        {"absent_for": 5.0, "kind": "sensor.silent"},
        {"stuck_for": 2.0, "kind": "sensor.stuck"},
    )
    detector = Detector(catalogue([], domain(*conditions)))
    found = [signal for second in range(5) for signal in detector.pack(pack([(second, NAME, 3.0)]))]
    found += [signal for second in range(60) for signal in detector.tick(tick(second))]
    assert told(found) == ["0 g test.high active minor"]
    assert found[0].zone == "z1"


def test_the_signal_stands_on_its_event_and_the_measured_asset() -> None:
    known = [
        sensor("g", measures="river-1"),
        sensor("river-1", kind="river_reach", agency="water", position=(106.6, 10.9)),
    ]
    signal = Detector(catalogue(known, domain({"above": 1.0}))).pack(pack([(0, NAME, 3.0)]))[0]
    assert (signal.sources, signal.measures, signal.agency, signal.position) == (
        ("event-1",),
        "river-1",
        "water",
        (106.6, 10.9),
    )
    assert (signal.value, signal.limit, signal.unit, signal.condition) == (3.0, 1.0, "m", "test.c0")
    assert signal.revisions == {"domains": 1}


def test_columns_of_unequal_length_are_refused_and_change_nothing() -> None:
    detector = Detector(catalogue([sensor("g")], domain({"above": 1.0})))
    broken = Pack("test", "z1", [NAME, NAME], [1], [1.0, 2.0], [])
    with pytest.raises(Invalid, match="equal length"):
        detector.pack(broken)
    assert detector.chains() == {}


def test_a_lean_pack_is_judged_like_a_whole_one() -> None:
    import msgspec

    whole = pack([(0, NAME, 3.0), (0, "h/level_m", 0.0)])
    lean = decode_lean_record(msgspec.json.encode(whole))
    assert isinstance(lean, LeanPack)
    detectors = [Detector(catalogue([sensor("g")], domain({"above": 1.0}))) for _ in range(2)]
    assert detectors[0].pack(whole) == detectors[1].pack(lean)
    assert detectors[0].pages() == detectors[1].pages()


@pytest.mark.parametrize("left", [(), ({"above": 1.0, "enabled": False},)])
def test_a_condition_that_is_deleted_or_disabled_ends_its_signals_at_the_next_tick(left: tuple[Any, ...]) -> None:
    before = Detector(catalogue([sensor("g")], domain({"above": 1.0})))
    before.pack(pack([(0, NAME, 3.0)]))
    after = Detector(catalogue([sensor("g")], domain(*left)), before.pages())
    assert told(after.tick(tick(5))) == ["5 g test.high cleared minor"]
    assert after.pack(pack([(6, NAME, 3.0)])) == []


@pytest.mark.parametrize(
    ("period_s", "over_s", "began"),
    [
        (600, 3600.0, 2400),
        (10, 300.0, 220),
        (10, 3600.0, 2690),
        (1200, 28800.0, 20400),
        (3600, 28800.0, 18000),
        (60, 28800.0, 20400),
    ],
)
def test_a_window_waits_for_three_quarters_of_the_readings_of_a_sensor_that_says_how_often_it_sends(
    period_s: int, over_s: float, began: int
) -> None:
    mean = {"above": 2.0, "over": over_s}
    often = sensor("g", observes=("level_m",), properties={"period_s": period_s})
    detector = Detector(catalogue([often], domain(mean, period_s=60.0)))
    readings = [(at_s, NAME, 3.0) for at_s in range(0, began + 1, period_s)]
    assert told(detector.pack(pack(readings))) == [f"{began} g test.high active minor"]


@pytest.mark.parametrize(("before_s", "after_s"), [(600.0, 7200.0), (7200.0, 600.0)])
def test_an_edit_that_makes_the_longest_window_another_one_leaves_the_others_their_readings(
    before_s: float, after_s: float
) -> None:
    hour = {"above": 50.0, "over": 3600.0, "function": "sum"}
    cities = [
        catalogue([sensor("g")], domain(hour, {"below": -9.0, "over": over_s, "function": "max"}, period_s=60.0))
        for over_s in (before_s, after_s)
    ]
    before = Detector(cities[0])
    readings = [(minute * 60.0, NAME, 1.0) for minute in range(170)]
    assert told(before.pack(pack(readings[:160]))) == ["3000 g test.high active minor"]
    after = Detector(cities[1], before.pages())
    assert after.pack(pack(readings[160:])) == []
    assert told(after.pack(pack([(10800.0, NAME, 1.0)]))) == ["10800 g test.high cleared minor"]


SILENT = {"absent_for": 300.0, "kind": "sensor.silent"}


@pytest.mark.parametrize(
    ("lasting", "values", "expected"),
    [
        ({"above": 1.0, "for": 60.0}, {0: 3, 300: 3}, ["60 g test.high active minor"]),
        ({"above": 1.0, "for": 60.0}, {0: 3, 301: 3, 360: 3}, []),
        ({"above": 1.0, "for": 60.0}, {0: 3, 301: 3, 361: 3}, ["361 g test.high active minor"]),
        ({"above": 1.0, "for": 60.0}, {0: 3, 60: 3, 3600: 3}, ["60 g test.high active minor"]),
        ({"stuck_for": 60.0}, {0: 3, 3600: 3}, ["60 g test.high active minor"]),
    ],
)
@pytest.mark.parametrize("period_s", [1.0, 60.0])
def test_no_value_lasts_over_a_silence_of_its_sensor(
    lasting: dict[str, Any], values: dict[float, float], expected: list[str], period_s: float
) -> None:
    detector = Detector(catalogue([sensor("g")], domain(lasting, SILENT, period_s=period_s)))
    signals = [one for at_s, value in values.items() for one in detector.pack(pack([(at_s, NAME, value)]))]
    assert told(signals) == expected


def test_a_slow_sensor_may_be_three_periods_apart_and_what_nothing_watches_any_time() -> None:
    lasting = {"above": 1.0, "for": 3600.0}
    hourly = domain(lasting, SILENT, period_s=3600.0)
    for city, last in ((catalogue([sensor("g")], hourly), 10800), (catalogue([sensor("g")], domain(lasting)), 86400)):
        assert len(Detector(city).pack(pack([(0, NAME, 3.0), (last, NAME, 3.0)]))) == 1


def test_a_late_reading_fills_the_gap_over_which_no_value_lasted() -> None:
    lasting = {"above": 1.0, "for": 600.0}
    detector = Detector(catalogue([sensor("g")], domain(lasting, SILENT, period_s=60.0)))
    assert detector.pack(pack([(0, NAME, 3.0)])) + detector.pack(pack([(600, NAME, 3.0)])) == []
    assert told(detector.pack(pack([(300, NAME, 3.0)]))) == ["600 g test.high active minor"]


HIGH = {"above": 1.0}


@pytest.mark.parametrize(
    ("edited", "at_tick", "later"),
    [
        ({**HIGH, "severity": "critical"}, ["0 g test.high active critical"], []),
        ({**HIGH, "kind": "test.flood"}, ["5 g test.high cleared minor"], ["6 g test.flood active minor"]),
        ({**HIGH, "quantity": "other_m"}, ["5 g test.high cleared minor"], []),
        ({"absent_for": 300.0}, ["5 g test.high cleared minor"], []),
        ({"above": 5.0}, [], ["6 g test.high cleared minor"]),
        ({"deviation": 6.0}, ["5 g test.high cleared minor"], []),
        ({"stuck_for": 3600.0}, ["5 g test.high cleared minor"], []),
        ({**HIGH, "over": 3600.0}, ["5 g test.high cleared minor"], []),
        ({"below": 5.0}, ["5 g test.high cleared minor"], ["6 g test.high active minor"]),
        ({**HIGH, "clear": 0.5, "for": 60.0}, [], []),
    ],
)
def test_what_is_active_follows_an_edit_of_its_condition(
    edited: dict[str, Any], at_tick: list[str], later: list[str]
) -> None:
    before = Detector(catalogue([sensor("g")], domain(HIGH)))
    before.pack(pack([(0, NAME, 3.0)]))
    after = Detector(catalogue([sensor("g")], domain(edited), revision=2), before.pages())
    assert told(after.tick(tick(5))) == at_tick
    assert told(after.pack(pack([(6, NAME, 3.0)]))) == later


def test_a_condition_that_raises_its_first_kind_again_raises_another_signal_of_it() -> None:
    cities = [
        catalogue([sensor("g")], domain({**HIGH, "kind": kind}), revision=number)
        for number, kind in enumerate(("test.high", "test.flood", "test.high"), 1)
    ]
    detector, found = Detector(cities[0]), []
    for number, city in enumerate(cities):
        detector = Detector(city, detector.pages())
        found += detector.tick(tick(10 * number)) + detector.pack(pack([(10 * number + 1, NAME, 3.0)]))
    begun = [signal for signal in found if signal.state == "active"]
    assert [signal.raised_at for signal in begun] == [at(1), at(11), at(21)]
    assert len({signal.id for signal in begun}) == 3


def test_the_worst_condition_says_the_severity_after_an_edit_too() -> None:
    worse = {"above": 2.0, "severity": "major"}
    before = Detector(catalogue([sensor("g")], domain(HIGH, worse)))
    before.pack(pack([(0, NAME, 3.0)]))
    after = Detector(
        catalogue([sensor("g")], domain({**HIGH, "severity": "warning"}, worse), revision=2), before.pages()
    )
    assert after.tick(tick(5)) == []
    assert told(after.pack(pack([(6, NAME, 1.5)]))) == ["0 g test.high active warning"]


def test_a_silence_follows_an_edit_of_the_condition_that_watches_its_sensor() -> None:
    silent = {"absent_for": 3.0, "kind": "sensor.silent"}
    before = Detector(catalogue([sensor("g")], domain(silent), clock="events"))
    before.pack(pack([(0, NAME, 0.0)]))
    assert told(before.tick(tick(4, "events"))) == ["3 g sensor.silent active minor"]
    sooner = {"absent_for": 2.0, "kind": "sensor.silent", "severity": "major"}
    cities = [
        catalogue([sensor("g")], domain(*conditions), clock="events", revision=2)
        for conditions in ((silent, sooner), ({**silent, "kind": "sensor.asleep"},), (HIGH,))
    ]
    found = [told(Detector(city, before.pages()).tick(tick(5, "events"))) for city in cities]
    assert found == [
        ["3 g sensor.silent active major"],
        ["3 g sensor.asleep active minor", "5 g sensor.silent cleared minor"],
        ["5 g sensor.silent cleared minor"],
    ]
    both = Detector(cities[0], before.pages())
    both.tick(tick(5, "events"))
    assert told(both.pack(pack([(6, NAME, 0.0)]))) == ["6 g sensor.silent cleared major"]


def event(type_: str, id_: str, seconds: float, **data: Any) -> Event:
    return Event(type_, "power", "z1", "/scada", id_, at(seconds), at(seconds), data)


def outage(id_: str, seconds: float, kind: str = "signal.raised", severity: str = "critical") -> Event:
    return event(kind, id_, seconds, asset="feeder-1", kind="power.outage", severity=severity)


def test_another_systems_signal_begins_and_ends_once() -> None:
    detector = Detector(catalogue([sensor("feeder-1", kind="feeder", zone="z9", agency="evn")]))
    events = [
        outage("1", 0),
        outage("1", 0),
        outage("2", 1),
        outage("3", 9, "signal.cleared"),
        outage("4", 9, "signal.cleared"),
    ]
    found = [signal for item in events for signal in detector.event(item)]
    states = [(one.state, one.sources) for one in found]
    assert states == [("active", ("1",)), ("active", ("1", "2")), ("cleared", ("1", "2"))]
    assert told(found[::2]) == ["0 feeder-1 power.outage active critical", "9 feeder-1 power.outage cleared critical"]
    assert (found[0].origin, found[0].zone, found[0].agency, found[0].domain) == ("/scada", "z9", "evn", "power")
    assert detector.outside.ignored == 1


def test_an_event_whose_data_is_wrong_is_refused() -> None:
    with pytest.raises(Invalid):
        Detector(catalogue()).event(event("signal.raised", "1", 0, kind=3))


def test_works_and_warnings_are_no_signals() -> None:
    assert Detector(catalogue()).event(event("work.planned", "1", 0)) == []


def test_an_id_is_forgotten_after_a_day() -> None:
    detector = Detector(catalogue())
    detector.event(outage("1", 0))
    detector.event(outage("2", 1, "signal.cleared"))
    detector.event(outage("3", 26 * 3600, "signal.cleared"))
    assert [hour for hour in detector.outside.seen if hour * 3600 < at(3600).timestamp()] == []
    assert b"" in detector.take_dirty().values()
