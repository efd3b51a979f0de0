"""What patterns hold is a function of the set of signals and the clock: not of order, repetition, ticks or restarts."""

from random import Random

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from city.correlate import Correlator, Window
from schemas.links import Explanation
from schemas.rules import Rule
from schemas.signals import Signal
from tests.unit.correlate.patterned import rule, tick
from tests.unit.correlate.stories import STORIES
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, correlator, signal

NOT = {"not": True}
JAM = ["traffic.slow", "traffic.stalled"]
PATTERNS = [
    rule([{"kinds": JAM, "count": 3}], "jams"),
    rule([{"kinds": JAM, "count": 2}], "near_jams", within_m=450, gathers_s=900, opens=False),
    rule([{"kinds": ["traffic.crash"]}, {"kinds": JAM}], "crash_jam", mode="sequence", same_asset=True),
    rule([{"kinds": ["air.smoke"]}, {"kinds": ["air.unhealthy"], **NOT}], "smoke_only", mode="sequence", within_s=300),
    rule([{"kinds": ["traffic.slow"], **NOT}, {"kinds": ["traffic.crash"]}], "sudden", mode="sequence", at_once=True),
    rule([{"kinds": ["road.flooded"]}, {"kinds": ["weather.heavy_rain"], "cited": True}], "wet"),
    rule(
        [
            {"kinds": ["traffic.slow"]},
            {"kinds": ["traffic.crash"], **NOT},
            {"kinds": ["traffic.slow"], "within_s": 300},
        ],
        "spreads",
        mode="sequence",
        along=[{"relation": "flows_to", "max": 2}],
    ),
    rule([{"kinds": JAM}, {"kinds": ["report.crash"]}, {"kinds": ["air.smoke"]}], "two", mode="at_least", least=2),
]
ALL_RULES = [*RULES, *PATTERNS]
DENSE_RULES = [
    rule([{"kinds": ["k"], "count": 2}], "pairs", within_s=120, same_asset=True),
    rule([{"kinds": ["k", "m"], "count": 3}], "threes", within_s=120, within_m=250),
    rule([{"kinds": ["k"]}, {"kinds": ["m"]}, {"kinds": ["k"]}], "echo", mode="sequence", within_s=240),
    rule([{"kinds": ["m"]}, {"kinds": ["k"], "within_s": 120, **NOT}], "alone", same_asset=True),
    rule(
        [{"kinds": ["k"]}, {"kinds": ["m"]}],
        "down",
        mode="sequence",
        within_s=120,
        gathers_s=300,
        along=[{"relation": "flows_to"}],
    ),
]
CLOCKS = st.integers(0, 60).map(lambda number: number * 30.0)


@st.composite
def dense(draw: st.DrawFn) -> Signal:
    """Many signals of two kinds at few places, so that matches compete."""
    raised, place = draw(st.integers(0, 12)) * 30.0, draw(st.sampled_from(["seg", "tl", "cab"]))
    place += str(draw(st.integers(1, 5)))
    lasting = draw(st.sampled_from([None, 0.0, 30.0]))
    kind = draw(st.sampled_from(["k", "k", "m"]))
    return signal(kind, place, raised, None if lasting is None else raised + lasting)


DENSE = st.lists(dense(), min_size=8, max_size=40).map(lambda found: list({one.id: one for one in found}.values()))


def told(signals: list[Signal], clocks: list[float], rules: list[Rule] = ALL_RULES) -> dict[str, object]:
    """The final explanations after these signals with ticks in between, the last at the latest of `clocks`."""
    made = correlator(rules=rules)
    every = max(1, len(signals) // len(clocks))
    for number, item in enumerate(signals):
        made.signal(item, number)
        if number % every == 0 and number // every < len(clocks):
            tick(made, sorted(clocks)[number // every], number)
    tick(made, max(clocks), len(signals))
    return plain(made)


def plain(made: Correlator) -> dict[str, object]:
    return {
        group: msgspec.to_builtins(msgspec.structs.replace(one, revision=0))
        for group, one in made.explanations().items()
    }


def in_order(story: list[Signal]) -> list[Signal]:
    return sorted(story, key=lambda one: (one.raised_at, one.id))


@settings(max_examples=60)
@given(STORIES, st.lists(CLOCKS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_arrival_order_duplicates_and_ticks_in_between_change_nothing(
    story: list[Signal], clocks: list[float], random: Random
) -> None:
    shuffled = story + story[::2]
    random.shuffle(shuffled)
    assert told(shuffled, clocks) == told(in_order(story), [max(clocks)])


@settings(max_examples=60)
@given(DENSE, st.lists(CLOCKS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_matches_that_compete_for_signals_do_not_depend_on_order_either(
    story: list[Signal], clocks: list[float], random: Random
) -> None:
    shuffled = story + [msgspec.structs.replace(one, state="active", cleared_at=None) for one in story[::2]]
    random.shuffle(shuffled)
    assert told(shuffled, clocks, DENSE_RULES) == told(in_order(story), [max(clocks)], DENSE_RULES)


@settings(max_examples=40)
@given(STORIES, st.lists(CLOCKS, min_size=1, max_size=4))
def test_raised_first_and_cleared_later_ends_as_if_both_had_come_at_once(
    story: list[Signal], clocks: list[float]
) -> None:
    raised = [msgspec.structs.replace(one, state="active", cleared_at=None) for one in story]
    assert told(raised + story, clocks) == told(in_order(story), [max(clocks)])


@settings(max_examples=40)
@given(STORIES, CLOCKS)
def test_what_was_withdrawn_leaves_no_trace(story: list[Signal], clock: float) -> None:
    gone = [msgspec.structs.replace(one, withdrawn=True) for one in story[::3]]
    kept = [one for number, one in enumerate(story) if number % 3]
    assert told(story + gone, [clock]) == told(in_order(kept), [clock])


@settings(max_examples=40)
@given(STORIES, CLOCKS)
def test_what_is_sent_adds_up_to_what_is(story: list[Signal], clock: float) -> None:
    made, kept = correlator(rules=ALL_RULES), dict[str, Explanation]()
    for number, one in enumerate(story):
        for sent in made.signal(one, number) + tick(made, clock * number / len(story), number):
            kept[sent.group] = sent
    for sent in tick(made, clock, 99):
        kept[sent.group] = sent
    assert {group: sent for group, sent in kept.items() if sent.signals} == dict(made.explanations())


@settings(max_examples=40)
@given(STORIES, st.integers(1, 21), CLOCKS, CLOCKS)
def test_a_restart_takes_back_nothing_and_goes_on_the_same(
    story: list[Signal], cut: int, before: float, later: float
) -> None:
    first = correlator(rules=ALL_RULES)
    for number, one in enumerate(story[:cut]):
        first.signal(one, number)
    tick(first, before, cut)
    window = Window()
    for page in first.window.pages(range(64)).values():
        window.load(page)
    second = Correlator(CATALOGUE, GRAPH, ALL_RULES, window)
    assert plain(second) == plain(first)
    for number, one in enumerate(story[cut:], cut):
        second.signal(one, number)
    tick(second, max(before, later), 99)
    assert plain(second) == told(in_order(story), [max(before, later)])
