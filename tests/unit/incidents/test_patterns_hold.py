"""What a pattern holds together is one incident; what it opens says so."""

import msgspec

from city.incidents import Fact
from schemas.ids import incident_id
from schemas.links import PATTERN, Explanation, Link
from schemas.signals import Signal
from tests.truth import group, signal
from tests.unit.incidents.book import Book

FIRST, SECOND, THIRD = (signal(f"road-{n}", 60 * n, "traffic.slow", severity="minor") for n in (1, 2, 3))
TRIP = signal("feeder-1", 0, severity="critical")


def held(member: Signal, head: Signal, revision: int = 1, **more: object) -> Explanation:
    """The group of a signal, held to the group of another."""
    link = Link(kind=PATTERN, rule="jams", cause=head.id, effect=member.id)
    found = msgspec.structs.replace(group(member, revision=revision), held=link, held_to=head.id)
    return msgspec.structs.replace(found, **more)


def head(revision: int = 1, severity: str = "major") -> Explanation:
    """The first group of the pattern, which opens."""
    words = {"pattern": "jams", "pattern_title": "Jams", "pattern_title_vi": "Nhiều điểm ùn tắc"}
    return held(FIRST, FIRST, revision, pattern_severity=severity, **words)


def test_a_pattern_opens_one_incident_with_its_kind_title_and_severity() -> None:
    book = Book()
    (opened,) = book.take(head(), held(SECOND, FIRST))
    incident = opened.incident
    assert (incident.kind, incident.severity, incident.signal_count) == ("jams", "major", 2)
    assert (incident.title, incident.title_vi) == ("Jams – road-1", "Nhiều điểm ùn tắc – road-1")
    assert (incident.root_signal, incident.root_asset) == (FIRST.id, "road-1")


def test_a_worse_member_is_worse_than_its_pattern() -> None:
    book = Book()
    (opened,) = book.take(head(), held(msgspec.structs.replace(SECOND, severity="critical"), FIRST))
    assert opened.incident.severity == "critical"


def test_incidents_that_are_open_already_become_one_with_the_id_published_first() -> None:
    book = Book()
    book.take(group(SECOND))
    book.take(group(FIRST))
    changes = book.take(head(2), held(SECOND, FIRST, 2), held(THIRD, FIRST, 2))
    (kept,) = book.live()
    assert (kept.id, kept.kind, kept.signal_count) == (incident_id(SECOND.id), "jams", 3)
    assert {(one.incident_id, one.kind) for one in changes} == {(kept.id, "merged"), (incident_id(FIRST.id), "merged")}


def test_members_and_first_may_come_in_different_batches() -> None:
    book = Book()
    book.take(held(SECOND, FIRST))
    assert [one.kind for one in book.live()] == ["traffic.slow"]
    book.take(head())
    assert [(one.kind, one.signal_count) for one in book.live()] == [("jams", 2)]


def test_what_holds_no_more_is_split_off_again() -> None:
    book = Book()
    book.take(head(), held(SECOND, FIRST))
    book.take(group(FIRST, revision=2), group(SECOND, revision=2))
    assert sorted((one.kind, one.signal_count) for one in book.live()) == [("traffic.slow", 1)] * 2


def test_effects_come_along_and_a_cause_ends_the_pattern() -> None:
    book = Book()
    slow = signal("road-9", 300, "traffic.slow")
    book.take(head(), held(SECOND, FIRST), group(slow, cause=SECOND))
    assert [(one.kind, one.signal_count) for one in book.live()] == [("jams", 3)]
    book.take(group(TRIP), group(FIRST, cause=TRIP, revision=2), group(SECOND, revision=2))
    assert sorted((one.kind, one.signal_count) for one in book.live()) == [("power.outage", 2), ("traffic.slow", 2)]


def test_people_part_a_member_from_its_pattern() -> None:
    book = Book()
    book.take(head(), held(SECOND, FIRST))
    book.take(facts=(Fact("apart", FIRST.id, SECOND.id),))
    assert len(book.live()) == 2


def test_a_root_that_a_person_acted_on_goes_along_and_another_group_of_it_is_only_offered() -> None:
    book = Book()
    book.take(group(TRIP), group(SECOND, cause=TRIP))
    mine = incident_id(TRIP.id)
    book.take(group(FIRST))
    book.command(mine, "acknowledge")
    book.take(group(TRIP, revision=2), head(2), held(SECOND, FIRST, 2))
    assert len(book.live()) == 2
    assert [one.reason for one in book.incident(mine).candidates] == ["held"]


def test_what_comes_after_the_first_was_closed_follows_it() -> None:
    book = Book()
    book.take(head())
    closed = incident_id(FIRST.id)
    book.command(closed, "close")
    book.take(held(SECOND, FIRST))
    assert book.incident(incident_id(SECOND.id)).follows == closed
