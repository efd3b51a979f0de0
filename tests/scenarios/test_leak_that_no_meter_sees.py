"""Rule leak_that_no_meter_sees: what does not come opens an incident, by the clock alone."""

from tests.scenarios.worlds import World, raised, report


def test_two_reports_and_half_an_hour_of_nothing_are_a_leak_that_no_meter_sees(city: World) -> None:
    city.at(0).feed(report("leak", 4, 1))
    city.at(600).feed(report("leak", 4, 2))
    city.expect("report.leak", by=2390)
    incident = city.expect("leak_that_no_meter_sees", by=2405)
    assert incident.signal_count == 2
    city.expect_incidents(1, by=2410)


def test_a_meter_that_tells_late_takes_it_back(city: World) -> None:
    city.at(0).feed(report("leak", 4, 1), report("leak", 4, 2))
    city.expect("leak_that_no_meter_sees", by=1805)
    city.at(1900).feed(raised("water.pressure_low", "pp1", happened=300))
    city.expect("report.leak", by=1905)


def test_a_burst_that_is_measured_is_a_burst(city: World) -> None:
    city.at(0).feed(report("leak", 4, 1), report("leak", 4, 2))
    city.at(900).feed(raised("water.burst", "main1"))
    incident = city.expect_incidents(1, by=4000)[0]
    assert incident.kind != "leak_that_no_meter_sees"


def test_one_report_alone_is_none(city: World) -> None:
    city.at(0).feed(report("leak", 4, 1))
    city.expect("report.leak", by=10)
    (incident,) = city.expect_incidents(1, by=4000)
    assert incident.kind == "report.leak"
