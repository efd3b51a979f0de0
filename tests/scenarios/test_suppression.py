"""Silences and planned works: what they cover calls nobody, is counted and named, and returns when they end."""

from zoneinfo import ZoneInfo

import pytest

from schemas.incidents import Incident
from tests.scenarios.worlds import World, cleared, raised

pytestmark = pytest.mark.only_in("pure", "live", because="a silence is for a time of the room, not of the events")

OUTAGE = {"kind": ["power.outage"], "asset": ["f1"]}


def told(city: World, incident: Incident) -> list[str]:
    """What was said of it, beside its growing."""
    return [one.kind for one in city.changes(incident) if one.kind != "updated"]


def outage(city: World, by: float, state: str = "open") -> Incident:
    return city.expect("power.outage", asset="f1", state=state, by=by)


def silenced_outage(city: World, end: float, *effects: str) -> Incident:
    """The feeder trips under a silence, then a signal on it goes dark."""
    city.silence(OUTAGE, 0, end, effects)
    city.at(10).feed(raised("power.outage", "f1"))
    assert outage(city, by=12).suppressed
    city.at(20).feed(raised("traffic.signal_dark", "tl1"))
    return outage(city, by=22)


def test_a_silenced_signal_is_told_of_as_suppressed_and_returns_when_the_silence_ends(city: World) -> None:
    silence = city.silence(OUTAGE, 0, 300)
    city.at(10).feed(raised("power.outage", "f1"))
    hidden = outage(city, by=12)
    assert hidden.suppressed and hidden.suppressed.by == (silence,)
    assert hidden.suppressed.until == city.time(300)
    local = city.time(300).astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))
    assert "thử máy cắt" in hidden.suppressed.why and f"{local:%H:%M %d/%m/%Y}" in hidden.suppressed.why_vi
    city.at(290)
    assert outage(city, by=291).suppressed
    city.at(302)
    assert outage(city, by=303).suppressed is None
    assert told(city, hidden) == ["opened", "returned"]


def test_what_ends_while_it_is_silenced_says_that_it_is_over_and_never_returns(city: World) -> None:
    city.silence(OUTAGE, 0, 300)
    city.at(10).feed(raised("power.outage", "f1"))
    assert outage(city, by=12).suppressed
    city.at(100).feed(cleared("power.outage", "f1"))
    over = outage(city, by=290, state="resolved")
    assert over.suppressed and over.suppressed_count == 0
    city.at(400)
    city.expect_incidents(1, by=401)
    assert told(city, over) == ["opened", "resolved"]


def test_what_burns_again_after_the_silence_it_ended_under_is_told_of(city: World) -> None:
    city.silence(OUTAGE, 0, 40)
    city.at(10).feed(raised("power.outage", "f1"))
    assert outage(city, by=12).suppressed
    city.at(30).feed(cleared("power.outage", "f1"))
    city.at(60).feed(raised("power.outage", "f1"))
    again = outage(city, by=62)
    assert again.active_count == 1
    assert again.suppressed is None
    assert told(city, again) == ["opened", "returned"]


def test_a_silence_that_begins_later_suppresses_what_is_there(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    city.silence(OUTAGE, 60, 120)
    assert outage(city, by=2).suppressed is None
    city.at(62)
    found = outage(city, by=63)
    assert found.suppressed and found.suppressed_count == 1
    city.at(122)
    assert outage(city, by=123).suppressed is None
    assert told(city, found) == ["opened", "suppressed", "returned"]


def test_effects_are_suppressed_with_their_cause_and_return_when_the_cause_is_gone(city: World) -> None:
    found = silenced_outage(city, 3600, "*")
    assert found.suppressed and found.suppressed_count == 2
    city.at(100).feed(cleared("power.outage", "f1"))
    city.at(102)
    back = outage(city, by=103)
    assert (back.suppressed, back.suppressed_count, back.active_count) == (None, 0, 1)
    assert told(city, found) == ["opened", "returned"]


def test_a_silence_may_leave_the_effects_alone(city: World) -> None:
    found = silenced_outage(city, 3600)
    assert (found.suppressed, found.suppressed_count, found.active_count) == (None, 1, 2)


def test_a_member_that_nothing_covers_brings_the_incident_back(city: World) -> None:
    assert silenced_outage(city, 3600, "traffic.*").suppressed
    city.at(30).feed(raised("water.pump_off", "pump1"))
    city.at(32)
    found = outage(city, by=33)
    assert (found.suppressed, found.suppressed_count, found.active_count) == (None, 2, 3)
    assert told(city, found)[-1] == "returned"


def test_planned_works_suppress_what_they_expect_where_they_are_and_down_the_chain(city: World) -> None:
    for _ in range(2):
        city.work(60, 600, "power.outage", "traffic.signal_dark", assets=["f1"])
    city.at(70).feed(raised("power.outage", "f1"), raised("power.outage", "f2"))
    assert city.expect("power.outage", asset="f2", by=72).suppressed is None
    city.at(75).feed(raised("traffic.signal_dark", "tl1"))
    found = outage(city, by=77)
    assert found.suppressed and "line works" in found.suppressed.why and found.suppressed_count == 2
    city.at(80).feed(raised("water.pump_off", "pump1"))
    city.at(82)
    assert outage(city, by=83).suppressed is None, "nobody expected the pump"


def test_planned_works_on_a_road_suppress_in_their_geometry(city: World) -> None:
    seg2 = {"type": "Point", "coordinates": [106.604, 11.001]}
    city.work(0, 600, "traffic.*", geometry=seg2)
    city.at(10).feed(raised("traffic.slow", "seg2"), raised("traffic.slow", "seg6"))
    assert city.expect("traffic.slow", asset="seg2", by=12).suppressed
    assert city.expect("traffic.slow", asset="seg6", by=13).suppressed is None


def test_what_was_over_before_it_could_be_told_is_suppressed_too(city: World) -> None:
    city.silence(OUTAGE, 0, 300)
    city.at(10).feed(raised("power.outage", "f1", happened=5), cleared("power.outage", "f1", happened=9))
    assert outage(city, by=12).suppressed


def test_what_was_over_within_a_silence_and_is_told_only_after_it_is_suppressed_too(city: World) -> None:
    silence = city.silence(OUTAGE, 0, 300)
    city.at(10).feed(raised("power.outage", "f2"))
    city.at(320).feed(raised("power.outage", "f1", happened=200), cleared("power.outage", "f1", happened=280))
    found = outage(city, by=322)
    assert found.suppressed and found.suppressed.by == (silence,) and found.suppressed.until == city.time(300)
    over = outage(city, by=600, state="resolved")
    assert over.suppressed
    # Beginning and end may come in two batches: between them it goes on outside the silence
    assert told(city, over) in (["opened", "resolved"], ["opened", "suppressed", "resolved"])


def test_what_is_told_late_piece_by_piece_ends_suppressed_as_it_would_have_in_time(city: World) -> None:
    city.silence(OUTAGE, 0, 300)
    city.at(10).feed(raised("power.outage", "f2"))
    city.at(320).feed(raised("power.outage", "f1", happened=200))
    assert outage(city, by=322).suppressed is None, "as far as is known it burns, and nothing covers it now"
    city.at(330).feed(cleared("power.outage", "f1", happened=280))
    found = outage(city, by=332)
    assert found.suppressed and (found.active_count, found.suppressed_count) == (0, 0)
    assert told(city, found) == ["opened", "suppressed"]


def test_what_was_over_before_a_silence_began_is_not_covered_by_it(city: World) -> None:
    city.at(10).feed(raised("power.outage", "f2"))
    city.silence(OUTAGE, 60, 300)
    city.at(70).feed(raised("power.outage", "f1", happened=20), cleared("power.outage", "f1", happened=50))
    assert outage(city, by=72).suppressed is None


def test_a_silenced_incident_may_be_acknowledged_and_stays_suppressed(city: World) -> None:
    city.silence(OUTAGE, 0, 300)
    city.at(10).feed(raised("power.outage", "f1"))
    seen = city.command(outage(city, by=12), "acknowledge")
    assert (seen.state, seen.suppressed is None) == ("acknowledged", False)
    city.at(310)
    assert outage(city, by=311, state="acknowledged").suppressed is None
