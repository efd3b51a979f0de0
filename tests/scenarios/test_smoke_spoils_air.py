"""Rule smoke_spoils_air, with and without a wind, and a tie that is offered and not decided."""

from tests.scenarios.worlds import World, raised, reading, report


def smoke_in_the_wind(city: World, direction_deg: float, speed_ms: float = 3.0) -> None:
    """The wind comes from there; ten minutes later smoke is seen south-west of the station, whose air gets bad."""
    city.at(0).feed(reading("wind1", wind_direction_deg=direction_deg, wind_speed_ms=speed_ms))
    city.expect_incidents(0, by=300)
    city.at(600).feed(raised("air.smoke", "tl2"))
    city.at(900).feed(reading("airq", pm25_ugm3=220))
    city.at(1080).feed(reading("airq", pm25_ugm3=230))


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


def test_smoke_spoils_the_air_down_wind_and_the_link_says_where_the_wind_came_from(city: World) -> None:
    smoke_in_the_wind(city, 250)
    [incident] = city.expect_incidents(1, by=1090)
    assert incident.kind == "air.smoke"
    link = city.links(incident)["air.unhealthy", "airq"]
    assert link.why.endswith("The wind came from the west.")
    assert link.why_vi.endswith("Khi đó gió thổi từ hướng tây.")


def test_the_air_up_wind_of_smoke_is_bad_for_another_reason_and_the_smoke_is_told_as_a_near_miss(city: World) -> None:
    smoke_in_the_wind(city, 70)
    found = city.expect_incidents(2, by=1090)
    [missed] = next(one for one in found if one.kind == "air.unhealthy").candidates
    assert (missed.reason, missed.score) == ("upwind", 0.0)
    assert missed.why.endswith("The wind came from the east: it does not lie down wind.")


def test_in_a_calm_smoke_spoils_the_air_all_around(city: World) -> None:
    smoke_in_the_wind(city, 70, speed_ms=0.3)
    city.expect_incidents(1, by=1090)
