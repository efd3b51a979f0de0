"""Rule crash_congests."""

from tests.scenarios.worlds import World, raised


def test_a_crash_slows_its_own_segment(city: World) -> None:
    city.at(0).feed(raised("traffic.slow", "loop2"))
    city.at(60).feed(raised("traffic.crash", "seg2", "critical", happened=-30))
    incident = city.expect("traffic.crash", asset="seg2", by=65)
    assert incident.signal_count == 2


def test_a_crash_on_the_next_segment_is_another_incident(city: World) -> None:
    city.at(0).feed(raised("traffic.crash", "seg3"), raised("traffic.slow", "loop2"))
    city.expect_incidents(2, by=10)
