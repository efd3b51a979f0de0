"""Rules rain_floods and pump_off_floods_road: one rain, several stories, each with its own best cause."""

from tests.scenarios.worlds import World, raised


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
