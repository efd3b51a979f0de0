"""Rule slow_becomes_stalled: one jam of one road, unless something else explains the stop better."""

from tests.scenarios.worlds import World, raised, reading


def test_traffic_that_slows_and_then_stands_still_is_one_incident(city: World) -> None:
    for second in range(0, 60, 5):
        city.at(second).feed(reading("loop5", speed_kmh=3.0))
    incident = city.expect("traffic.slow", asset="seg5", by=62)
    assert (incident.severity, incident.signal_count) == ("major", 2)
    city.expect_incidents(1, by=65)


def test_a_stop_that_a_crash_explains_belongs_to_the_crash(city: World) -> None:
    city.at(0).feed(raised("traffic.slow", "seg5"))
    city.at(600).feed(raised("traffic.crash", "seg5"))
    city.at(660).feed(raised("traffic.stalled", "seg5"))
    crash = city.expect("traffic.crash", asset="seg5", by=665)
    assert city.links(crash)["traffic.stalled", "seg5"].rule == "crash_congests"
    city.expect_incidents(2, by=670)


def test_traffic_that_stands_on_the_next_road_is_another_incident(city: World) -> None:
    city.at(0).feed(raised("traffic.slow", "seg1"))
    city.at(120).feed(raised("traffic.stalled", "seg2"))
    city.expect_incidents(2, by=130)
