"""Units, plausible ranges, places, and the clock of recordings."""

import json
from typing import Any

import pytest

from city.enrich import Catalogue
from city.judge import Accepted
from city.normalise import Columns, Normaliser, Place
from city.packing import PACK_READINGS, Segment
from city.units import UNITS, conversion
from city.watermark import ALONE, GOES_ON_MS, HOUR_MS, Watermark
from schemas.assets import Asset, City
from schemas.domains import Domain, Quantity
from schemas.errors import Invalid
from schemas.senml import Fault, resolve

NOW = 1_767_250_800_000
RIVER = Domain(
    id="river",
    name="River",
    name_vi="Sông",
    description="",
    description_vi="",
    quantities={
        "stage_m": Quantity(unit="m", name="Stage", name_vi="Mực nước", min=-5, max=30),
        "flow": Quantity(unit="m3/s", name="Flow", name_vi="Lưu lượng"),
    },
)
GAUGE = Asset(id="gauge-1", kind="sensor", name="Gauge", zone="zone-a")


def normaliser(clock: str = "live") -> Normaliser:
    city = City(id="c", name="C", name_vi="C", time_zone="Asia/Ho_Chi_Minh", clock=clock)
    return Normaliser(Catalogue.build({"c": city}, {GAUGE.id: GAUGE}, {RIVER.id: RIVER}, {}))


def normalised(*records: dict[str, Any], clock: str = "live") -> tuple[dict[Place, Columns], list[Fault]]:
    resolved = resolve(json.dumps(records).encode(), NOW)
    return normaliser(clock).readings(resolved, NOW), resolved.faults


def test_readings_are_placed_by_quantity_and_sensor() -> None:
    found, faults = normalised({"n": "gauge-1/stage_m", "v": 150, "u": "cm"}, {"n": "wild/stage_m", "v": 2})
    assert faults == []
    assert {place: columns.values for place, columns in found.items()} == {
        Place("river", "zone-a"): [1.5],
        Place("river", "unknown"): [2.0],
    }


def test_without_a_unit_the_quantitys_own_holds() -> None:
    found, _ = normalised({"n": "gauge-1/stage_m", "v": 1.5})
    assert found[Place("river", "zone-a")].values == [1.5]


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"n": "gauge-1/stage_m", "v": 31}, "v"),
        ({"n": "gauge-1/stage_m", "v": -5.1}, "v"),
        ({"n": "gauge-1/flow", "bv": 1e308, "v": 1e308}, "v"),
        ({"n": "gauge-1/flow", "v": -3.4e38}, "v"),
        ({"n": "gauge-1/stage_m", "v": 1, "u": "V"}, "u"),
        ({"n": "gauge-1/stage_m", "v": 1, "u": "ell"}, "u"),
        ({"n": "gauge-1/charm", "v": 1}, "n"),
        ({"n": "stage_m", "v": 1}, "n"),
        ({"n": "mực nước/stage_m", "v": 1}, "n"),
        ({"n": "gauge-1/stage_m", "v": 1, "t": 301}, "t"),
        ({"n": "gauge-1/stage_m", "v": 1, "t": -3e9}, "t"),
    ],
)
def test_what_cannot_be_taken_is_named(record: dict[str, Any], field: str) -> None:
    found, (fault,) = normalised(record)
    assert (found, fault.field) == ({}, field)


def test_a_recording_may_be_ahead_of_the_wall_clock_but_not_of_every_calendar() -> None:
    assert normalised({"n": "gauge-1/stage_m", "v": 1, "t": NOW / 1000 + 9e5}, clock="events")[1] == []
    assert normalised({"n": "gauge-1/stage_m", "v": 1, "t": 9e9}, clock="events")[1][0].field == "t"


@pytest.mark.parametrize(
    ("value", "unit", "own", "expected"),
    [
        (10, "m/s", "km/h", 36.0),
        (293.15, "K", "Cel", 20.0),
        (0.5, "mg/m3", "ug/m3", 500.0),
        (1, "kg/m3", "mg/l", 1000.0),
        (3600, "1/h", "Hz", 1.0),
        (2, "m3/h", "l/s", 0.5555555555555556),
        (40, "%", "/", 0.4),
        (1013, "hPa", "kPa", 101.3),
    ],
)
def test_values_are_converted(value: float, unit: str, own: str, expected: float) -> None:
    factor, shift = conversion(unit, own)
    assert value * factor + shift == pytest.approx(expected)


@pytest.mark.parametrize("unit", sorted(UNITS))
def test_a_unit_converts_to_itself_unchanged(unit: str) -> None:
    assert conversion(unit, unit) == (1.0, 0.0)


def test_units_of_different_dimensions_do_not_convert() -> None:
    with pytest.raises(Invalid):
        conversion("m", "V")


def test_the_watermark_is_the_running_maximum() -> None:
    clock = Watermark()
    assert [clock.advance("a", mark) for mark in (5, 3, 9)] == [5, 5, 9]


def test_a_source_far_ahead_counts_once_a_second_agrees() -> None:
    clock = Watermark()
    far = 100 * HOUR_MS
    clock.advance("a", 0)
    assert clock.advance("b", far) == 0
    assert clock.advance("a", 1) == 1
    assert clock.advance("c", far + 5) == far + 5


def test_of_a_whole_recording_a_source_that_goes_on_alone_far_ahead_counts_after_five_minutes() -> None:
    clock, ingest = Watermark(goes_on_ms=GOES_ON_MS), Watermark()
    far = 2 * HOUR_MS
    for one in (clock, ingest):
        assert [one.advance("a", 0), one.advance("b", 1), one.advance("b", far)] == [0, 1, 1]
    assert [clock.advance("b", far + 299_999), clock.advance("b", far + 300_000)] == [1, far + 300_000]
    assert ingest.advance("b", far + 300_000) == 1


def test_whoever_speaks_between_shows_that_a_source_far_ahead_is_wrong() -> None:
    clock = Watermark(goes_on_ms=GOES_ON_MS)
    far = 2 * HOUR_MS
    told = [clock.advance(name, at) for name, at in (("a", 0), ("b", 1), ("b", far), ("a", 2), ("b", far + 300_000))]
    assert told == [0, 1, 1, 2, 2]


def test_a_single_source_may_jump() -> None:
    clock = Watermark()
    clock.advance("a", 0)
    assert clock.advance("a", 100 * HOUR_MS) == 100 * HOUR_MS


@pytest.mark.parametrize("stray", [-87_600 * HOUR_MS, 87_600 * HOUR_MS], ids=["ten years behind", "ten years ahead"])
def test_a_first_mark_that_no_other_is_near_does_not_hold_the_clock(stray: int) -> None:
    clock = Watermark()
    assert [clock.advance(name, at) for at, name in enumerate("abab", 1)] == [1, 2, 3, 4], "begun as always"
    clock = Watermark()
    assert clock.advance("odd", stray) == stray
    assert [clock.advance(name, at) for at, name in enumerate("abab", 1)] == [stray, 2, 3, 4], "two agree"
    clock = Watermark()
    clock.advance("odd", stray)
    assert [clock.advance("a", at) for at in range(1, ALONE + 2)][-3:] == [stray, ALONE, ALONE + 1], "many of one"


def test_a_clock_that_was_told_or_that_a_second_mark_is_near_does_not_go_back() -> None:
    told, near = Watermark(), Watermark()
    far = 100 * HOUR_MS
    told.advance("odd", far)
    told.tell()
    near.advance("odd", far)
    near.advance("odd", far + 1)
    for clock, stands in ((told, far), (near, far + 1)):
        assert clock.sure
        assert {clock.advance(name, at) for at in range(ALONE + 1) for name in "ab"} == {stands}


def test_the_states_of_instruments_stay_with_their_readings_through_places_and_packs() -> None:
    records = [
        {"n": "gauge-1/stage_m" if number % 2 else "wild/stage_m", "v": 1} for number in range(2 * PACK_READINGS + 8)
    ]
    records[-1]["quality"], records[-2]["quality"], records[1]["quality"] = "fault", "calibrating", "calibrating"
    found, _ = normalised(*records)
    segment = Segment()
    for _ in range(2):
        segment.add(Accepted("/feed", "1", None, NOW, NOW, found))
    states = [(pack.zone, len(pack.names), pack.states) for pack in segment.packs()]
    assert states[:2] == [
        ("unknown", PACK_READINGS, {}),
        ("unknown", PACK_READINGS, {3: "calibrating"}),
    ]
    assert states[3:5] == [
        ("zone-a", PACK_READINGS, {0: "calibrating"}),
        ("zone-a", PACK_READINGS, {3: "fault", 4: "calibrating"}),
    ]
