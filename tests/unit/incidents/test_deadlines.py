"""Timers for people: what nobody acknowledges or resolves in time escalates, level by level, until somebody does."""

from datetime import timedelta

import msgspec
import pytest

from city.incidents import Moment
from city.incidents.change import change
from city.incidents.deadlines import DEFAULTS, deadlines_of
from schemas.assets import City, Deadlines
from schemas.ids import incident_id
from schemas.incidents import Change, Due
from schemas.suppression import Suppressed
from tests.truth import at, group, signal
from tests.unit.incidents.book import Book

TRIP, DARK = signal("feeder-1", 0), signal("lamp-1", 20, "traffic.signal_dark")
NAME = incident_id(TRIP.id)
LIMITS = {
    "major": Deadlines(acknowledge_s=300, resolve_s=3600, levels=2),
    "critical": Deadlines(acknowledge_s=60, resolve_s=600, levels=2),
}


class Desk(Book):
    """A book with deadlines; the wall clock and the clock of the log are one."""

    def __init__(self) -> None:
        super().__init__()
        self.deadlines = LIMITS

    def until(self, seconds: float) -> list[Change]:
        """What the clock does up to then, looking once a second at least where something is due."""
        made: list[Change] = []
        while dues := [one for one in self.state.incidents.values() if one.due_at and one.due_at <= at(seconds)]:
            self.now = max(self.now, min(one.due_at for one in dues if one.due_at))
            made += self.tick((self.now - at(0)).total_seconds())
        self.now = at(seconds)
        return made


def told(changes: list[Change]) -> list[tuple[str, str | None, int | None]]:
    return [(change.kind, change.deadline, change.level) for change in changes]


def opened() -> Desk:
    desk = Desk()
    desk.take(group(TRIP))
    return desk


def test_an_incident_says_until_when_it_should_be_acknowledged_and_resolved() -> None:
    incident = opened().incident(NAME)
    assert incident.acknowledge_due == Due(at=at(301)) and incident.resolve_due == Due(at=at(3601))


def test_nobody_in_time_is_escalated_again_after_the_same_wait_until_the_last_level() -> None:
    desk = opened()
    assert told(desk.until(3000)) == [("escalated", "acknowledge", 1), ("escalated", "acknowledge", 2)]
    assert desk.incident(NAME).acknowledge_due == Due(at=at(301), level=2)


def test_an_escalation_is_the_centers_change_at_its_time() -> None:
    (change,) = opened().until(302)
    assert (change.by, change.at, change.version, change.incident.state) == ("center", at(301), 2, "open")


@pytest.mark.parametrize("verb", ["acknowledge", "take"])
def test_who_acknowledges_stops_that_escalation_but_not_the_other(verb: str) -> None:
    desk = opened()
    desk.until(302)
    desk.command(NAME, verb)
    assert desk.incident(NAME).acknowledge_due is None
    assert told(desk.until(4000)) == [("escalated", "resolve", 1)]


def test_what_is_resolved_does_not_escalate() -> None:
    desk = opened()
    desk.command(NAME, "resolve")
    assert told(desk.until(10_000)) == []


def test_what_resolves_by_itself_does_not_escalate() -> None:
    desk = opened()
    desk.take(group(signal("feeder-1", 0, cleared=100), revision=2))
    assert told(desk.until(10_000)) == [("resolved", None, None)]


def test_what_comes_back_is_to_be_acknowledged_anew() -> None:
    desk = opened()
    desk.command(NAME, "acknowledge")
    desk.command(NAME, "resolve")
    desk.until(1000)
    desk.command(NAME, "reopen", note="still dark")
    assert desk.incident(NAME).acknowledge_due == Due(at=desk.now + timedelta(seconds=300))


def test_a_shelved_incident_does_not_escalate_until_it_is_back() -> None:
    desk = opened()
    desk.command(NAME, "shelve", until=at(5000), note="chatters")
    assert told(desk.until(5299)) == [("returned", None, None)]
    assert told(desk.until(5301)) == [("escalated", "acknowledge", 1)]


def test_the_wait_begins_when_the_incident_has_settled() -> None:
    desk = Desk()
    desk.take(group(TRIP, settle_s=15))
    assert desk.incident(NAME).acknowledge_due == Due(at=at(316))


def test_what_gets_worse_is_due_earlier_and_what_gets_better_not_later() -> None:
    desk = opened()
    worse = signal("feeder-1", 0, severity="critical")
    desk.take(group(worse, revision=2))
    assert desk.incident(NAME).acknowledge_due == Due(at=at(62))
    desk.take(group(TRIP, revision=3))
    assert desk.incident(NAME).acknowledge_due == Due(at=at(62))


def test_a_merge_keeps_what_escalated_furthest() -> None:
    desk = Desk()
    desk.take(group(DARK))
    desk.until(302)
    desk.take(group(TRIP), group(DARK, cause=TRIP, revision=2))
    survivor = desk.incident(incident_id(DARK.id))
    assert survivor.acknowledge_due == Due(at=at(301), level=1)
    assert told(desk.until(700)) == [("escalated", "acknowledge", 2)]


def test_without_deadlines_nothing_is_due() -> None:
    book = Book()
    book.take(group(TRIP))
    assert (book.incident(NAME).acknowledge_due, book.state.incidents[NAME].timers) == (None, {})


def test_a_city_changes_single_severities_and_one_of_recordings_has_none() -> None:
    city = City(id="c", name="C", name_vi="C", time_zone="UTC", deadlines={"minor": Deadlines(resolve_s=60)})
    found = deadlines_of(city)
    assert (found["minor"].acknowledge_s, found["major"]) == (0, DEFAULTS["major"])
    assert deadlines_of(msgspec.structs.replace(city, clock="events")) == {}


def test_the_worse_the_sooner() -> None:
    waits = [timedelta(seconds=DEFAULTS[name].acknowledge_s) for name in ("critical", "major", "minor", "warning")]
    assert waits == sorted(waits) and all(waits)


def test_a_suppressed_incident_has_no_deadline_until_it_returns() -> None:
    desk = opened()
    quiet = Suppressed(by=("sil-1",), until=at(900), why="Silenced", why_vi="Tạm dừng báo")
    before = desk.state.incidents[NAME]
    moment = Moment(desk.now, deadlines=LIMITS)
    silenced, _ = change(before, msgspec.structs.replace(before.incident, suppressed=quiet), "suppressed", moment)
    assert (silenced.incident.acknowledge_due, silenced.incident.resolve_due) == (None, None)
    assert not [name for name in silenced.timers if name.startswith("escalate")]
    later = Moment(at(900), deadlines=LIMITS)
    back, _ = change(silenced, msgspec.structs.replace(silenced.incident, suppressed=None), "returned", later)
    assert back.incident.acknowledge_due == Due(at=at(1200))
