"""What becomes due: several timers of one incident, each by itself."""

import msgspec

from city.incidents.model import Tracked, with_timer
from schemas.ids import incident_id
from tests.truth import at, group, signal
from tests.unit.incidents.book import Book

TRIP, OVER = signal("feeder-1", 0), signal("feeder-1", 0, cleared=100)
DARK = signal("lamp-1", 20, "traffic.signal_dark")
NAME = incident_id(TRIP.id)


def with_set(book: Book, incident: str, **timers: float) -> None:
    tracked = book.state.incidents[incident]
    for name, seconds in timers.items():
        tracked = with_timer(tracked, name, at(seconds))
    book.state = msgspec.structs.replace(book.state, incidents={**book.state.incidents, incident: tracked})


def tracked(book: Book) -> Tracked:
    return book.state.incidents[NAME]


def test_the_earliest_timer_is_what_the_recorder_waits_for() -> None:
    book = Book()
    book.take(group(OVER))
    assert tracked(book).due_at == at(160)
    with_set(book, NAME, other=50)
    assert tracked(book).due_at == at(50)


def test_a_timer_of_an_unknown_kind_waits_and_changes_nothing() -> None:
    book = Book()
    book.take(group(TRIP))
    with_set(book, NAME, other=50)
    assert book.tick(1000) == [] and tracked(book).timers == {"other": at(50)}


def test_a_timer_that_an_earlier_one_took_away_does_not_fire() -> None:
    book = Book()
    book.take(group(OVER))
    with_set(book, NAME, close=10)
    assert [change.kind for change in book.tick(1000)] == ["closed"]


def test_a_merge_keeps_every_timer_at_its_earliest() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK))
    with_set(book, NAME, one=70, two=80)
    with_set(book, incident_id(DARK.id), two=60, three=90)
    book.take(group(DARK, cause=TRIP, revision=2))
    assert tracked(book).timers == {"one": at(70), "two": at(60), "three": at(90)}


def test_what_a_merged_incident_would_have_resolved_at_does_not_end_the_survivor() -> None:
    book = Book()
    over = signal("lamp-1", 20, "traffic.signal_dark", cleared=30)
    book.take(group(TRIP), group(over))
    book.take(group(over, cause=TRIP, revision=2))
    assert tracked(book).timers == {}
