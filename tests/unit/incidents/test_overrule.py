"""People overrule which signals belong together, and the machine obeys from then on."""

from typing import Any

import msgspec
import pytest

from city.incidents.model import Fact, Outcome, Tracked
from city.incidents.parts import divided
from schemas.errors import Conflict, Invalid
from schemas.ids import incident_id
from schemas.links import SAME, Link
from schemas.signals import Signal
from tests.truth import at, gone, group, signal
from tests.unit.incidents.book import Book

TRIP, OTHER = signal("feeder-1", 0), signal("feeder-2", 10)
DARK, DARK2 = signal("lamp-1", 20, "traffic.signal_dark"), signal("lamp-2", 21, "traffic.signal_dark")
SLOW = signal("road-1", 300, "traffic.slow")
A, B = incident_id(TRIP.id), incident_id(OTHER.id)


def two() -> Book:
    """Two outages that nothing links, the second with an effect."""
    book = Book()
    book.take(group(TRIP))
    book.take(group(OTHER), group(DARK, cause=OTHER))
    return book


def one() -> Book:
    """An outage with two dark signals and a jam behind the first."""
    book = Book()
    book.take(group(TRIP), group(DARK, cause=TRIP), group(DARK2, cause=TRIP), group(SLOW, cause=DARK))
    return book


def same(*members: Signal, revision: int = 1) -> Any:
    """One group of several, with the links that made it."""
    links = tuple(Link(kind=SAME, rule="near", cause=members[0].id, effect=one.id) for one in members[1:])
    return group(*members, same=links, revision=revision)


def elsewhere(book: Book, *not_in: str) -> str:
    (found,) = [one.id for one in book.live() if one.id not in not_in]
    return found


def test_a_merge_makes_one_of_two_and_both_hear_of_it() -> None:
    book = two()
    change = book.command(B, "merge", incident=A, note="same substation")
    assert (change.incident_id, change.kind, change.by, change.note) == (A, "merged", "lan", "same substation")
    assert change.merged_from == (B,) and book.members(A) == {"feeder-1", "feeder-2", "lamp-1"}
    assert (book.incident(B).state, book.incident(B).merged_into) == ("merged", A)
    assert [(one.command, one.by) for one in book.changes[-2:]] == [("merge", "lan")] * 2
    (overrule,) = book.incident(A).overrules
    assert (overrule.id, overrule.command) == (f"{A}.2", "merge")


def test_recomputation_obeys_a_merge_whatever_comes_later() -> None:
    book = two()
    book.command(A, "merge", incident=B)
    later = signal("lamp-9", 40, "traffic.signal_dark")
    book.take(group(OTHER, revision=2), group(later, cause=OTHER, revision=2))
    assert [incident.id for incident in book.live()] == [A] and "lamp-9" in book.members(A)


def test_a_merge_keeps_what_people_did_on_both() -> None:
    book = two()
    book.command(A, "assign", assignee="crew 7")
    book.command(B, "acknowledge", by="vo", agency="transport")
    book.command(A, "merge", incident=B)
    after = book.incident(A)
    assert (after.assignee, after.state) == ("crew 7", "in_progress")
    assert {part.agency for part in after.acknowledgements} == {None, "transport"}


def test_undoing_a_merge_brings_the_other_back_as_it_was() -> None:
    book = two()
    book.command(B, "assign", assignee="crew 9")
    book.command(A, "merge", incident=B)
    book.take(group(SLOW, cause=DARK, revision=2))
    change = book.command(A, "undo")
    assert (change.kind, change.command) == ("split", "undo")
    assert book.members(A) == {"feeder-1"} and book.members(B) == {"feeder-2", "lamp-1", "road-1"}
    back = book.incident(B)
    assert (back.state, back.assignee, back.merged_into) == ("in_progress", "crew 9", None)
    assert book.incident(A).overrules == ()
    assert {one.incident_id: (one.kind, one.moved_from, one.moved_to) for one in book.changes[-2:]} == {
        A: ("split", (), (B,)),
        B: ("split", (A,), ()),
    }
    book.take(group(OTHER, revision=3))
    assert len(book.live()) == 2, "the machine merged them again"


def test_undoing_a_merge_takes_the_younger_one_away_also_where_it_has_the_root() -> None:
    book = Book()
    book.take(group(OTHER), group(DARK, cause=OTHER))
    book.take(group(TRIP))
    book.command(A, "merge", incident=B)
    assert book.incident(B).root_signal == TRIP.id and book.incident(A).merged_into == B
    book.command(B, "undo")
    assert book.members(A) == {"feeder-1"} and book.members(B) == {"feeder-2", "lamp-1"}


def test_each_has_its_own_overrules_again_when_a_merge_is_undone() -> None:
    book = two()
    book.command(B, "detach", signals=(DARK.id,))
    dark = elsewhere(book, A, B)
    book.command(A, "merge", incident=B)
    assert len(book.incident(A).overrules) == 2
    book.command(A, "undo")
    assert (len(book.incident(A).overrules), len(book.incident(B).overrules)) == (0, 1)
    book.command(B, "undo")
    assert book.members(B) == {"feeder-2", "lamp-1"} and book.incident(dark).merged_into == B
    with pytest.raises(Invalid):
        book.command(B, "undo")


def test_what_an_undone_merge_gives_back_goes_on_to_its_cause_unless_people_keep_them_apart() -> None:
    for facts, reasons in ((), None), ((Fact("apart", SLOW.id, DARK2.id, "x"),), ["apart"]):
        book = Book()
        book.take(group(TRIP), group(DARK2))
        book.take(group(DARK), group(SLOW, cause=DARK))
        dark = incident_id(DARK.id)
        book.command(A, "merge", incident=dark)
        book.take(group(DARK, cause=DARK2, revision=2), facts=(*book.state.facts, *facts))
        assert book.incident(A).candidates[0].reason == "held"
        book.command(A, "undo")
        came_back = book.incident(dark)
        assert came_back.merged_into == (None if reasons else incident_id(DARK2.id))
        assert not reasons or [one.reason for one in came_back.candidates] == reasons


def test_a_resolved_incident_comes_back_resolved_and_an_acknowledged_one_acknowledged() -> None:
    for verb, state in (("resolve", "resolved"), ("acknowledge", "acknowledged")):
        book = two()
        book.command(B, verb)
        book.command(A, "merge", incident=B)
        book.command(A, "undo")
        assert book.incident(B).state == state


def test_what_comes_back_resolved_closes_a_day_after_it_resolved() -> None:
    book = two()
    book.command(B, "resolve")
    due_at = book.due_at(B)
    book.command(A, "merge", incident=B)
    book.command(A, "undo")
    assert book.due_at(B) == due_at is not None


def test_a_merge_that_the_machine_agrees_with_by_now_cannot_be_undone() -> None:
    book = two()
    book.command(A, "merge", incident=B)
    book.take(group(OTHER, cause=TRIP, revision=2))
    with pytest.raises(Invalid) as refused:
        book.command(A, "undo")
    assert refused.value.field == "overrule" and len(book.live()) == 1


def test_a_split_takes_the_named_signals_and_what_they_caused() -> None:
    book = one()
    change = book.command(A, "split", signals=(DARK.id,), note="its own cabinet")
    new = elsewhere(book, A)
    assert (change.kind, change.incident_id, set(change.removed)) == ("split", A, {DARK.id, SLOW.id})
    assert book.members(A) == {"feeder-1", "lamp-2"} and book.members(new) == {"lamp-1", "road-1"}
    opened = next(change for change in book.changes if change.incident_id == new)
    assert (opened.kind, opened.by, opened.incident.state) == ("opened", "lan", "open")
    assert (change.moved_to, opened.moved_from) == ((new,), (A,))
    (offered,) = book.incident(new).candidates
    assert (offered.incident, offered.reason) == (A, "apart"), "the loser is no candidate"


def test_recomputation_obeys_a_split_and_the_split_off_grows_by_itself() -> None:
    book = one()
    book.command(A, "split", signals=(DARK.id,))
    new = elsewhere(book, A)
    book.take(group(TRIP, revision=2), group(DARK, cause=TRIP, revision=2), group(SLOW, cause=DARK, revision=2))
    behind = signal("road-2", 400, "traffic.slow")
    book.take(group(behind, cause=SLOW, revision=3))
    assert book.members(new) == {"lamp-1", "road-1", "road-2"} and book.members(A) == {"feeder-1", "lamp-2"}


def test_several_leave_together_even_when_nothing_else_joins_them() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK, cause=TRIP), group(DARK2, cause=TRIP))
    book.command(A, "split", signals=(DARK.id, DARK2.id))
    assert book.members(elsewhere(book, A)) == {"lamp-1", "lamp-2"}


def test_undoing_a_split_brings_them_home() -> None:
    book = one()
    book.command(A, "split", signals=(DARK.id,))
    new = elsewhere(book, A)
    change = book.command(A, "undo")
    assert (change.kind, change.merged_from, change.incident_id) == ("merged", (new,), A)
    assert book.members(A) == {"feeder-1", "lamp-1", "lamp-2", "road-1"}
    assert (book.incident(A).overrules, book.incident(new).merged_into) == ((), A)


def test_a_split_of_what_only_a_merge_had_joined_can_be_undone_too() -> None:
    book = two()
    book.command(A, "merge", incident=B)
    book.command(A, "split", signals=(OTHER.id,))
    assert book.members(A) == {"feeder-1"}
    book.command(A, "undo")
    assert book.members(A) == {"feeder-1", "feeder-2", "lamp-1"}
    assert [one.command for one in book.incident(A).overrules] == ["merge"]


def test_undoing_a_split_brings_home_also_what_the_machine_has_merged_since() -> None:
    book = one()
    book.take(group(OTHER))
    book.command(A, "split", signals=(DARK.id,))
    left = elsewhere(book, A, B)
    book.take(group(DARK, cause=OTHER, revision=2))
    assert book.incident(left).merged_into == B
    book.command(A, "undo")
    assert book.members(A) == {"feeder-1", "lamp-1", "lamp-2", "road-1"} and book.members(B) == {"feeder-2"}


def test_a_detached_signal_leaves_alone_and_what_it_caused_stays() -> None:
    book = one()
    book.command(A, "detach", signals=(DARK.id,))
    new = elsewhere(book, A)
    assert book.members(new) == {"lamp-1"} and book.members(A) == {"feeder-1", "lamp-2", "road-1"}
    book.take(group(DARK, cause=TRIP, revision=2), group(SLOW, cause=DARK, revision=2))
    assert book.members(new) == {"lamp-1"}
    book.command(A, "undo")
    assert book.members(A) == {"feeder-1", "lamp-1", "lamp-2", "road-1"}


def test_a_report_is_detached_from_what_it_was_taken_to_be_the_same_as() -> None:
    """Two crashes on opposite carriageways, joined because they are near each other."""
    crash, second = signal("road-1", 0, "traffic.crash"), signal("report-1", 200, "report.crash")
    third = signal("report-2", 210, "report.crash")
    book = Book()
    book.take(same(crash, second, third))
    name = incident_id(crash.id)
    book.command(name, "detach", signals=(second.id,))
    new = elsewhere(book, name)
    assert book.members(name) == {"road-1", "report-2"} and book.members(new) == {"report-1"}
    book.take(same(crash, second, third, signal("report-3", 220, "report.crash"), revision=2), gone(second, 2))
    assert book.members(name) == {"road-1", "report-2", "report-3"} and book.members(new) == {"report-1"}
    book.take(gone(second, 3))
    assert book.members(new) == {"report-1"}
    book.command(name, "undo")
    assert book.members(name) == {"road-1", "report-1", "report-2", "report-3"}
    (whole,) = [one for one in book.state.groups.values() if one.signals]
    assert {link.effect for link in whole.same} == {one.id for one in whole.signals[1:]}


def test_what_left_a_group_can_be_a_group_of_its_own_by_the_machines_word_too() -> None:
    crash, second = signal("road-1", 0, "traffic.crash"), signal("report-1", 200, "report.crash")
    book = Book()
    book.take(same(crash, second))
    name = incident_id(crash.id)
    book.command(name, "detach", signals=(second.id,))
    book.take(group(crash, revision=2), group(second, revision=2))
    assert book.members(elsewhere(book, name)) == {"report-1"}
    assert all(one.part_of is None for one in book.state.groups.values())


def test_the_first_of_a_group_of_effects_can_leave_it_and_the_rest_keeps_the_cause() -> None:
    lost = signal("report-1", 25, "report.outage")
    book = Book()
    book.take(group(TRIP), group(DARK, lost, cause=TRIP))
    book.command(A, "detach", signals=(DARK.id,))
    assert book.members(A) == {"feeder-1", "report-1"}
    assert next(one for one in book.state.groups.values() if one.group == lost.id).parent_group == TRIP.id


def test_signals_split_from_a_suspected_cause_leave_the_others_together() -> None:
    book = Book()
    lamps = [signal(f"lamp-{number}", number, "traffic.signal_dark") for number in range(5)]
    book.take(*(group(lamp, suspected_asset="feeder-1") for lamp in lamps))
    (whole,) = book.live()
    book.command(whole.id, "split", signals=(lamps[0].id, lamps[1].id))
    assert book.members(whole.id) == {"lamp-2", "lamp-3", "lamp-4"}
    assert book.members(elsewhere(book, whole.id)) == {"lamp-0", "lamp-1"}
    book.command(whole.id, "undo")
    assert len(book.live()) == 1


def test_a_kind_that_opens_nothing_belongs_nowhere_once_detached_and_comes_back_by_undo() -> None:
    stuck = signal("sensor-1", 30, "sensor.stuck")
    book = Book()
    book.take(group(TRIP), group(stuck, cause=TRIP, opens=False))
    book.command(A, "detach", signals=(stuck.id,))
    assert book.members(A) == {"feeder-1"} and len(book.live()) == 1
    assert book.take(group(TRIP, revision=2), group(stuck, cause=TRIP, opens=False, revision=2)) == []
    book.command(A, "undo")
    assert book.members(A) == {"feeder-1", "sensor-1"}


def test_what_was_taken_apart_is_not_merged_before_that_is_undone() -> None:
    book = one()
    book.command(A, "split", signals=(DARK.id,))
    new = elsewhere(book, A)
    with pytest.raises(Invalid) as refused:
        book.command(A, "merge", incident=new)
    assert refused.value.field == "incident" and f"{A}.2" in refused.value.detail


def test_an_older_overrule_can_be_undone_by_its_name() -> None:
    book = one()
    book.command(A, "split", signals=(DARK.id,))
    book.command(A, "split", signals=(DARK2.id,))
    first, second = book.incident(A).overrules
    book.command(A, "undo", overrule=first.id)
    assert book.members(A) == {"feeder-1", "lamp-1", "road-1"} and book.incident(A).overrules == (second,)


def test_a_closed_incident_takes_nothing_and_gives_nothing() -> None:
    book = two()
    book.command(B, "close")
    with pytest.raises(Invalid):
        book.command(A, "merge", incident=B)
    with pytest.raises(Invalid):
        book.command(B, "split", signals=(DARK.id,))


def test_after_a_split_the_machine_adds_and_merges_but_only_offers_to_take_away() -> None:
    book = one()
    book.command(A, "split", signals=(DARK.id,))
    new = elsewhere(book, A)
    book.take(group(OTHER, revision=2))
    book.take(group(SLOW, cause=OTHER, revision=3))
    assert book.members(new) == {"lamp-1", "road-1"}
    assert {(one.incident, one.reason) for one in book.incident(new).candidates} >= {(B, "held")}


def test_two_who_reshape_at_once_do_not_both_win() -> None:
    book = two()
    book.command(A, "merge", incident=B, version=1)
    with pytest.raises(Conflict):
        book.command(A, "acknowledge", version=1)


@pytest.mark.parametrize(
    ("verb", "more", "field"),
    [
        ("merge", {}, "incident"),
        ("merge", {"incident": A}, "incident"),
        ("merge", {"incident": "inc-nowhere"}, "incident"),
        ("split", {}, "signals"),
        ("split", {"signals": (OTHER.id,)}, "signals"),
        ("split", {"signals": (TRIP.id,)}, "signals"),
        ("detach", {"signals": (DARK.id, DARK2.id)}, "signals"),
        ("undo", {}, "overrule"),
        ("undo", {"overrule": "inc-1.1"}, "overrule"),
    ],
)
def test_what_cannot_be_reshaped_names_the_field(verb: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        one().command(A, verb, **more)
    assert refused.value.field == field


def test_what_was_merged_resolves_when_all_of_it_is_over_and_what_was_split_by_itself() -> None:
    book = two()
    book.command(A, "merge", incident=B)
    book.take(group(signal("feeder-1", 0, cleared=100), revision=2))
    assert book.tick(1000) == []
    over = [group(signal("feeder-2", 10, cleared=100), revision=2)]
    over.append(group(signal("lamp-1", 20, "traffic.signal_dark", cleared=100), cause=OTHER, revision=2))
    book.take(*over)
    assert [change.kind for change in book.tick(1000)] == ["resolved"]
    assert book.incident(A).resolved_at == at(160)


def test_what_has_no_signal_left_cannot_be_merged() -> None:
    book = two()
    book.command(B, "acknowledge")
    book.take(gone(OTHER, 2), gone(DARK, 2))
    book.state = msgspec.structs.replace(
        book.state, incidents={**book.state.incidents, B: rootless(book.state.incidents[B])}
    )
    with pytest.raises(Invalid) as refused:
        book.command(A, "merge", incident=B)
    assert refused.value.field == "incident"


def rootless(tracked: Tracked) -> Tracked:
    return msgspec.structs.replace(tracked, incident=msgspec.structs.replace(tracked.incident, root_signal=None))


def test_a_change_that_is_not_known_any_more_cannot_be_undone() -> None:
    book = two()
    book.command(A, "merge", incident=B)
    book.changes.clear()
    with pytest.raises(Invalid) as refused:
        book.command(A, "undo")
    assert refused.value.field == "overrule"


def test_when_every_member_of_a_group_was_told_to_leave_the_first_one_stays() -> None:
    both = same(TRIP, OTHER)
    pieces = divided(both, {TRIP.id: {OTHER.id}, OTHER.id: {TRIP.id}})
    assert [(one.group, one.part_of) for one in pieces] == [(TRIP.id, None), (OTHER.id, TRIP.id)]


def test_two_outcomes_in_turn_are_one() -> None:
    book = two()
    first, second = Outcome(changes=book.changes[:1]), Outcome(changes=book.changes[1:])
    assert first.then(second).changes == book.changes


def test_two_that_stay_dark_after_the_feeder_is_back_are_split_off_and_the_outage_ends() -> None:
    lamps = [signal(f"lamp-{number}", 5 + number, "traffic.signal_dark") for number in range(40)]
    book = Book()
    book.take(group(TRIP), *(group(lamp, cause=TRIP) for lamp in lamps))
    back = [signal(f"lamp-{number}", 5 + number, "traffic.signal_dark", cleared=600) for number in range(38)]
    book.take(
        group(signal("feeder-1", 0, cleared=590), revision=2), *(group(lamp, cause=TRIP, revision=2) for lamp in back)
    )
    assert book.tick(5000) == [], "a member that still burns keeps it open"
    book.command(A, "split", signals=tuple(lamp.id for lamp in lamps[38:]), note="their cabinet is broken")
    assert book.members(elsewhere(book, A)) == {"lamp-38", "lamp-39"}
    assert [(change.incident_id, change.kind) for change in book.tick(5000)] == [(A, "resolved")]
