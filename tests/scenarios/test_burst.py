"""Rules burst_lowers_pressure, burst_floods_road and burst_raises_flow."""

from tests.scenarios.worlds import World, cleared, raised


def test_a_burst_lowers_the_pressure_and_floods_the_road_above(city: World) -> None:
    city.at(0).feed(raised("water.pressure_low", "pp1", happened=-5), raised("water.burst", "main1", happened=-60))
    city.at(400).feed(raised("road.flooded", "seg2"))
    city.at(900).feed(raised("traffic.stalled", "seg2"))
    incident = city.expect("water.burst", asset="main1", by=905)
    city.expect_incidents(1, by=910)
    links = city.links(incident)
    assert links["road.flooded", "seg2"].rule == "burst_floods_road"
    assert links["traffic.stalled", "seg2"].rule == "flooded_road_congests"


def test_a_road_that_no_main_runs_under_is_not_flooded_by_the_burst(city: World) -> None:
    city.at(0).feed(raised("water.burst", "main1"))
    city.at(400).feed(raised("road.flooded", "seg5"))
    city.expect_incidents(2, by=410)


def test_low_pressure_long_before_the_burst_is_another_incident(city: World) -> None:
    city.at(0).feed(raised("water.pressure_low", "pp1"))
    city.at(600).feed(raised("water.burst", "main1"))
    city.expect_incidents(2, by=610)


def test_a_flow_that_jumps_at_the_burst_is_its_effect(city: World) -> None:
    city.at(0).feed(raised("water.flow_high", "main1", "minor"), raised("water.burst", "main1", happened=-30))
    incident = city.expect("water.burst", asset="main1", by=5)
    city.expect_incidents(1, by=6)
    assert city.links(incident)["water.flow_high", "main1"].rule == "burst_raises_flow"


def test_a_flow_that_jumps_when_the_burst_is_repaired_and_the_mains_fill_again_is_of_the_burst(city: World) -> None:
    city.at(0).feed(raised("water.burst", "main1"))
    city.at(900).feed(cleared("water.burst", "main1"))
    city.at(960).feed(raised("water.flow_high", "main1", "minor"))
    incident = city.expect("water.burst", asset="main1", by=965)
    city.expect_incidents(1, by=966)
    assert incident.active_count == 1
    city.at(1050).feed(cleared("water.flow_high", "main1"))
    city.expect("water.burst", asset="main1", state="resolved", by=1300)


def test_a_flow_that_jumps_by_itself_is_no_burst(city: World) -> None:
    city.at(0).feed(raised("water.flow_high", "main1", "minor"))
    city.expect("water.flow_high", asset="main1", by=5)
    city.at(900).feed(raised("water.burst", "main1"))
    city.expect_incidents(2, by=910)
