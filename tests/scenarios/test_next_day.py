"""Causes that reach far: a pump that lost its power yesterday floods its road in today's rain."""

import pytest

from tests.scenarios.worlds import World, cleared, raised

HOUR = 3600.0


def test_the_flood_of_the_next_day_belongs_to_yesterdays_outage(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1", "critical"))
    city.at(30).feed(raised("water.pump_off", "pump1"))
    yesterday = city.expect("power.outage", asset="f1", by=32)
    city.at(2 * HOUR).feed(cleared("power.outage", "f1"))
    city.at(22 * HOUR).feed(raised("weather.heavy_rain", "gauge"))
    city.at(23 * HOUR).feed(raised("road.flooded", "seg3"))
    outage = city.expect("power.outage", asset="f1", by=23 * HOUR + 2)
    assert outage.id == yesterday.id
    link = city.links(outage)["road.flooded", "seg3"]
    assert (link.rule, len(link.conditions)) == ("pump_off_floods_road", 1)
    city.expect("weather.heavy_rain", asset="gauge", by=23 * HOUR + 4)
    city.expect_incidents(2, by=23 * HOUR + 5)


@pytest.mark.only_in("pure", "live", because="which id goes on after a split depends on what came first")
def test_a_pump_that_is_still_off_a_day_after_power_is_back_takes_its_flood_with_it(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1", "critical"))
    outage = city.expect("power.outage", asset="f1", by=2)
    city.at(30).feed(raised("water.pump_off", "pump1"))
    city.at(2 * HOUR).feed(cleared("power.outage", "f1"))
    city.at(22 * HOUR).feed(raised("weather.heavy_rain", "gauge"))
    city.at(23 * HOUR).feed(raised("road.flooded", "seg3"))
    assert city.expect("power.outage", asset="f1", by=23 * HOUR + 2).signal_count == 3
    city.at(26 * HOUR + 5)
    pump = city.expect("water.pump_off", asset="pump1", by=26 * HOUR + 10)
    assert city.links(pump).keys() == {("road.flooded", "seg3")}
    assert {(one.reason, one.incident) for one in pump.candidates} == {("outlived", outage.id)}
    assert city.expect("power.outage", asset="f1", state="resolved", by=26 * HOUR + 100).id == outage.id


def test_a_pump_that_runs_again_before_the_rain_floods_nothing(city: World) -> None:
    city.at(0).feed(raised("water.pump_off", "pump1"))
    city.at(HOUR).feed(cleared("water.pump_off", "pump1"))
    city.at(22 * HOUR).feed(raised("weather.heavy_rain", "gauge"))
    city.at(23 * HOUR).feed(raised("road.flooded", "seg3"))
    rain = city.expect("weather.heavy_rain", asset="gauge", by=23 * HOUR + 2)
    assert ("road.flooded", "seg3") in city.links(rain)
