"""What people do to incidents while the city goes on: acknowledged, worse, cleared, back, merged, split, closed."""

import pytest

from schemas.errors import Conflict, Invalid
from tests.scenarios.worlds import World, cleared, raised

pytestmark = pytest.mark.only_in(
    "pure", "live", because="a person acts on what is there: another order is another story"
)


def test_an_acknowledged_incident_that_grows_worse_says_so_and_stays_acknowledged(city: World) -> None:
    city.at(0).feed(raised("traffic.slow", "seg5", "minor"))
    seen = city.command(city.expect("traffic.slow", asset="seg5", by=2), "acknowledge")
    assert (seen.state, seen.severity) == ("acknowledged", "minor")
    city.at(60).feed(raised("traffic.stalled", "seg5", "major"))
    worse = city.expect("traffic.slow", asset="seg5", state="acknowledged", by=62)
    assert (worse.id, worse.severity, worse.signal_count) == (seen.id, "major", 2)


def test_what_clears_before_anybody_looked_is_resolved_and_was_acknowledged_by_nobody(city: World) -> None:
    city.at(0).feed(raised("traffic.signal_dark", "tl1"))
    city.at(30).feed(cleared("traffic.signal_dark", "tl1"))
    over = city.expect("traffic.signal_dark", asset="tl1", state="resolved", by=600)
    assert over.acknowledged_by is None and over.resolved_at is not None


def test_what_comes_back_after_it_resolved_is_the_same_incident_to_be_acknowledged_anew(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    first = city.command(city.expect("power.outage", asset="f1", by=2), "acknowledge")
    city.at(60).feed(cleared("power.outage", "f1"))
    city.expect("power.outage", asset="f1", state="resolved", by=600)
    city.at(620).feed(raised("traffic.signal_dark", "tl1", happened=100))
    again = city.expect("power.outage", asset="f1", by=622)
    assert (again.id, again.acknowledged_by, again.resolved_at) == (first.id, None, None)
    assert "reopened" in {change.kind for change in city.changes(again)}


def test_closed_is_final_and_what_it_causes_later_follows_it_in_an_incident_of_its_own(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    closed = city.command(city.expect("power.outage", asset="f1", by=2), "close")
    city.at(60).feed(raised("traffic.signal_dark", "tl1"))
    later = city.expect("traffic.signal_dark", asset="tl1", by=62)
    assert (later.follows, city.incident(closed.id).state, later.signal_count) == (closed.id, "closed", 1)
    with pytest.raises(Invalid):
        city.command(closed, "reopen", note="còn sớm")


def test_who_works_on_an_effect_keeps_it_when_the_cause_comes_and_both_become_one(city: World) -> None:
    city.at(0).feed(raised("traffic.signal_dark", "tl1"))
    dark = city.expect("traffic.signal_dark", asset="tl1", by=2)
    taken = city.command(dark, "assign", assignee="lan")
    assert taken.state == "in_progress"
    city.at(10).feed(raised("traffic.slow", "seg1", happened=5))
    city.at(90).feed(raised("power.outage", "f1", "critical", happened=-10))
    outage = city.expect("power.outage", asset="f1", state="in_progress", by=92)
    assert (outage.id, outage.assignee) == (dark.id, "lan")


def test_two_people_who_saw_the_same_version_cannot_both_command_but_the_machine_does_not_stand_in_the_way(
    city: World,
) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    seen = city.expect("power.outage", asset="f1", by=2)
    city.at(10).feed(raised("traffic.signal_dark", "tl1"))
    city.expect_incidents(1, by=12)
    city.command(seen, "acknowledge")
    with pytest.raises(Conflict):
        city.command(seen, "take")


def test_of_a_restored_feeder_the_lamps_that_stay_dark_are_split_off_by_hand(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1", "critical"))
    city.at(10).feed(*(raised("traffic.signal_dark", f"tl{number}") for number in (1, 2, 3, 4)))
    city.at(300).feed(cleared("power.outage", "f1"))
    city.at(360).feed(*(cleared("traffic.signal_dark", f"tl{number}") for number in (1, 2)))
    outage = city.expect("power.outage", asset="f1", by=900)
    dark = [one.id for one in city.signals(outage) if one.state == "active"]
    city.command(outage, "split", signals=dark, note="riêng biệt")
    city.expect("power.outage", asset="f1", state="resolved", by=1300)
    left = city.expect_incidents(2, by=1310)
    apart = next(one for one in left if one.id != outage.id)
    assert (apart.state, apart.signal_count) == ("open", 2)
    city.at(1400).feed(cleared("traffic.signal_dark", "tl3"), cleared("traffic.signal_dark", "tl4"))
    city.expect("traffic.signal_dark", state="resolved", by=1900)


def test_a_person_brings_together_what_no_rule_does_and_it_ends_when_both_are_over(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1", "critical"), raised("air.smoke", "far", "minor"))
    found = {one.kind: one for one in city.expect_incidents(2, by=2)}
    whole = city.command(found["power.outage"], "merge", incident=found["air.smoke"].id, note="cháy trạm")
    assert whole.signal_count == 2
    city.at(60).feed(cleared("air.smoke", "far"))
    (still,) = city.expect_incidents(1, by=1000)
    assert (still.state, still.active_count) == ("open", 1)
    city.at(1100).feed(cleared("power.outage", "f1"))
    city.expect(still.kind, state="resolved", by=2000)
