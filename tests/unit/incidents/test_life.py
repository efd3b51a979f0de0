"""Resolving, reopening, closing, settling, and what people command."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from schemas.domains import Domain
from schemas.errors import Conflict, Invalid
from schemas.ids import incident_id
from schemas.links import Link
from schemas.signals import Signal
from tests.truth import at, group, signal
from tests.unit.incidents.book import Book

TRIP = signal("feeder-1", 0)
OVER = signal("feeder-1", 0, cleared=100)
DARK = signal("lamp-1", 20, "traffic.signal_dark")
NAME = incident_id(TRIP.id)
DAY_S = 86_400


def resolved_book() -> Book:
    book = Book()
    book.take(group(TRIP))
    book.take(group(OVER, revision=2))
    book.tick(160)
    return book


def test_an_incident_resolves_when_everything_stayed_cleared_for_the_hold_down() -> None:
    book = Book()
    book.take(group(TRIP))
    book.take(group(OVER, revision=2))
    assert book.tick(159) == []
    (change,) = book.tick(160)
    assert (change.kind, change.incident.state, change.incident.resolved_at) == ("resolved", "resolved", at(160))
    assert book.tick(161) == []


def test_a_corrected_end_moves_the_hold_down_without_a_change() -> None:
    book = Book()
    book.take(group(OVER))
    assert book.take(group(signal("feeder-1", 0, cleared=130), revision=2)) == []
    assert book.due_at(NAME) == at(190)


def test_each_kind_has_its_own_hold_down() -> None:
    book = Book()
    slow = signal("road-1", 0, "traffic.slow", cleared=100)
    book.take(group(slow))
    assert book.due_at(incident_id(slow.id)) == at(400)


def test_a_condition_may_ask_for_a_longer_one_and_rules_take_the_same() -> None:
    named = {"name": "Slow", "name_vi": "Chậm"}
    slow_speed = {**named, "kind": "traffic.slow", "severity": "minor", "quantity": "speed_kmh", "below": 10.0}
    conditions = [
        {**slow_speed, "id": "own"},
        *({**slow_speed, "id": str(hold), "hold_down": hold} for hold in (900, 20)),
    ]
    traffic = {**named, "id": "traffic", "description": "", "description_vi": "", "conditions": conditions}
    book = Book()
    book.words = msgspec.structs.replace(
        book.words, domains={**book.words.domains, "traffic": msgspec.convert(traffic, Domain)}
    )
    for asset, condition, after in (("road-1", "900", 1000), ("road-2", "20", 400), ("road-3", None, 400)):
        slow = msgspec.structs.replace(signal(asset, 0, "traffic.slow", cleared=100), condition=condition)
        book.take(group(slow))
        assert book.due_at(incident_id(slow.id)) == at(after)
    assert [book.words.hold_down(one) for one in ("traffic.slow", "power.outage", "never.told")] == [900, 60, 60]


def test_a_member_that_still_burns_keeps_it_open() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK, cause=TRIP))
    book.take(group(OVER, revision=2))
    assert book.tick(10_000) == []
    assert book.incident(NAME).state == "open"


def report(seconds: float) -> Signal:
    return signal(f"report-{seconds}", seconds, "report.outage", domain="reports")


def test_a_report_ends_with_what_was_measured() -> None:
    book = Book()
    book.take(group(TRIP, report(50)))
    book.take(group(OVER, report(50), revision=2))
    assert book.incident(NAME).active_count == 0
    (change,) = book.tick(160)
    assert (change.kind, change.incident.resolved_at) == ("resolved", at(160))


def test_a_report_of_after_the_end_keeps_it_open_and_reopens_it() -> None:
    book = Book()
    book.take(group(OVER, report(120)))
    assert book.due_at(NAME) is None
    book = resolved_book()
    (change,) = book.take(group(OVER, report(200), revision=3))
    assert (change.kind, change.incident.state) == ("reopened", "open")


def test_reports_alone_hold_their_incident_until_they_count_as_over() -> None:
    book = Book()
    book.take(group(report(0)))
    assert book.due_at(incident_id(report(0).id)) is None


def test_a_signal_that_comes_back_before_the_hold_down_stops_the_clock() -> None:
    book = Book()
    book.take(group(OVER))
    book.take(group(OVER, signal("feeder-1", 130), revision=2))
    assert book.tick(10_000) == []


def test_the_severity_is_the_worst_active_ones_then_the_worst_ever() -> None:
    book = Book()
    mild = signal("lamp-1", 20, "traffic.signal_dark", severity="warning")
    book.take(group(TRIP), group(mild, cause=TRIP))
    book.take(group(OVER, revision=2))
    assert book.incident(NAME).severity == "warning"
    cleared = signal("lamp-1", 20, "traffic.signal_dark", severity="warning", cleared=110)
    book.take(group(cleared, cause=TRIP, revision=3))
    assert book.incident(NAME).severity == "major"


def test_a_resolved_incident_reopens_when_a_new_effect_joins() -> None:
    book = resolved_book()
    (change,) = book.take(group(DARK, cause=TRIP, revision=3))
    assert (change.kind, change.incident.state, change.incident.resolved_at) == ("reopened", "open", None)


def test_what_began_and_ended_since_it_resolved_reopens_it_though_both_are_told_at_once() -> None:
    book = resolved_book()
    (change,) = book.take(group(OVER, signal("feeder-1", 200, cleared=210), revision=3))
    assert (change.kind, change.incident.state, change.incident.active_count) == ("reopened", "open", 0)
    (change,) = book.tick(300)
    assert (change.kind, change.incident.resolved_at) == ("resolved", at(270))


def test_a_late_effect_that_is_over_does_not_reopen() -> None:
    book = resolved_book()
    over = signal("lamp-1", 20, "traffic.signal_dark", cleared=90)
    (change,) = book.take(group(over, cause=TRIP, revision=3))
    assert (change.kind, change.incident.state) == ("updated", "resolved")


def test_it_closes_a_day_after_it_resolved_and_what_comes_later_follows() -> None:
    book = resolved_book()
    (change,) = book.tick(160 + DAY_S)
    assert change.kind == "closed"
    (opened,) = book.take(group(DARK, cause=TRIP, revision=3))
    assert (opened.kind, opened.incident.follows) == ("opened", NAME)
    assert book.incident(NAME).state == "closed" and book.incident(NAME).signal_count == 1


def test_a_new_signal_in_a_closed_group_opens_a_new_incident() -> None:
    book = resolved_book()
    book.tick(160 + DAY_S)
    (opened,) = book.take(group(OVER, signal("feeder-1", 150), revision=3))
    assert opened.kind == "opened" and opened.incident_id != NAME and opened.incident.follows == NAME


def test_two_effects_of_a_closed_cause_follow_in_one_incident() -> None:
    book = resolved_book()
    book.tick(160 + DAY_S)
    second = signal("lamp-2", 25, "traffic.signal_dark")
    (opened,) = book.take(group(DARK, cause=TRIP, revision=3), group(second, cause=TRIP, revision=3))
    assert opened.incident.signal_count == 2


def test_sound_and_webhooks_wait_until_it_has_settled_or_its_cause_is_here() -> None:
    book = Book()
    (opened,) = book.take(group(DARK, settle_s=15))
    assert opened.incident.settled_at == book.now + timedelta(seconds=15)
    (came,) = book.take(group(TRIP, revision=2), group(DARK, cause=TRIP, revision=2, settle_s=0))
    assert came.incident.settled_at is None


@pytest.mark.parametrize(
    ("verb", "more", "kind", "state"),
    [
        ("acknowledge", {}, "acknowledged", "acknowledged"),
        ("take", {}, "updated", "in_progress"),
        ("assign", {"assignee": "crew 7"}, "updated", "in_progress"),
        ("note", {"note": "called the dispatcher"}, "updated", "open"),
        ("resolve", {}, "resolved", "resolved"),
        ("close", {}, "closed", "closed"),
    ],
)
def test_a_command_is_one_change(verb: str, more: dict[str, Any], kind: str, state: str) -> None:
    book = Book()
    book.take(group(TRIP))
    change = book.command(NAME, verb, **more)
    assert (change.kind, change.incident.state, change.by, change.version) == (kind, state, "lan", 2)
    assert change.note == more.get("note")


@pytest.mark.parametrize(
    ("verb", "more", "field"),
    [
        ("dance", {}, "command"),
        ("assign", {}, "assignee"),
        ("note", {}, "note"),
        ("note", {"note": "x" * 4001}, "note"),
        ("reopen", {"note": "why"}, "command"),
        ("acknowledge", {"version": 7}, "version"),
    ],
)
def test_a_command_that_makes_no_sense_names_the_field(verb: str, more: dict[str, Any], field: str) -> None:
    book = Book()
    book.take(group(TRIP))
    with pytest.raises(Invalid) as refused:
        book.command(NAME, verb, **more)
    assert refused.value.field == field


def test_reopening_needs_a_reason() -> None:
    book = resolved_book()
    with pytest.raises(Invalid):
        book.command(NAME, "reopen")
    assert book.command(NAME, "reopen", note="still dark").incident.state == "open"


def test_an_end_is_told_once() -> None:
    book = resolved_book()
    with pytest.raises(Invalid) as refused:
        book.command(NAME, "resolve")
    assert refused.value.field == "command"


def test_closed_is_final_but_for_notes() -> None:
    book = Book()
    book.take(group(TRIP))
    book.command(NAME, "close")
    with pytest.raises(Invalid):
        book.command(NAME, "acknowledge")
    assert book.command(NAME, "note", note="cable replaced").incident.state == "closed"


def test_closing_what_was_not_resolved_resolves_it() -> None:
    book = Book()
    book.take(group(TRIP))
    assert book.command(NAME, "close").incident.resolved_at == book.now
    other = Book()
    other.take(group(TRIP))
    resolved_at = other.command(NAME, "resolve").incident.resolved_at
    assert other.command(NAME, "close").incident.resolved_at == resolved_at is not None


def test_the_machines_own_updates_do_not_conflict_and_another_command_does() -> None:
    book = Book()
    book.take(group(TRIP))
    book.take(group(DARK, cause=TRIP, revision=2))
    book.command(NAME, "acknowledge", version=1)
    with pytest.raises(Conflict):
        book.command(NAME, "acknowledge", version=1)
    with pytest.raises(Conflict):
        book.command(NAME, "take", version=2)


def test_a_merge_that_the_person_did_not_see_is_a_conflict() -> None:
    book = Book()
    book.take(group(TRIP))
    book.take(group(DARK))
    book.take(group(DARK, cause=TRIP, revision=2))
    with pytest.raises(Conflict):
        book.command(NAME, "acknowledge", version=1)


def test_a_merge_keeps_what_people_did() -> None:
    book = Book()
    book.take(group(TRIP))
    book.take(group(DARK))
    book.command(incident_id(DARK.id), "assign", assignee="crew 7")
    book.take(group(DARK, cause=TRIP, revision=2))
    merged = book.incident(NAME)
    assert (merged.assignee, merged.acknowledged_by, merged.state) == ("crew 7", "lan", "in_progress")


def test_once_a_person_has_acted_a_removal_is_only_offered() -> None:
    book = Book()
    other = signal("feeder-2", 10)
    book.take(group(TRIP), group(DARK, cause=TRIP), group(other))
    book.command(NAME, "acknowledge")
    book.take(group(DARK, cause=other, revision=2))
    assert book.incident(NAME).signal_count == 2
    (offered,) = book.incident(NAME).candidates
    assert (offered.incident, offered.reason) == (incident_id(other.id), "held")


def test_once_a_person_has_acted_the_machine_still_adds() -> None:
    book = Book()
    book.take(group(TRIP))
    book.command(NAME, "acknowledge")
    book.take(group(DARK, cause=TRIP, revision=2))
    assert (book.incident(NAME).signal_count, book.incident(NAME).state) == (2, "acknowledged")


def test_what_has_outlived_its_cause_leaves_also_where_a_person_has_acted() -> None:
    book = Book()
    trip, dark = signal("feeder-1", 0), signal("lamp-1", 20, "traffic.signal_dark")
    slow = signal("road-1", 60, "traffic.slow")
    book.take(group(trip), group(dark, cause=trip), group(slow, cause=dark))
    (first,) = book.live()
    book.command(first.id, "acknowledge")
    link = Link(kind="cause", rule="outage_darkens", cause=trip.id, effect=dark.id, reason="outlived")
    book.take(group(dark, revision=2, candidates=(link,)))
    kept, left = book.live()
    assert (kept.id, kept.signal_count, kept.acknowledged_by) == (first.id, 1, "lan")
    assert (left.signal_count, left.state) == (2, "open"), "with what it caused"
