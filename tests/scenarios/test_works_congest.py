"""Rules works_congest and same_works."""

from tests.scenarios.worlds import World, raised


def test_works_that_run_over_are_one_incident_with_the_jam_that_they_made(city: World) -> None:
    city.at(0).feed(raised("works.begun", "seg2", "warning"))
    city.at(300).feed(raised("traffic.stalled", "loop2"))
    assert city.expect("works.begun", asset="seg2", by=305).title.startswith("Works begun – ")
    city.at(3600).feed(raised("works.overrun", "seg2", "minor"))
    incident = city.expect("works.overrun", asset="seg2", by=3605)
    assert incident.title.startswith("Works beyond their time – ") and incident.title_vi.startswith("Thi công quá hạn")
    assert {one.kind for one in city.signals(incident)} == {"works.begun", "works.overrun", "traffic.stalled"}
    city.expect_incidents(1, by=3610)


def test_works_on_the_next_segment_explain_no_jam(city: World) -> None:
    city.at(0).feed(raised("works.unannounced", "seg3", "minor"))
    city.at(300).feed(raised("traffic.slow", "loop1"))
    city.expect_incidents(2, by=310)
