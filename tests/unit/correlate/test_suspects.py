"""A cause that never reports is suspected from its effects."""

import msgspec

from city.graph import graph_of
from schemas.assets import Relation
from tests.unit.correlate.town import asset, correlator, signal, told

DARK = [signal("traffic.signal_dark", f"tl{n}", n) for n in (1, 2, 3)]


def test_three_dark_signals_under_one_feeder_point_at_it() -> None:
    found = told(DARK)
    assert {item.suspected_asset for item in found.values()} == {"f1"}
    assert len(found) == 3


def test_what_else_a_suspected_feeder_would_silence_is_of_the_same_trouble_though_too_little_to_suspect_it() -> None:
    silent = [signal("sensor.silent", f"loop{n}", after) for n, after in ((1, 100), (2, 500), (3, 5_000))]
    alone = told(silent)
    assert {item.suspected_asset for item in alone.values()} == {None}
    found = told([*DARK, *silent])
    assert [found[one.id].suspected_asset for one in silent] == ["f1", "f1", None]
    assert found[silent[0].id].why == alone[silent[0].id].why.replace(
        "no cause is known", "several effects below f1 began together, so that a cause there is suspected"
    )


def test_what_follows_a_suspected_feeder_does_so_no_more_when_that_is_not_suspected() -> None:
    made = correlator()
    silent = signal("sensor.silent", "loop1", 100)
    for number, one in enumerate([*DARK, silent]):
        made.signal(one, number)
    made.settle(4)
    assert made.explanations()[silent.id].suspected_asset == "f1"
    made.signal(msgspec.structs.replace(DARK[0], withdrawn=True), 5)
    assert silent.id in {one.group for one in made.settle(6)}
    assert made.explanations()[silent.id].suspected_asset is None


def test_dark_signals_under_both_feeders_point_at_the_substation() -> None:
    found = told([signal("traffic.signal_dark", f"tl{n}", n) for n in range(1, 7)])
    assert {item.suspected_asset for item in found.values()} == {"sub"}


def test_two_dark_signals_or_three_hours_apart_suspect_nobody() -> None:
    few = told([signal("traffic.signal_dark", f"tl{n}", n) for n in (1, 2)])
    slow = told([signal("traffic.signal_dark", f"tl{n}", n * 7200) for n in (1, 2, 3)])
    assert {item.suspected_asset for item in [*few.values(), *slow.values()]} == {None}


def test_the_real_cause_takes_the_place_of_the_suspect() -> None:
    made = correlator()
    for number, one in enumerate(DARK):
        made.signal(one, number)
    assert len(made.settle(4)) == 3
    cause = signal("power.outage", "f1", 0)
    made.signal(cause, 5)
    made.settle(6)
    effects = [item for item in made.explanations().values() if item.group != cause.id]
    assert {(item.parent_group, item.suspected_asset) for item in effects} == {(cause.id, None)}


def test_an_asset_whose_own_signal_explains_them_not_is_suspected_as_any_other_and_what_lies_above_it_is_not() -> None:
    outage = signal("power.outage", "f1", -500)
    found = told([outage, *DARK])
    assert {item.suspected_asset for item in found.values() if item.group != outage.id} == {"f1"}
    assert found[outage.id].suspected_asset is None


def test_pressure_that_falls_at_three_points_of_a_main_suspects_a_burst() -> None:
    points = [f"point{n}" for n in range(4)]
    relations = [Relation(from_id="main", relation="carries", to_id=point) for point in points]
    made = correlator(
        graph_of([asset("main", "water_main"), *(asset(point, "pressure_point") for point in points)], relations)
    )
    for number, point in enumerate(points[:3]):
        made.signal(signal("water.pressure_low", point, number * 120), number)
    made.settle(9)
    assert {item.suspected_asset for item in made.explanations().values()} == {"main"}


def test_what_has_no_parent_says_what_is_known_of_its_cause_in_both_languages() -> None:
    suspected = told(DARK)[DARK[0].id]
    assert "below f1 began together" in suspected.why and "nghi ngờ nguyên nhân" in suspected.why_vi
    alone = told(DARK[:1])[DARK[0].id]
    assert alone.why == "traffic.signal_dark at tl1: no cause is known."
    smoke = [signal("air.smoke", f"tl{n}", 0) for n in (1, 2)]
    unhealthy = signal("air.unhealthy", "gauge", 600)
    assert "2 causes explain it about equally well" in told([*smoke, unhealthy])[unhealthy.id].why
