"""Correlate's clock: the slowest of the origins, and none before each of them has told its time."""

from city.correlate import Correlator
from schemas.signals import TickData
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES


def test_time_stands_until_every_origin_has_told_its_own() -> None:
    correlator = Correlator(CATALOGUE, GRAPH, RULES, origins=("a", "b"))
    correlator.tick(TickData(now_ms=9_000, origin="a"), 1)
    assert correlator.now_ms is None, "what b brings may be of before that"
    correlator.tick(TickData(now_ms=0, origin="b"), 2)
    assert correlator.now_ms == 0, "a recording that has not begun lives all the same"
    correlator.tick(TickData(now_ms=5_000, origin="b"), 3)
    assert correlator.now_ms == 5_000
