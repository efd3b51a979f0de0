"""Stories that cross in place and time: each effect goes to what explains it best, whatever the order."""

import pytest

from tests.scenarios.worlds import Message, World, raised

STORY = [
    raised("power.outage", "f1", "critical", happened=0),
    raised("traffic.signal_dark", "tl1", happened=10),
    raised("traffic.signal_dark", "tl4", happened=12),
    raised("traffic.crash", "seg4", happened=100),
    raised("traffic.stalled", "seg4", happened=130),
    raised("traffic.slow", "loop1", happened=300),
    raised("water.burst", "main1", happened=0),
    raised("road.flooded", "seg2", happened=700),
    raised("traffic.slow", "loop2", happened=800),
]


@pytest.mark.parametrize("order", [STORY, STORY[::-1], STORY[4:] + STORY[:4]])
def test_each_effect_goes_to_its_own_cause_in_any_order(city: World, order: list[Message]) -> None:
    city.at(900)
    for message in order:
        city.feed(message)
    found = {one.kind: city.links(one) for one in city.expect_incidents(3, by=905)}
    assert set(found["power.outage"]) == {
        ("traffic.signal_dark", "tl1"),
        ("traffic.signal_dark", "tl4"),
        ("traffic.slow", "loop1"),
    }
    assert set(found["traffic.crash"]) == {("traffic.stalled", "seg4")}
    assert set(found["water.burst"]) == {("road.flooded", "seg2"), ("traffic.slow", "loop2")}


def test_a_road_that_two_stories_explain_equally_well_is_one_incident_slow_and_then_at_a_stop(city: World) -> None:
    city.at(0).feed(raised("traffic.signal_dark", "tl1"))
    city.at(100).feed(raised("traffic.stalled", "seg2"))
    city.at(300).feed(raised("traffic.slow", "loop1"))
    city.at(310).feed(raised("traffic.stalled", "loop1"))
    city.expect_incidents(3, by=320)
    road = city.expect("traffic.slow", by=320)
    assert road.signal_count == 2
    assert city.links(road)["traffic.stalled", "loop1"].rule == "tied"
    assert {one.reason for one in road.candidates} >= {"tie"}
