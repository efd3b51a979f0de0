"""Rules rain_floods and pump_off_floods_road: one rain, several stories, each with its own best cause."""

import pytest

from tests.scenarios.worlds import World, raised, report, warned

ONE_NAME = "a message names zones, and those of all copies of the town are called alike"


def test_a_pump_without_power_floods_its_road_in_the_rain_and_outranks_it(city: World) -> None:
    city.at(0).feed(raised("weather.heavy_rain", "gauge"), raised("power.outage", "f1"))
    city.at(30).feed(raised("water.pump_off", "pump1"))
    city.at(1500).feed(raised("road.flooded", "seg3"), raised("road.flooded", "seg1"))
    outage = city.expect("power.outage", asset="f1", by=1510)
    rain = city.expect("weather.heavy_rain", asset="gauge", by=1510)
    city.expect_incidents(2, by=1510)
    link = city.links(outage)["road.flooded", "seg3"]
    assert link.rule == "pump_off_floods_road" and len(link.conditions) == 1
    assert "Mưa lớn".lower() in link.why_vi
    assert ("road.flooded", "seg1") in city.links(rain)


def test_without_rain_the_stopped_pump_explains_no_flood(city: World) -> None:
    city.at(0).feed(raised("water.pump_off", "pump1"))
    city.at(1500).feed(raised("road.flooded", "seg3"))
    found = city.expect_incidents(2, by=1510)
    assert any(one.candidates for one in found if one.root_asset == "seg3")


def test_rain_in_one_zone_floods_no_road_in_another(city: World) -> None:
    city.at(0).feed(raised("weather.heavy_rain", "gauge"))
    city.at(1500).feed(raised("road.flooded", "far"))
    city.expect_incidents(2, by=1510)


def test_a_flood_reported_between_two_that_one_rain_made_is_told_of_in_the_incident_of_the_rain(city: World) -> None:
    city.at(0).feed(raised("weather.heavy_rain", "gauge"))
    city.at(1200).feed(raised("road.flooded", "seg1"), raised("road.flooded", "seg2"))
    city.at(1500).feed(report("flood", 3, 1))
    rain = city.expect("weather.heavy_rain", asset="gauge", by=1510)
    city.expect_incidents(1, by=1510)
    (link,) = [one for (kind, _), one in city.links(rain).items() if kind == "report.flood"]
    assert (link.kind, link.rule) == ("same", "same_flood")
    assert "another one of the same incident" in link.why and "1 tín hiệu khác của cùng sự cố" in link.why_vi
    assert not rain.candidates


def test_a_flood_reported_between_two_of_different_stories_stays_alone_with_both_as_candidates(city: World) -> None:
    city.at(1200).feed(raised("road.flooded", "seg1"), raised("road.flooded", "seg2"))
    city.at(1500).feed(report("flood", 3, 1))
    found = city.expect_incidents(3, by=1510)
    (alone,) = [one for one in found if one.root_asset not in ("seg1", "seg2")]
    assert [one.reason for one in alone.candidates] == ["tie", "tie"]


def test_a_rain_that_is_told_last_brings_floods_and_what_was_reported_between_them_together(city: World) -> None:
    city.at(1200).feed(raised("road.flooded", "seg1"), raised("road.flooded", "seg2"))
    city.at(1500).feed(report("flood", 3, 1), report("flood", 3.1, 1.1))
    city.expect_incidents(3, by=1510)
    city.at(1520).feed(raised("weather.heavy_rain", "gauge", happened=0))
    city.expect_incidents(1, by=1530)
    assert city.expect("weather.heavy_rain", asset="gauge", by=1530).signal_count == 5


@pytest.mark.only_in("pure", "shuffled", because=ONE_NAME)
def test_rain_that_is_only_warned_of_floods_the_roads_of_every_zone_that_it_is_about(city: World) -> None:
    city.at(0).feed(warned(city, "Mưa lớn", "z1", "z2"))
    city.at(1300).feed(raised("road.flooded", "seg1"), raised("road.flooded", "far"))
    (rain,) = city.expect_incidents(1, by=1310)
    assert rain.signal_count == 3
    found = city.links(rain)
    assert found["road.flooded", "far"].path == ("z2", "far")
    assert found["road.flooded", "seg1"].rule == "rain_floods"


@pytest.mark.only_in("pure", "shuffled", because=ONE_NAME)
def test_rain_that_is_warned_of_floods_nothing_where_it_was_not(city: World) -> None:
    city.at(0).feed(warned(city, "Mưa lớn", "z2"))
    city.at(1300).feed(raised("road.flooded", "seg1"))
    city.expect_incidents(2, by=1310)


@pytest.mark.only_in("pure", "shuffled", because=ONE_NAME)
def test_rain_that_was_measured_explains_a_flood_better_than_a_warning_of_it(city: World) -> None:
    city.at(0).feed(warned(city, "Mưa lớn", "z1", "z2"))
    city.at(60).feed(raised("weather.heavy_rain", "gauge"))
    city.at(1300).feed(raised("road.flooded", "seg1"), raised("road.flooded", "far"))
    city.expect_incidents(2, by=1310)
    rain = city.expect("weather.heavy_rain", asset="gauge", by=1310)
    assert city.links(rain).keys() == {("road.flooded", "seg1")}
