"""Rule smoke_spoils_air, and a tie that is offered and not decided."""

from tests.scenarios.worlds import World, raised, report


def test_a_citizen_sees_the_smoke_that_an_instrument_measures(city: World) -> None:
    city.at(0).feed(report("smoke", 3, 3, "Khói đen từ bãi rác"))
    city.at(900).feed(raised("air.unhealthy", "airq"))
    incident = city.expect("report.smoke", by=905)
    assert city.links(incident)["air.unhealthy", "airq"].distance_m is not None
    city.expect_incidents(1, by=910)


def test_smoke_on_the_other_side_of_town_is_another_incident(city: World) -> None:
    city.at(0).feed(raised("air.smoke", "far"))
    city.at(900).feed(raised("air.unhealthy", "airq"))
    city.expect_incidents(2, by=910)


def test_two_smokes_equally_near_are_candidates_and_nothing_is_linked(city: World) -> None:
    city.at(0).feed(raised("air.smoke", "tl2"), raised("air.smoke", "tl4"))
    city.at(900).feed(raised("air.unhealthy", "airq"))
    found = city.expect_incidents(3, by=910)
    effect = next(one for one in found if one.kind == "air.unhealthy")
    assert [one.reason for one in effect.candidates] == ["tie", "tie"]


def test_a_fire_spoils_the_air_and_the_smoke_that_people_see_is_its_own(city: World) -> None:
    city.at(0).feed(raised("fire.detected", "tl2", "critical"))
    city.at(120).feed(report("smoke", 2, 1, "Cháy lớn"))
    city.at(900).feed(raised("air.unhealthy", "airq"))
    incident = city.expect("fire.detected", asset="tl2", by=905)
    assert {one.kind for one in city.signals(incident)} >= {"fire.detected", "air.unhealthy"}
