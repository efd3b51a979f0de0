"""What several sources tell without a common id: one thing once, two things twice, and doubt as doubt."""

from tests.scenarios.worlds import World, raised, reading, report


def test_one_crash_told_by_police_ambulance_citizen_and_loop_is_one_incident_of_four_sources(city: World) -> None:
    city.at(0).feed(raised("traffic.crash", "seg1", "critical", source="/police"))
    city.at(180).feed(raised("traffic.crash", "loop1", source="/video"))
    city.at(240).feed(report("crash", 3, 2, "Gọi 115, hai người bị thương", source="/ambulance"))
    city.at(1500).feed(report("crash", 2, 0, "Tai nạn", source="/citizens"))
    (incident,) = city.expect_incidents(1, by=1505)
    members = city.signals(incident)
    assert {one.origin for one in members} == {"/police", "/video", "/ambulance", "/citizens"}
    assert (incident.root_asset, incident.severity, len(members)) == ("seg1", "critical", 4)


def test_a_call_half_an_hour_later_or_six_hundred_metres_away_is_another_crash(city: World) -> None:
    city.at(0).feed(raised("traffic.crash", "seg1", source="/police"))
    city.at(60).feed(report("crash", 8, 3, "Tai nạn", source="/ambulance"))
    city.at(1900).feed(report("crash", 2, 1, "Tai nạn", source="/ambulance"))
    city.expect_incidents(3, by=1905)


def test_two_crashes_near_each_other_stay_two_and_a_report_between_them_is_offered_to_both(city: World) -> None:
    city.at(0).feed(raised("traffic.crash", "seg2", source="/police"))
    city.at(240).feed(raised("traffic.crash", "seg3", source="/police"))
    city.at(300).feed(report("crash", 5, 1, "Tai nạn giữa hai ngã tư", source="/citizens"))
    found = city.expect_incidents(3, by=305)
    doubtful = next(one for one in found if one.kind == "report.crash")
    crashes = {one.id for one in found if one.kind == "traffic.crash"}
    assert {(one.incident, one.reason) for one in doubtful.candidates} == {(name, "tie") for name in crashes}


def test_two_sensors_of_one_road_tell_of_one_jam(city: World) -> None:
    for second in range(0, 30, 5):
        city.at(second).feed(reading("loop1", speed_kmh=12), reading("radar1", speed_kmh=11))
    jam = city.expect("traffic.slow", asset="seg1", by=32)
    assert city.expect_incidents(1, by=33) and jam.signal_count == 2
