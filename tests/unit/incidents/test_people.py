"""Acknowledging by agency, overruling the severity, shelving: what people command beside the tree."""

from datetime import timedelta
from typing import Any

import pytest

from schemas.errors import Conflict, Invalid
from schemas.ids import incident_id
from tests.truth import at, group, signal
from tests.unit.incidents.book import Book

TRIP = signal("feeder-1", 0, agency="power")
OVER = signal("feeder-1", 0, cleared=100, agency="power")
DARK = signal("lamp-1", 20, "traffic.signal_dark", agency="transport")
NAME = incident_id(TRIP.id)


def outage() -> Book:
    book = Book()
    book.take(group(TRIP), group(DARK, cause=TRIP))
    return book


def test_blanks_are_no_note_and_no_owner() -> None:
    book = outage()
    with pytest.raises(Invalid, match="note: the note is empty"):
        book.command(NAME, "note", note=" \n")
    with pytest.raises(Invalid, match="assignee: say to whom"):
        book.command(NAME, "assign", assignee="  ")
    with pytest.raises(Invalid, match="longer than 200"):
        book.command(NAME, "assign", assignee="x" * 201)
    assert book.incident(NAME).state == "open"
    assert book.command(NAME, "assign", assignee=" Đội 3 ").incident.assignee == "Đội 3"


def until(book: Book, **after: float) -> dict[str, Any]:
    return {"until": book.now + timedelta(**after), "note": "spare part on its way"}


def test_each_agency_acknowledges_its_part_and_the_last_one_the_whole() -> None:
    book = outage()
    first = book.command(NAME, "acknowledge", by="pham", agency="power").incident
    assert (first.state, first.acknowledged_by) == ("open", None)
    assert [(one.agency, one.by) for one in first.acknowledgements] == [("power", "pham")]
    second = book.command(NAME, "acknowledge", by="vo", agency="transport").incident
    assert (second.state, second.acknowledged_by) == ("acknowledged", "vo")


def test_agencies_that_acknowledge_at_the_same_moment_do_not_stop_each_other() -> None:
    book = outage()
    book.command(NAME, "acknowledge", by="pham", agency="power", version=1)
    after = book.command(NAME, "acknowledge", by="vo", agency="transport", version=1).incident
    assert (after.state, after.acknowledged_by) == ("acknowledged", "vo")
    book.command(NAME, "take", version=1)
    with pytest.raises(Conflict):
        book.command(NAME, "acknowledge", by="vo", agency="transport", version=1)


def test_the_center_acknowledges_the_whole_and_an_agency_can_still_add_its_part() -> None:
    book = outage()
    assert book.command(NAME, "acknowledge").incident.state == "acknowledged"
    after = book.command(NAME, "acknowledge", by="pham", agency="power").incident
    assert (after.acknowledged_by, [one.agency for one in after.acknowledgements]) == ("pham", [None, "power"])


def test_who_takes_it_has_acknowledged_his_part() -> None:
    after = (book := outage()).command(NAME, "take", by="pham", agency="power").incident
    assert (after.state, [one.agency for one in after.acknowledgements]) == ("in_progress", ["power"])
    book.command(NAME, "resolve")
    again = book.command(NAME, "reopen", note="still dark").incident
    assert (again.acknowledgements, again.acknowledged_by, again.assignee) == ((), None, "pham")


def test_an_agencys_acknowledgement_survives_a_merge() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK))
    book.command(incident_id(DARK.id), "acknowledge", by="vo", agency="transport")
    book.take(group(DARK, cause=TRIP, revision=2))
    assert [one.agency for one in book.incident(NAME).acknowledgements] == ["transport"]


def test_a_merge_forgets_nobody_who_worked_on_a_part() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK))
    book.command(NAME, "assign", assignee="crew 7")
    book.command(incident_id(DARK.id), "assign", assignee="crew 9")
    merged = book.take(group(DARK, cause=TRIP, revision=2))[0]
    assert merged.incident.assignee == "crew 7"
    assert merged.note == f"crew 9 worked on {incident_id(DARK.id)}"


def test_a_persons_severity_holds_while_nothing_worse_comes() -> None:
    book = outage()
    after = book.command(NAME, "severity", severity="warning", note="an empty street").incident
    assert after.severity == "warning" and after.override is not None
    assert (after.override.judged, after.override.by, after.override.reason) == ("major", "lan", "an empty street")
    book.take(group(OVER, revision=2))
    mild = signal("lamp-2", 30, "traffic.signal_dark", severity="minor")
    book.take(group(mild, cause=TRIP, revision=2))
    assert book.incident(NAME).severity == "warning"
    worse = signal("lamp-3", 40, "traffic.signal_dark", severity="critical")
    book.take(group(worse, cause=TRIP, revision=3))
    assert (book.incident(NAME).severity, book.incident(NAME).override) == ("critical", None)


def test_a_persons_higher_severity_stays_when_the_judged_one_rises_below_it() -> None:
    book = Book()
    mild = signal("lamp-1", 0, "traffic.signal_dark", severity="warning")
    book.take(group(mild))
    name = incident_id(mild.id)
    book.command(name, "severity", severity="critical", note="a hospital")
    book.take(group(mild, signal("lamp-2", 5, "traffic.signal_dark"), revision=2))
    assert book.incident(name).severity == "critical"
    after = book.command(name, "severity").incident
    assert (after.severity, after.override) == ("major", None)


def test_a_severity_can_be_overruled_again() -> None:
    book = outage()
    book.command(NAME, "severity", severity="warning", note="an empty street")
    after = book.command(NAME, "severity", severity="critical", note="a hospital").incident
    assert after.override is not None and after.override.judged == "major"


def test_a_shelved_incident_comes_back_by_itself_to_be_acknowledged_anew() -> None:
    book = outage()
    book.command(NAME, "take")
    shelved = book.command(NAME, "shelve", until=at(500), note="spare part on its way")
    assert shelved.kind == "shelved" and shelved.incident.shelved is not None
    assert (shelved.incident.shelved.by, shelved.incident.shelved.until) == ("lan", at(500))
    assert book.tick(499) == []
    (back,) = book.tick(500)
    assert (back.kind, back.by, back.incident.state, back.incident.shelved) == ("returned", "center", "open", None)
    assert (back.incident.assignee, back.incident.acknowledged_by) == ("lan", None)


def test_what_resolved_on_the_shelf_stays_resolved_when_its_time_is_over() -> None:
    book = Book()
    book.take(group(OVER))
    book.command(NAME, "shelve", until=at(500), note="chatters")
    assert [change.kind for change in book.tick(160)] == ["resolved"]
    (back,) = book.tick(500)
    assert (back.kind, back.incident.state) == ("returned", "resolved")


def test_it_can_be_taken_off_the_shelf_and_its_end_can_be_moved() -> None:
    book = outage()
    book.command(NAME, "shelve", **until(book, hours=1))
    book.command(NAME, "shelve", by="minh", until=at(7000), note="later")
    assert book.due_at(NAME) == at(7000)
    back = book.command(NAME, "unshelve")
    assert (back.kind, back.incident.shelved, book.due_at(NAME)) == ("returned", None, None)


def test_something_worse_brings_it_back_at_once_and_more_of_the_same_does_not() -> None:
    book = outage()
    book.command(NAME, "shelve", **until(book, hours=1))
    book.take(group(signal("lamp-2", 30, "traffic.signal_dark"), cause=TRIP, revision=2))
    assert book.incident(NAME).shelved is not None
    (back,) = book.take(group(signal("lamp-3", 40, "traffic.slow", severity="critical"), cause=TRIP, revision=3))
    assert (back.kind, back.incident.shelved, book.due_at(NAME)) == ("returned", None, None)


def test_what_burns_openly_is_not_hidden_by_the_shelf_of_another() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK))
    book.command(NAME, "shelve", **until(book, hours=1))
    book.take(group(DARK, cause=TRIP, revision=2))
    assert (book.incident(NAME).shelved, book.due_at(NAME)) == (None, None)


def test_two_on_the_shelf_that_become_one_come_back_at_the_earlier_end() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK))
    book.command(NAME, "shelve", until=at(700), note="a")
    book.command(incident_id(DARK.id), "shelve", until=at(600), note="b")
    book.take(group(DARK, cause=TRIP, revision=2))
    assert book.due_at(NAME) == at(600)


def test_closing_takes_it_off_the_shelf() -> None:
    book = outage()
    book.command(NAME, "shelve", **until(book, hours=1))
    assert book.command(NAME, "close").incident.shelved is None
    assert book.tick(1_000_000) == []


def test_a_note_may_carry_an_address() -> None:
    change = outage().command(NAME, "note", note="photo", attachment="https://files.example.org/1.jpg")
    assert (change.command, change.attachment) == ("note", "https://files.example.org/1.jpg")


@pytest.mark.parametrize(
    ("verb", "more", "field"),
    [
        ("severity", {"severity": "awful", "note": "x"}, "severity"),
        ("severity", {"severity": "minor"}, "note"),
        ("severity", {}, "severity"),
        ("shelve", {"note": "x"}, "until"),
        ("shelve", {"until": at(-5), "note": "x"}, "until"),
        ("shelve", {"until": at(8 * 86_400), "note": "x"}, "until"),
        ("shelve", {"until": at(60), "note": " "}, "note"),
        ("unshelve", {}, "command"),
        ("note", {"note": "x", "attachment": "file:///etc/passwd"}, "attachment"),
        ("note", {"note": "x", "attachment": "https://a b"}, "attachment"),
        ("note", {"note": "x", "attachment": "https://"}, "attachment"),
        ("note", {"note": "x", "attachment": f"https://a/{'b' * 2000}"}, "attachment"),
    ],
)
def test_what_is_missing_or_senseless_is_named(verb: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        outage().command(NAME, verb, **more)
    assert refused.value.field == field
