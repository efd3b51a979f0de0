"""VN_AQI as a value that conditions judge: the decision's example, its rule for missing hours, restarts, stretches."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.detect import INDEX, Detector, Together
from city.enrich import Catalogue
from schemas.domains import Condition, Domain
from schemas.readings import Pack, Tick
from schemas.signals import Signal
from tests.unit.detect.world import Reading, catalogue, flattened, pack, sensor, shipped_domains, tick, told

HOUR = 3600
PM25 = [26.9, 24.7, 20.5, 23.5, 19.5, 16.5, 19.0, 16.5, 20.3, 22.4, 19.6, 20.6]
"""The decision's example, 09:00 to 20:00."""


def air(*conditions: dict[str, Any]) -> dict[str, Domain]:
    """The shipped domain with the conditions on its index only, or with these."""
    shipped = shipped_domains()["air"]
    own = [one for one in shipped.conditions if one.quantity == INDEX]
    words = {"kind": "air.unhealthy", "severity": "minor", "quantity": INDEX, "name": "n", "name_vi": "n"}
    made = [msgspec.convert({"id": f"air.c{at}", **words, **one}, Condition) for at, one in enumerate(conditions)]
    return {"air": msgspec.structs.replace(shipped, conditions=made or own)}


def known(*conditions: dict[str, Any], clock: str = "live") -> Catalogue:
    sensors = [sensor("dust", measures="st-1"), sensor("gas", measures="st-1"), sensor("st-1", kind="air_station")]
    return catalogue(sensors, air(*conditions), clock=clock)


def hourly(name: str, values: Iterable[float | None]) -> list[Reading]:
    """Three readings of each hour, around its mean; None: none comes."""
    found = enumerate(values)
    return [
        (hour * HOUR + minute * 60, name, value + off)
        for hour, value in found
        if value is not None
        for minute, off in ((5, -1.5), (25, 0.5), (45, 1.0))
    ]


def judged(detector: Detector, readings: Iterable[Reading]) -> list[Signal]:
    return [signal for one in sorted(readings) for signal in detector.pack(pack([one]))]


def test_the_decisions_example_with_the_parameter_that_is_highest() -> None:
    readings = hourly("dust/pm25_ugm3", [*PM25, 20.0])
    readings += hourly("gas/no2_ugm3", [None] * 11 + [118.7]) + hourly("gas/o3_ugm3", [None] * 11 + [136.1])
    [signal] = judged(Detector(known({"above": 58.0})), readings)
    assert (signal.asset, signal.value, signal.limit) == ("st-1", 59.0, 58.0)
    assert signal.note == "VN_AQI 59: NO2 59, O3 43, PM2.5 41"
    assert told([signal]) == [f"{12 * HOUR} st-1 air.unhealthy active minor"]


def test_bad_for_two_hours_begins_with_the_second_hour_that_is_bad() -> None:
    signals = judged(Detector(known()), hourly("dust/pm25_ugm3", [20, 20, 20, 150, 150, 150, 20, 2, 2, 2]))
    assert [(one.condition, one.state) for one in signals] == [
        ("air.vn_aqi_bad", "active"),
        ("air.vn_aqi_bad", "cleared"),
    ]
    assert told(signals)[0] == f"{5 * HOUR} st-1 air.unhealthy active minor"


def test_worse_levels_are_worse_at_once_under_the_same_signal() -> None:
    signals = judged(Detector(known()), hourly("dust/pm25_ugm3", [90, 90, 90, 90, 400, 600, 600, 600]))
    assert [one.severity for one in signals] == ["minor", "major", "critical"]
    assert len({one.id for one in signals}) == 1
    assert signals[1].note and signals[1].note != signals[0].note


@pytest.mark.parametrize(
    ("hours", "begins"),
    [
        ([100, 100, 100, 100], [3]),
        ([100, None, 100, 100, 100], [4]),
        ([100, None, None, 100, None, None, 100, None, None], []),
    ],
)
def test_two_of_the_last_three_hours_are_needed(hours: list[float | None], begins: list[int]) -> None:
    signals = judged(Detector(known()), [*hourly("dust/pm25_ugm3", hours), (12 * HOUR, "gas/o3_ugm3", 10.0)])
    began = [int(line.split()[0]) // HOUR for line in told(signals) if " active " in line]
    assert began == begins


def test_an_hour_without_an_index_ends_nothing() -> None:
    readings = [*hourly("dust/pm25_ugm3", [100] * 4), *hourly("gas/no2_ugm3", [50] * 12)]
    assert [one.state for one in judged(Detector(known()), readings)] == ["active"]


def test_without_dust_there_is_no_index_however_bad_the_gases_are() -> None:
    assert judged(Detector(known()), hourly("gas/no2_ugm3", [3000] * 6)) == []


def test_what_a_faulty_instrument_sends_counts_for_no_hour() -> None:
    detector = Detector(known())
    found = [
        signal for one in hourly("dust/pm25_ugm3", [300] * 6) for signal in detector.pack(pack([one], {0: "fault"}))
    ]
    assert found == []


def test_hours_survive_a_restart() -> None:
    readings = sorted(hourly("dust/pm25_ugm3", [300.0 + hour for hour in range(6)]))
    whole = judged(Detector(known()), readings)
    first = Detector(known())
    begun = judged(first, readings[:8])
    assert begun + judged(Detector(known(), first.pages()), readings[8:]) == whole != []


def records(readings: list[Reading]) -> Iterator[Pack | Tick]:
    for start in range(0, len(readings), 4):
        part = readings[start : start + 4]
        yield pack(part)
        yield tick(part[-1][0], "events")


def test_in_stretches_it_is_what_it_is_record_by_record() -> None:
    gauges = [f"other-{number}/tsp_ugm3" for number in range(8)]
    readings = sorted(
        hourly("dust/pm25_ugm3", [300, 310, 320, 90, 20, 20, 20])
        + hourly("gas/no2_ugm3", [900] * 7)
        + [one for name in gauges for one in hourly(name, [50] * 7)]
    )
    every = list(records(readings))
    one, together = Detector(known(clock="events")), Detector(known(clock="events"))
    plainly = [one.tick(row) if isinstance(row, Tick) else one.pack(row) for row in every]
    stretched = Together(together)
    flat = [row if isinstance(row, Tick) else flattened(row) for row in every]
    found = [*stretched.signals(flat[:6]), *stretched.signals(flat[6:])]
    assert found == plainly
    assert any(found)


AIR = ["dust/pm25_ugm3", "dust/pm10_ugm3", "gas/o3_ugm3", "twin/pm25_ugm3", "far/pm25_ugm3"]
"""Two sensors tell the dust of one station."""
MEASURED = st.tuples(st.sampled_from(AIR), st.sampled_from([60, 300, 600, 1500]), st.sampled_from([0] * 9 + [2400]))


@settings(max_examples=25, deadline=None)
@given(st.lists(MEASURED, min_size=80, max_size=160), st.integers(1, 12))
def test_hours_end_in_stretches_as_they_end_one_by_one(rows: list[tuple[str, int, int]], size: int) -> None:
    sensors = [sensor(name, measures="st-1") for name in ("dust", "gas", "twin")]
    sensors += [sensor("far", measures="st-2"), *(sensor(name, kind="air_station") for name in ("st-1", "st-2"))]
    at_all = {"above": 0.0, "clear": -1.0}
    known_all = catalogue(sensors, air(at_all, {"above": 60.0, "kind": "air.bad"}), clock="events")
    records: list[Pack | Tick] = [pack([(0, name, 20.0) for name in AIR])]
    now = 0.0
    for number, (name, gap, late) in enumerate(rows):
        now += gap
        records += [pack([(now - late, name, 5.0 + 37 * number % 90)]), tick(now, "events")]
    one_by_one, detector = Detector(known_all), Detector(known_all)
    together = Together(detector)
    for start in range(0, len(records), 2 * size):
        stretch = records[start : start + 2 * size]
        expected = [one_by_one.tick(one) if isinstance(one, Tick) else one_by_one.pack(one) for one in stretch]
        flat = [one if isinstance(one, Tick) else flattened(one) for one in stretch]
        assert list(together.signals(flat)) == expected
    assert {name: page for name, page in detector.pages().items() if name.startswith(("series", "ind"))} == {
        name: page for name, page in one_by_one.pages().items() if name.startswith(("series", "ind"))
    }
