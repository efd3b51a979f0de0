"""Rules bad_air_goes_on, air_over_area, faulty_air_instrument: how a station, an area and a bad instrument are told."""

from tests.scenarios.worlds import Message, World, cleared, raised

HOUR = 3600


def over_the_limit(asset: str, severity: str = "minor") -> Message:
    return raised("air.limit_exceeded", asset, severity)


def test_a_bad_hour_and_the_mean_of_the_day_are_one_incident_of_the_station(city: World) -> None:
    city.at(0).feed(raised("air.unhealthy", "airq"))
    city.at(2 * HOUR).feed(cleared("air.unhealthy", "airq"))
    city.at(2 * HOUR + 60).feed(over_the_limit("airq"))
    city.at(3 * HOUR).feed(raised("air.unhealthy", "airq"))
    [incident] = city.expect_incidents(1, by=3 * HOUR + 10)
    assert {signal.kind for signal in city.signals(incident)} == {"air.unhealthy", "air.limit_exceeded"}


def test_smoke_that_comes_the_same_evening_has_its_own_bad_air(city: World) -> None:
    city.at(0).feed(raised("air.smoke", "stack1"))
    city.at(HOUR).feed(raised("air.unhealthy", "airq"))
    city.at(2 * HOUR).feed(cleared("air.unhealthy", "airq"), cleared("air.smoke", "stack1"))
    city.at(5 * HOUR).feed(raised("air.smoke", "stack1", "critical"))
    city.at(5 * HOUR + 1200).feed(raised("air.unhealthy", "airq"))
    evening = city.expect("air.smoke", asset="stack1", state="open", by=5 * HOUR + 1230)
    assert (evening.severity, evening.signal_count) == ("critical", 2)


def test_bad_air_after_four_good_hours_is_another_matter(city: World) -> None:
    city.at(0).feed(raised("air.unhealthy", "airq"))
    city.at(HOUR).feed(cleared("air.unhealthy", "airq"))
    city.at(5 * HOUR + 60).feed(over_the_limit("airq"))
    city.expect("air.limit_exceeded", asset="airq", by=5 * HOUR + 90)


def test_a_mean_over_its_limit_alone_opens_an_incident(city: World) -> None:
    city.at(0).feed(over_the_limit("airq"))
    incident = city.expect("air.limit_exceeded", asset="airq", by=20)
    assert incident.severity == "minor"


def test_three_stations_over_the_limit_are_one_incident_of_the_area(city: World) -> None:
    city.at(0).feed(over_the_limit("stack1"), raised("air.unhealthy", "stack1", "minor"))
    city.at(HOUR).feed(over_the_limit("airq"))
    city.expect_incidents(2, by=HOUR + 30)
    city.at(3 * HOUR).feed(over_the_limit("plant1", "major"))
    incident = city.expect("air_over_area", by=3 * HOUR + 30)
    assert (incident.severity, incident.signal_count) == ("major", 4)
    city.at(30 * HOUR).feed(over_the_limit("reach1"))
    city.expect_incidents(1, by=30 * HOUR + 30)


def test_a_station_far_away_is_none_of_the_area(city: World) -> None:
    city.at(0).feed(*map(over_the_limit, ("stack1", "airq", "far")))
    city.expect_incidents(3, by=30)


def test_a_value_that_never_moves_is_no_breach(city: World) -> None:
    city.at(0).feed(over_the_limit("airq"))
    city.at(1800).feed(raised("sensor.stuck", "airq", "minor"))
    incident = city.expect("sensor.stuck", asset="airq", by=1830)
    assert ("air.limit_exceeded", "airq") in city.links(incident)
    city.expect_incidents(1, by=1840)
