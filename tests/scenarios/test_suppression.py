"""Silences and planned works: what they cover calls nobody, is counted and named, and returns when they end."""

import msgspec
import pytest

from city.suppression import EVERY_EFFECT
from schemas.incidents import Incident
from schemas.suppression import SILENCE, Match, Window
from schemas.times import from_ms, rfc3339
from tests.scenarios.pure import PureWorld
from tests.scenarios.worlds import START_MS, Message, cleared, raised

pytestmark = pytest.mark.only_in("pure", because="silences are put straight into the calendar of the fold")


def silence(match: Match, start: float, end: float, *, effects: tuple[str, ...] = EVERY_EFFECT) -> Window:
    starts_at, ends_at = (from_ms(round(START_MS + seconds * 1000)) for seconds in (start, end))
    made = Window(
        id="sil-1",
        kind=SILENCE,
        starts_at=starts_at,
        ends_at=ends_at,
        matches=(match,),
        owner="lan",
        reason="thử máy cắt",
    )
    return msgspec.structs.replace(made, effects=effects)


def planned(start: float, end: float, *effects: str, **place: object) -> Message:
    times = {
        "from": rfc3339(from_ms(round(START_MS + start * 1000))),
        "to": rfc3339(from_ms(START_MS + round(end * 1000))),
    }
    return Message("work.planned", {"kind": "line works", **times, **place, "expected_effects": list(effects)})


def kinds(city: PureWorld, incident: Incident) -> list[str]:
    return [one.kind for one in city.backtest.changes if one.incident_id == incident.id]


def outage(city: PureWorld, by: float, state: str = "open") -> Incident:
    return city.expect("power.outage", asset="f1", state=state, by=by)


OUTAGE = Match(kind=("power.outage",), asset=("f1",))


def test_a_silenced_signal_is_told_of_as_suppressed_and_returns_when_the_silence_ends(city: PureWorld) -> None:
    city.backtest.ledger.calendar.add(silence(OUTAGE, 0, 300))
    city.at(10).feed(raised("power.outage", "f1"))
    hidden = outage(city, by=12)
    assert hidden.suppressed and hidden.suppressed.by == ("sil-1",)
    assert hidden.suppressed.until == from_ms(START_MS + 300_000)
    assert "thử máy cắt" in hidden.suppressed.why and "08:05 02/03/2026" in hidden.suppressed.why_vi
    city.at(290)
    assert outage(city, by=291).suppressed
    city.at(302)
    assert outage(city, by=302).suppressed is None
    assert kinds(city, hidden) == ["opened", "returned"]


def test_what_ends_while_it_is_silenced_says_that_it_is_over_and_never_returns(city: PureWorld) -> None:
    city.backtest.ledger.calendar.add(silence(OUTAGE, 0, 300))
    city.at(10).feed(raised("power.outage", "f1"))
    city.at(100).feed(cleared("power.outage", "f1"))
    over = outage(city, by=290, state="resolved")
    assert over.suppressed and over.suppressed_count == 0
    city.at(400)
    assert kinds(city, over) == ["opened", "updated", "resolved"]


def test_a_silence_that_begins_later_suppresses_what_is_there(city: PureWorld) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    city.backtest.ledger.calendar.add(silence(OUTAGE, 60, 120))
    assert outage(city, by=2).suppressed is None
    city.at(62)
    found = outage(city, by=62)
    assert found.suppressed and found.suppressed_count == 1
    city.at(122)
    assert kinds(city, found) == ["opened", "suppressed", "returned"]


def test_effects_are_suppressed_with_their_cause_and_return_when_the_cause_is_gone(city: PureWorld) -> None:
    city.backtest.ledger.calendar.add(silence(OUTAGE, 0, 3600))
    city.at(10).feed(raised("power.outage", "f1"), raised("traffic.signal_dark", "tl1"))
    found = outage(city, by=12)
    assert found.suppressed and found.suppressed_count == 2
    city.at(100).feed(cleared("power.outage", "f1"))
    city.at(102)
    back = outage(city, by=102)
    assert (back.suppressed, back.suppressed_count, back.active_count) == (None, 0, 1)
    assert kinds(city, found) == ["opened", "returned"]


def test_a_silence_may_leave_the_effects_alone(city: PureWorld) -> None:
    city.backtest.ledger.calendar.add(silence(OUTAGE, 0, 3600, effects=()))
    city.at(10).feed(raised("power.outage", "f1"), raised("traffic.signal_dark", "tl1"))
    found = outage(city, by=12)
    assert (found.suppressed, found.suppressed_count, found.active_count) == (None, 1, 2)


def test_a_member_that_nothing_covers_brings_the_incident_back(city: PureWorld) -> None:
    city.backtest.ledger.calendar.add(silence(OUTAGE, 0, 3600, effects=("traffic.*",)))
    city.at(10).feed(raised("power.outage", "f1"), raised("traffic.signal_dark", "tl1"))
    assert outage(city, by=12).suppressed
    city.at(20).feed(raised("water.pump_off", "pump1"))
    city.at(22)
    found = outage(city, by=22)
    assert (found.suppressed, found.suppressed_count, found.active_count) == (None, 2, 3)
    assert kinds(city, found)[-1] == "returned"


def test_planned_works_suppress_what_they_expect_where_they_are_and_down_the_chain(city: PureWorld) -> None:
    works = planned(60, 600, "power.outage", "traffic.signal_dark", assets=["f1"])
    city.at(0).feed(works, works)
    city.at(70).feed(raised("power.outage", "f1"), raised("traffic.signal_dark", "tl1"), raised("power.outage", "f2"))
    found = outage(city, by=72)
    assert found.suppressed and "line works" in found.suppressed.why
    assert city.expect("power.outage", asset="f2", by=72).suppressed is None
    city.at(80).feed(raised("water.pump_off", "pump1"))
    city.at(82)
    assert outage(city, by=82).suppressed is None, "nobody expected the pump"


def test_planned_works_on_a_road_suppress_in_their_geometry(city: PureWorld) -> None:
    position = city.backtest.ledger.calendar.standing.words.position("seg2")
    assert position
    point = {"type": "Point", "coordinates": list(position)}
    city.at(0).feed(planned(0, 600, "traffic.*", geometry=point))
    city.at(10).feed(raised("traffic.slow", "seg2"), raised("traffic.slow", "seg6"))
    assert city.expect("traffic.slow", asset="seg2", by=12).suppressed
    assert city.expect("traffic.slow", asset="seg6", by=12).suppressed is None


def test_what_was_over_before_it_could_be_told_is_suppressed_too(city: PureWorld) -> None:
    city.backtest.ledger.calendar.add(silence(OUTAGE, 0, 300))
    city.at(10).feed(raised("power.outage", "f1", happened=5), cleared("power.outage", "f1", happened=9))
    assert outage(city, by=12).suppressed


def test_a_silenced_incident_may_be_acknowledged_and_stays_suppressed(city: PureWorld) -> None:
    city.backtest.ledger.calendar.add(silence(OUTAGE, 0, 300))
    city.at(10).feed(raised("power.outage", "f1"))
    tracked = city.backtest.ledger.incidents[outage(city, by=12).id]
    acknowledged = msgspec.structs.replace(tracked.incident, state="acknowledged")
    city.backtest.ledger.incidents[acknowledged.id] = msgspec.structs.replace(tracked, incident=acknowledged)
    city.at(310)
    assert outage(city, by=310, state="acknowledged").suppressed is None
