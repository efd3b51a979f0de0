"""Rules works_congest and same_works."""

from tests.scenarios.worlds import World, cleared, raised


def test_works_that_run_over_are_one_incident_with_the_jam_that_they_made(city: World) -> None:
    city.at(0).feed(raised("works.begun", "seg2", "warning"))
    city.at(300).feed(raised("traffic.stalled", "loop2"))
    assert city.expect("works.begun", asset="seg2", by=305).title.startswith("Works begun – ")
    city.at(3600).feed(raised("works.overrun", "seg2", "minor"))
    incident = city.expect("works.overrun", asset="seg2", by=3605)
    assert incident.title.startswith("Works beyond their time – ") and incident.title_vi.startswith("Thi công quá hạn")
    assert {one.kind for one in city.signals(incident)} == {"works.begun", "works.overrun", "traffic.stalled"}
    city.expect_incidents(1, by=3610)


def test_a_jam_long_after_the_works_have_another_cause_or_none(city: World) -> None:
    city.at(0).feed(raised("works.begun", "seg2", "warning"))
    city.at(600).feed(cleared("works.begun", "seg2"))
    city.at(1400).feed(raised("traffic.slow", "seg2", happened=1390), cleared("traffic.slow", "seg2", happened=1400))
    city.at(4000).feed(raised("traffic.signal_dark", "tl2", happened=3500), raised("traffic.slow", "loop2"))
    dark = city.expect("traffic.signal_dark", asset="tl2", by=4005)
    link = city.links(dark)["traffic.slow", "loop2"]
    assert link.rule == "dark_signal_congests"
    works = city.expect("works.begun", asset="seg2", state="resolved", by=4010)
    assert {one.kind for one in city.signals(works)} == {"works.begun", "traffic.slow"}


def test_works_on_the_next_segment_explain_no_jam(city: World) -> None:
    city.at(0).feed(raised("works.unannounced", "seg3", "minor"))
    city.at(300).feed(raised("traffic.slow", "loop1"))
    city.expect_incidents(2, by=310)
