"""Rule effluent_pollutes_river."""

from tests.scenarios.worlds import World, raised


def test_effluent_pollutes_the_reaches_below_its_outfall(city: World) -> None:
    city.at(0).feed(raised("effluent.limit_exceeded", "plant1"))
    city.at(3600).feed(raised("river.polluted", "reach3"))
    incident = city.expect("effluent.limit_exceeded", asset="plant1", by=3605)
    assert city.links(incident)["river.polluted", "reach3"].path == ("plant1", "reach1", "reach2", "reach3")


def test_the_sixth_reach_is_too_far(city: World) -> None:
    city.at(0).feed(raised("effluent.limit_exceeded", "plant1"))
    city.at(3600).feed(raised("river.polluted", "reach7"))
    city.expect_incidents(2, by=3605)
