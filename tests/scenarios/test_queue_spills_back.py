"""Rule queue_spills_back, and the rush hour that must stay many incidents."""

from tests.scenarios.worlds import World, raised


def test_a_queue_grows_upstream_from_its_head(city: World) -> None:
    city.at(0).feed(raised("traffic.stalled", "seg3"))
    city.at(120).feed(raised("traffic.stalled", "seg2"))
    city.at(240).feed(raised("traffic.slow", "seg1"))
    incident = city.expect("traffic.stalled", asset="seg3", by=245)
    assert city.links(incident)["traffic.slow", "seg1"].relations[0] == "~flows_to"
    city.expect_incidents(1, by=250)


def test_slow_traffic_all_over_town_stays_many_incidents(city: World) -> None:
    for number in range(1, 7):
        city.at(60 * number).feed(raised("traffic.slow", f"seg{number}"))
    city.expect_incidents(6, by=400)


def test_a_queue_downstream_is_not_explained_by_one_upstream(city: World) -> None:
    city.at(0).feed(raised("traffic.stalled", "seg1"))
    city.at(120).feed(raised("traffic.stalled", "seg2"))
    city.expect_incidents(2, by=130)
