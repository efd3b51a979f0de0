"""Opening, merging, splitting: which explanations are which incident."""

from itertools import product

import pytest

from city.incidents import Fact
from schemas.ids import incident_id
from tests.truth import gone, group, signal
from tests.unit.incidents.book import Book

TRIP = signal("feeder-1", 0, agency="evn")
DARK = signal("lamp-1", 20, "traffic.signal_dark", severity="minor", agency="police", zone="z2")
SLOW = signal("road-1", 300, "traffic.slow", severity="warning")
OTHER = signal("feeder-2", 10)


def kinds(book: Book) -> list[tuple[str, str]]:
    return [(change.incident_id, change.kind) for change in book.changes]


def test_a_tree_is_one_incident_that_says_what_its_root_and_members_say() -> None:
    book = Book()
    (opened,) = book.take(group(TRIP), group(DARK, cause=TRIP), group(SLOW, cause=DARK))
    incident = opened.incident
    assert opened.kind == "opened" and incident.version == 1 and opened.previous_version == 0
    assert (incident.kind, incident.root_signal, incident.root_asset) == ("power.outage", TRIP.id, "feeder-1")
    assert (incident.title, incident.title_vi) == ("Power outage – Feeder 471_GĐ", "Mất điện – Lộ 471_GĐ")
    assert incident.agencies == ("evn", "police") and incident.zones == ("z1", "z2")
    assert (incident.severity, incident.signal_count, incident.active_count) == ("major", 3, 3)
    assert (incident.area, incident.position, incident.opened_at) == ("thu-dau-mot", (106.6, 11.0), TRIP.raised_at)
    assert set(opened.added) == {TRIP.id, DARK.id, SLOW.id}


def test_a_late_cause_takes_its_effects_into_the_incident_published_first() -> None:
    book = Book()
    book.take(group(DARK))
    book.take(group(SLOW))
    late = book.take(group(TRIP, revision=2), group(DARK, cause=TRIP, revision=2), group(SLOW, cause=DARK, revision=2))
    first, second = incident_id(DARK.id), incident_id(SLOW.id)
    assert [(change.incident_id, change.kind) for change in late] == [(first, "merged"), (second, "merged")]
    assert late[0].merged_from == (second,) and book.incident(second).merged_into == first
    assert set(late[0].added) == {TRIP.id, SLOW.id}
    assert book.incident(first).root_signal == TRIP.id
    assert [one.id for one in book.live()] == [first]


@pytest.mark.parametrize("cuts", [*product((False, True), repeat=4)])
def test_a_cause_told_to_have_begun_at_other_times_stays_one_incident_however_it_is_batched(
    cuts: tuple[bool, ...],
) -> None:
    second, third = signal("feeder-1", -60, agency="evn"), signal("feeder-1", -90, agency="evn")
    sent = [
        group(TRIP),
        group(second, revision=2),
        gone(TRIP, 2, became=second),
        group(third, revision=3),
        gone(second, 3, became=third),
    ]
    book, batch = Book(), sent[:1]
    for one, cut in zip(sent[1:], cuts, strict=True):
        if cut:
            book.take(*batch)
        batch = [*([] if cut else batch), one]
    book.take(*batch)
    (left,) = book.live()
    assert (left.state, left.root_signal, left.opened_at) == ("open", third.id, third.raised_at)
    if cuts[0]:
        assert left.id == incident_id(TRIP.id)


def test_a_batch_that_says_nothing_new_changes_nothing() -> None:
    book = Book()
    book.take(group(TRIP))
    assert book.take(group(TRIP)) == []
    assert book.take(group(TRIP, revision=9)) == []


def test_an_explanation_older_than_the_stored_one_is_ignored() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK, cause=TRIP, revision=5))
    assert book.take(group(DARK, revision=4)) == []
    assert len(book.live()) == 1


def test_a_retracted_link_splits_off_what_it_held() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK, cause=TRIP))
    split = book.take(group(DARK, revision=2))
    assert {(change.incident_id, change.kind) for change in split} == {
        (incident_id(TRIP.id), "split"),
        (incident_id(DARK.id), "opened"),
    }
    assert book.incident(incident_id(TRIP.id)).signal_count == 1


def test_an_effect_that_finds_a_better_cause_moves_between_two_incidents() -> None:
    book = Book()
    book.take(group(TRIP), group(OTHER), group(DARK, cause=TRIP))
    moved = book.take(group(DARK, cause=OTHER, revision=2))
    assert {(change.incident_id, change.kind) for change in moved} == {
        (incident_id(TRIP.id), "moved"),
        (incident_id(OTHER.id), "moved"),
    }


def test_what_splits_off_again_after_a_merge_gets_a_fresh_id() -> None:
    book = Book()
    book.take(group(TRIP))
    book.take(group(DARK))
    book.take(group(DARK, cause=TRIP, revision=2))
    book.take(group(DARK, revision=3))
    names = [one.id for one in book.live()]
    assert len(names) == 2 and incident_id(DARK.id) not in names
    assert book.incident(incident_id(DARK.id)).merged_into == incident_id(TRIP.id)


def test_a_group_whose_anchor_changes_keeps_its_incident() -> None:
    book = Book()
    first, earlier = signal("cam-1", 60, "traffic.crash"), signal("call-1", 30, "report.crash")
    book.take(group(first))
    changes = book.take(group(earlier, first, revision=2), gone(first, 2))
    assert [(change.incident_id, change.kind) for change in changes] == [(incident_id(first.id), "updated")]
    assert book.incident(incident_id(first.id)).signal_count == 2


def test_effects_of_a_cause_that_never_reports_are_one_suspected_incident_until_it_comes() -> None:
    book = Book()
    lamps = [signal(f"lamp-{number}", number, "traffic.signal_dark") for number in range(3)]
    (opened,) = book.take(*(group(lamp, suspected_asset="feeder-1") for lamp in lamps))
    assert (opened.incident.root_signal, opened.incident.root_asset) == (None, "feeder-1")
    assert opened.incident.suspected and opened.incident.position == (106.7, 11.1)
    assert "suspected cause: Feeder 471_GĐ" in opened.incident.title
    (came,) = book.take(group(TRIP, revision=2), *(group(lamp, cause=TRIP, revision=2) for lamp in lamps))
    assert came.incident_id == opened.incident_id and came.incident.root_signal == TRIP.id
    assert not came.incident.suspected and came.incident.signal_count == 4


def test_an_asset_suspected_again_after_a_pause_is_another_incident() -> None:
    book = Book()
    times = (0, 60, 1500, 9000, 9060)
    lamps = [signal(f"lamp-{at}", at, "traffic.signal_dark", cleared=at + 30) for at in times]
    opened = book.take(*(group(lamp, suspected_asset="feeder-1") for lamp in lamps))
    assert sorted(one.incident.signal_count for one in opened) == [2, 3]


def test_what_may_only_join_opens_nothing_and_joins_when_explained() -> None:
    book = Book()
    stuck = signal("gauge-1", 5, "sensor.stuck")
    assert book.take(group(stuck, opens=False)) == []
    book.take(group(TRIP), group(stuck, cause=TRIP, opens=False, revision=2))
    assert [one.signal_count for one in book.live()] == [2]


def test_people_join_two_trees_and_part_them_and_apart_wins() -> None:
    book = Book()
    book.take(group(TRIP), group(OTHER))
    together, apart = Fact("together", TRIP.id, OTHER.id), Fact("apart", OTHER.id, TRIP.id)
    book.take(facts=(together,))
    assert len(book.live()) == 1
    book.take(facts=(together, apart))
    assert len(book.live()) == 2


def test_together_of_one_tree_changes_nothing() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK, cause=TRIP))
    assert book.take(facts=(Fact("together", TRIP.id, DARK.id),)) == []


def test_apart_cuts_a_link_of_the_machine() -> None:
    book = Book()
    book.take(group(TRIP), group(DARK, cause=TRIP))
    book.take(facts=(Fact("apart", TRIP.id, DARK.id),))
    assert len(book.live()) == 2


def test_a_signal_judged_away_leaves_and_an_incident_left_empty_resolves() -> None:
    book = Book()
    book.take(group(TRIP))
    (change,) = book.take(gone(TRIP, 2))
    assert (change.kind, change.removed, change.incident.signal_count) == ("resolved", (TRIP.id,), 0)


def test_near_misses_are_offered_as_incidents() -> None:
    from schemas.links import CAUSE, Link

    book = Book()
    book.take(group(TRIP), group(OTHER))
    tie = Link(kind=CAUSE, rule="outage_darkens", cause=OTHER.id, effect=DARK.id, score=0.6, reason="tie", why="…")
    book.take(group(DARK, candidates=(tie,)))
    (offered,) = book.incident(incident_id(DARK.id)).candidates
    assert (offered.incident, offered.signal, offered.reason) == (incident_id(OTHER.id), OTHER.id, "tie")
