"""Rule pump_off_in_rain: the rain is cited and never joins."""

from tests.scenarios.worlds import World, cleared, raised


def test_a_pump_that_stops_in_the_rain_is_critical_before_anything_floods(city: World) -> None:
    city.at(0).feed(raised("weather.heavy_rain", "gauge", severity="minor"))
    city.at(3600).feed(raised("water.pump_off", "pump1"))
    incident = city.expect("pump_off_in_rain", asset="pump1", by=3605)
    assert (incident.severity, incident.signal_count) == ("critical", 1)
    assert len(city.links(incident)["water.pump_off", "pump1"].conditions) == 1
    city.expect("weather.heavy_rain", asset="gauge", by=3606)
    city.expect_incidents(2, by=3610)


def test_what_it_floods_comes_along(city: World) -> None:
    city.at(0).feed(raised("weather.heavy_rain", "gauge"), raised("water.pump_off", "pump1"))
    city.at(1200).feed(raised("road.flooded", "seg3"))
    incident = city.expect("pump_off_in_rain", asset="pump1", by=1205)
    assert incident.signal_count == 2


def test_a_pump_that_stops_on_a_dry_day_or_ran_again_before_the_rain_is_no_such_thing(city: World) -> None:
    city.at(0).feed(raised("water.pump_off", "pump1"))
    city.at(600).feed(cleared("water.pump_off", "pump1"))
    city.at(900).feed(raised("weather.heavy_rain", "gauge"))
    city.expect("water.pump_off", asset="pump1", state="resolved", by=905)
    city.expect_incidents(2, by=910)


def test_a_pump_without_power_stays_with_its_outage(city: World) -> None:
    city.at(0).feed(raised("weather.heavy_rain", "gauge"), raised("power.outage", "f1"))
    city.at(20).feed(raised("water.pump_off", "pump1"))
    city.expect("power.outage", asset="f1", by=25)
    city.expect_incidents(2, by=30)
