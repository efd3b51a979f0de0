"""The `same` rules: several sources tell of one thing."""

from tests.scenarios.worlds import World, raised, report


def test_one_crash_reported_by_two_citizens_and_a_detector_is_one_incident(city: World) -> None:
    city.at(0).feed(report("crash", 2, 1, "Hai xe máy va chạm"))
    city.at(60).feed(raised("traffic.crash", "seg1"))
    city.at(600).feed(report("crash", 3, 2, "Tai nạn, kẹt xe"))
    city.expect_incidents(1, by=605)
    city.expect("traffic.crash", asset="seg1", by=610)


def test_two_crashes_near_each_other_are_two_incidents(city: World) -> None:
    city.at(0).feed(raised("traffic.crash", "seg1"), raised("traffic.crash", "seg2"))
    city.expect_incidents(2, by=10)


def test_a_flood_reported_nearby_joins_the_measured_one_and_far_away_does_not(city: World) -> None:
    city.at(0).feed(raised("road.flooded", "seg1"), report("flood", 3, 1), report("flood", 30, 30))
    city.expect_incidents(2, by=10)


def test_a_leak_reported_near_the_burst_is_the_burst_within_the_hour(city: World) -> None:
    city.at(0).feed(raised("water.burst", "main1"), report("leak", 4, 2))
    city.at(4000).feed(report("leak", 4, 2))
    city.expect_incidents(2, by=4010)


def test_no_light_in_a_street_is_the_outage_of_the_feeder_that_feeds_it(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    city.at(600).feed(report("outage", 2, 1, "Mất điện cả khu phố"))
    city.expect_incidents(1, by=605)


def test_no_light_where_the_feeder_feeds_nothing_is_another_outage(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    city.at(600).feed(report("outage", 60, 60, "Mất điện"))
    city.expect_incidents(2, by=605)


def test_smoke_that_two_citizens_and_an_instrument_tell_of_is_one_incident(city: World) -> None:
    city.at(0).feed(report("smoke", 2, 1, "Khói đen"), raised("air.smoke", "tl1"))
    city.at(300).feed(report("smoke", 3, 2, "Mùi khét"))
    city.expect_incidents(1, by=305)


def test_smoke_on_the_other_side_of_town_is_another(city: World) -> None:
    city.at(0).feed(report("smoke", 2, 1), report("smoke", 60, 60))
    city.expect_incidents(2, by=305)


def test_a_stack_that_smokes_and_breaks_its_permit_is_one_incident(city: World) -> None:
    city.at(0).feed(raised("air.smoke", "stack1"))
    city.at(300).feed(raised("stack.limit_exceeded", "stackdust1"))
    city.expect_incidents(1, by=305)


def test_a_stack_that_breaks_its_permit_beside_another_that_smokes_is_an_incident_of_its_own(city: World) -> None:
    city.at(0).feed(raised("air.smoke", "tl1"), raised("stack.limit_exceeded", "stack1"))
    city.expect_incidents(2, by=10)


def test_a_fire_that_a_panel_and_a_citizen_tell_of_is_one_incident(city: World) -> None:
    city.at(0).feed(raised("fire.detected", "pump1", "critical"))
    city.at(120).feed(report("smoke", 4, 4, "Cháy lớn, khói đen"))
    city.expect_incidents(1, by=125)


def test_smoke_far_from_a_fire_is_not_that_fire(city: World) -> None:
    city.at(0).feed(raised("fire.detected", "pump1", "critical"), report("smoke", 30, 30))
    city.expect_incidents(2, by=10)


def test_rain_and_gusts_over_one_ward_are_one_storm(city: World) -> None:
    city.at(0).feed(raised("weather.strong_wind", "z1"))
    city.at(300).feed(raised("weather.heavy_rain", "z1"))
    city.expect_incidents(1, by=305)


def test_rain_over_another_ward_is_another_storm(city: World) -> None:
    city.at(0).feed(raised("weather.strong_wind", "z1"), raised("weather.heavy_rain", "z2"))
    city.expect_incidents(2, by=10)


def test_waste_that_citizens_see_near_a_late_round_is_that_round(city: World) -> None:
    city.at(0).feed(raised("waste.collection_missed", "seg1", "minor"), report("waste", 2, 1), report("waste", 3, 1))
    incident = city.expect("waste.collection_missed", asset="seg1", by=5)
    assert incident.signal_count == 3


def test_waste_seen_on_the_other_side_of_town_is_not_of_that_round(city: World) -> None:
    city.at(0).feed(raised("waste.collection_missed", "seg1", "minor"), report("waste", 60, 60))
    incident = city.expect("waste.collection_missed", asset="seg1", by=5)
    assert incident.signal_count == 1
