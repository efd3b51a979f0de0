"""How incidents begin, go on and end by themselves; semantics that Alertmanager, Keep and Alerta test, in our words."""

from datetime import timedelta

from tests.scenarios.worlds import World, cleared, raised, report


def test_the_same_thing_told_again_is_one_signal_from_its_earliest_beginning_with_the_latest_words(city: World) -> None:
    city.at(10).feed(raised("power.outage", "f1", "major", note="v0"))
    city.at(11).feed(raised("power.outage", "f1", "major", happened=9, note="v1"))
    city.at(12).feed(raised("power.outage", "f1", "critical", happened=11.5, note="v2"))
    (incident,) = city.expect_incidents(1, by=14)
    (signal,) = city.signals(incident)
    assert (signal.raised_at, signal.note, incident.severity) == (city.time(9), "v2", "critical")
    city.at(20).feed(cleared("power.outage", "f1"))
    city.at(4000).feed(raised("power.outage", "f1"))
    old, new = sorted(city.expect_incidents(2, by=4002), key=lambda one: one.opened_at)
    assert (old.state, old.signal_count) == ("resolved", 1)
    assert (new.state, new.opened_at) == ("open", city.time(4000))


def test_an_end_without_a_beginning_opens_nothing(city: World) -> None:
    city.at(0).feed(cleared("power.outage", "f1"), cleared("traffic.signal_dark", "tl1"))
    city.expect_incidents(0, by=120)


def test_of_two_members_the_second_end_resolves_and_both_stay_counted(city: World) -> None:
    city.at(0).feed(raised("traffic.signal_dark", "tl1"), raised("traffic.slow", "seg1", happened=70))
    city.at(100).feed(cleared("traffic.signal_dark", "tl1"))
    (one,) = city.expect_incidents(1, by=900)
    assert (one.state, one.active_count, one.signal_count) == ("open", 1, 2)
    city.feed(cleared("traffic.slow", "seg1"))
    over = city.expect("traffic.signal_dark", asset="tl1", state="resolved", by=1800)
    assert (over.active_count, over.signal_count) == (0, 2)


def test_nobody_reports_that_it_is_over_so_a_report_ends_after_two_hours_and_is_closed_after_a_day(city: World) -> None:
    city.at(0).feed(report("flood", 30, 30, "Nước ngập nửa bánh xe"))
    opened = city.expect("report.flood", by=2)
    assert city.expect("report.flood", by=7100).id == opened.id
    over = city.expect("report.flood", state="resolved", by=2 * 3600 + 900)
    assert over.resolved_at is not None and over.resolved_at - over.opened_at >= timedelta(hours=2)
    closed = city.expect("report.flood", state="closed", by=27 * 3600)
    assert closed.id == opened.id


def test_an_outage_is_not_its_own_cause_and_two_that_could_be_each_others_are_not_a_circle(city: World) -> None:
    city.at(0).feed(
        raised("power.outage", "sub", "critical"), raised("power.outage", "f1"), raised("power.outage", "f2")
    )
    (incident,) = city.expect_incidents(1, by=5)
    assert incident.root_asset == "sub"
    assert {effect for effect in city.links(incident)} == {("power.outage", "f1"), ("power.outage", "f2")}


def test_a_cause_that_ends_first_does_not_hide_an_effect_that_goes_on_or_comes_again(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1", "critical"))
    city.at(5).feed(raised("traffic.signal_dark", "tl1"), raised("traffic.signal_dark", "tl5"))
    city.at(40).feed(cleared("power.outage", "f1"))
    found = {one.root_asset: one for one in city.expect_incidents(2, by=600)}
    assert (found["f1"].state, found["f1"].active_count, found["tl5"].signal_count) == ("open", 1, 1)
    city.at(610).feed(cleared("traffic.signal_dark", "tl1"))
    city.expect("power.outage", asset="f1", state="resolved", by=1200)
    city.at(3000).feed(raised("traffic.signal_dark", "tl1"))
    again = city.expect("traffic.signal_dark", asset="tl1", by=3002)
    assert again.signal_count == 1 and again.id != found["f1"].id
