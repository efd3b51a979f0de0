"""Correlate's clock: the slowest of the origins, and none before each of them has told its time."""

import msgspec

from city.correlate import Correlator, Window
from schemas.signals import TickData
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, START, correlator, signal


def test_time_stands_until_every_origin_has_told_its_own() -> None:
    correlator = Correlator(CATALOGUE, GRAPH, RULES, origins=("a", "b"))
    correlator.tick(TickData(now_ms=9_000, origin="a"), 1)
    assert correlator.now_ms is None, "what b brings may be of before that"
    correlator.tick(TickData(now_ms=0, origin="b"), 2)
    assert correlator.now_ms == 0, "a recording that has not begun lives all the same"
    correlator.tick(TickData(now_ms=5_000, origin="b"), 3)
    assert correlator.now_ms == 5_000


def test_a_wall_clock_that_was_wrong_is_followed_back_and_what_is_told_again_is_not() -> None:
    made = Correlator(CATALOGUE, GRAPH, RULES, origins=("a",))
    right, wrong = TickData(now_ms=1_000, origin="a", stages={"detect": 1_100}), {"detect": 7_200_100}
    made.tick(right, 1)
    made.tick(TickData(now_ms=7_200_000, origin="a", stages=wrong), 2)
    made.tick(msgspec.structs.replace(right, stages=wrong), 3)
    assert made.now_ms == 7_200_000, "detect tells an old tick again after it was restarted"
    made.tick(msgspec.structs.replace(right, now_ms=61_000, clock="events", stages={"detect": 61_100}), 4)
    assert made.now_ms == 7_200_000, "a recording has another clock than the wall"
    made.tick(msgspec.structs.replace(right, now_ms=61_000, stages={"detect": 61_100}), 5)
    assert made.now_ms == 61_000, "set back by two hours"


def test_what_has_outlived_its_cause_is_apart_from_it_also_right_after_a_restart() -> None:
    made = correlator()
    for one in (signal("power.outage", "f1", 0, 600), signal("traffic.signal_dark", "tl1", 10)):
        made.signal(one, 1)
    for late_s in (0, 1):
        made.tick(TickData(now_ms=round((START.timestamp() + 600 + 86_400 + late_s) * 1000), origin="a"), 2)
    told = {group: msgspec.structs.replace(one, revision=0) for group, one in made.explanations().items()}
    assert len(told) == 2 and "outlived" in {link.reason for one in told.values() for link in one.candidates}
    kept = Window()
    for page in made.window.take_dirty().values():
        kept.load(page)
    anew = Correlator(CATALOGUE, GRAPH, RULES, kept)
    assert anew.explanations() == told
