"""Rule noise_from_one_place: three reports open an incident, where one opens nothing."""

from tests.scenarios.worlds import World, report


def test_three_reports_of_noise_near_each_other_open_one_incident(city: World) -> None:
    city.at(0).feed(report("noise", 1, 1))
    city.at(600).feed(report("noise", 4, 1))
    city.expect_incidents(0, by=1190)
    city.at(1200).feed(report("noise", 1, 5))
    incident = city.expect("noise_from_one_place", by=1210)
    assert (incident.severity, incident.signal_count) == ("minor", 3)
    assert incident.title_vi.startswith("Tiếng ồn bị nhiều người phản ánh – ")
    city.at(5000).feed(report("noise", 2, 2))
    city.expect_incidents(1, by=5010)


def test_the_incident_resolves_when_the_reports_have_lapsed(city: World) -> None:
    city.at(0).feed(*[report("noise", east, 1) for east in (1, 2, 3)])
    city.expect("noise_from_one_place", by=10)
    city.expect("noise_from_one_place", state="resolved", by=2 * 3600 + 120)


def test_three_reports_over_the_whole_town_or_the_whole_day_open_nothing(city: World) -> None:
    city.at(0).feed(report("noise", 1, 1), report("noise", 20, 1), report("noise", 1, 20))
    city.at(1900).feed(report("noise", 2, 1), report("noise", 2, 2))
    city.expect_incidents(0, by=4000)
