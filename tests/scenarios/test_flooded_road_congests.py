"""Rule flooded_road_congests."""

from tests.scenarios.worlds import World, raised


def test_water_on_the_road_slows_it(city: World) -> None:
    city.at(0).feed(raised("road.flooded", "seg1"))
    city.at(600).feed(raised("traffic.slow", "loop1"))
    assert city.expect("road.flooded", asset="seg1", by=605).kind == "road.flooded"
    city.expect_incidents(1, by=610)


def test_a_road_that_slows_an_hour_later_has_another_reason(city: World) -> None:
    city.at(0).feed(raised("road.flooded", "seg1"))
    city.at(3600).feed(raised("traffic.slow", "loop1"))
    city.expect_incidents(2, by=3610)
