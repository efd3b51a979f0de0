"""The final explanations depend on the set of signals alone: not on order, repetition or increments."""

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from city.correlate import Correlator, Window
from schemas.links import Explanation
from schemas.signals import Signal, TickData
from tests.unit.correlate.stories import RAINY, STORIES
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, STORM, correlator, told


def _plain(found: dict[str, Explanation]) -> dict[str, object]:
    return {group: msgspec.to_builtins(item) for group, item in found.items()}


@settings(max_examples=120)
@given(STORIES, st.randoms(use_true_random=False))
def test_arrival_order_and_duplicates_change_nothing(story: list[Signal], random: object) -> None:
    shuffled = story + story[::2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _plain(told(shuffled)) == _plain(told(sorted(story, key=lambda one: (one.raised_at, one.id))))


@settings(max_examples=120)
@given(STORIES)
def test_incremental_equals_full_recomputation(story: list[Signal]) -> None:
    window = Window()
    for one in story:
        window.apply(one)
    full = Correlator(CATALOGUE, GRAPH, [*RULES, STORM], window).explanations()
    assert _plain(told(story)) == _plain(dict(full))


@settings(max_examples=120)
@given(RAINY)
def test_what_fits_several_of_one_story_is_held_to_the_same_whatever_came_first(story: list[Signal]) -> None:
    window, made, kept = Window(), correlator(rules=[*RULES, STORM]), {}
    for number, one in enumerate(story):
        window.apply(one)
        for sent in made.signal(one, number) + made.settle(number):
            kept[sent.group] = sent
    now = told(story)
    assert _plain(now) == _plain(told(sorted(story, key=lambda one: (one.raised_at, one.id))))
    assert _plain(now) == _plain(dict(Correlator(CATALOGUE, GRAPH, [*RULES, STORM], window).explanations()))
    assert {group: sent for group, sent in kept.items() if sent.signals} == dict(made.explanations())
    for found in now.values():
        if found.held is not None:
            root = _root(now, found.group)
            near = [link for link in found.candidates if found.held.score - link.score < 0.05]
            between = {_root(now, link.cause) for link in now[root].candidates if link.reason == "tie"}
            assert near and {_root(now, link.cause) for link in near} <= {root} | between
            reasons = {link.reason for link in found.candidates}
            assert reasons == {"weaker"} or found.held.rule == "tied", "it is linked"
            event(f"held by {found.held.rule}")


def _root(found: dict[str, Explanation], group: str) -> str:
    """The root of the story that a group is of."""
    while (above := found[group].parent_group or found[group].held_to) is not None:
        group = above
    return group


@settings(max_examples=80)
@given(STORIES)
def test_raised_first_and_cleared_later_ends_as_if_both_had_come_at_once(story: list[Signal]) -> None:
    raised = [msgspec.structs.replace(one, state="active", cleared_at=None) for one in story]
    assert _plain(told(raised + story)) == _plain(told(story))


@settings(max_examples=60)
@given(STORIES)
def test_what_is_sent_adds_up_to_what_is(story: list[Signal]) -> None:
    made, kept = correlator(rules=[*RULES, STORM]), {}
    for number, one in enumerate([*story, story[0]]):
        for sent in made.signal(one, number) + made.settle(number):
            kept[sent.group] = sent
    assert {group: sent for group, sent in kept.items() if sent.signals} == dict(made.explanations())


def _sent_with_ticks(story: list[Signal], many: int) -> tuple[dict[str, Explanation], dict[str, Explanation]]:
    """What was sent last of each group, and what is, when a group of so many strands waits for the clock."""
    sent: dict[str, Explanation] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("city.correlate.correlator.MANY", many)
        made = correlator(rules=[*RULES, STORM])
        for number, one in enumerate(story):
            found = made.signal(one, 2 * number)
            if number % 3 == 0:
                now_ms = round(one.raised_at.timestamp() * 1000)
                found += made.tick(TickData(now_ms=now_ms, origin="t/0"), 2 * number + 1)
            sent |= {told.group: told for told in found}
        sent |= {told.group: told for told in made.settle(2 * len(story))}
    return {group: told for group, told in sent.items() if told.signals}, dict(made.explanations())


@settings(max_examples=80)
@given(STORIES)
def test_what_is_told_of_crowds_at_the_next_second_is_what_would_have_been_told_at_once(story: list[Signal]) -> None:
    came = [*story, *story[::3]]
    sent, crowds = _sent_with_ticks(came, 2)
    assert sent == crowds
    at_once, _ = _sent_with_ticks(came, 1_000)
    plain = [
        {group: msgspec.structs.replace(one, revision=0) for group, one in found.items()} for found in (sent, at_once)
    ]
    assert plain[0] == plain[1]


@settings(max_examples=60)
@given(STORIES, st.integers(1, 21))
def test_a_restart_from_pages_goes_on_as_if_nothing_had_happened(story: list[Signal], cut: int) -> None:
    first = correlator(rules=[*RULES, STORM])
    for number, one in enumerate(story[:cut]):
        first.signal(one, number)
    window = Window()
    for page in first.window.pages(range(64)).values():
        window.load(page)
    second = Correlator(CATALOGUE, GRAPH, [*RULES, STORM], window)
    assert second.lost_groups() == []
    for number, one in enumerate(story[cut:], cut):
        second.signal(one, number)
    second.settle(99)
    found = {group: msgspec.structs.replace(item, revision=0) for group, item in second.explanations().items()}
    assert _plain(found) == _plain(told(story))
