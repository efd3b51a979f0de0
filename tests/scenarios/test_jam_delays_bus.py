"""Rule jam_delays_bus."""

from tests.scenarios.worlds import World, raised


def test_a_jam_makes_the_line_late_that_passes_it(city: World) -> None:
    city.at(0).feed(raised("traffic.stalled", "loop2"))
    city.at(1500).feed(raised("traffic.bus_delayed", "line1", "warning"))
    incident = city.expect("traffic.stalled", asset="seg2", by=1505)
    assert incident.signal_count == 2


def test_a_jam_elsewhere_is_not_why_a_line_is_late(city: World) -> None:
    city.at(0).feed(raised("traffic.stalled", "far"))
    city.at(1500).feed(raised("traffic.bus_delayed", "line1", "warning"))
    city.expect_incidents(2, by=1510)
