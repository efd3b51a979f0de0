"""What is remembered, what is forgotten, and what a change of reference data does."""

from schemas.signals import TickData
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, START, correlator, signal

HOUR_S = 3600


def _tick(seconds: float) -> TickData:
    return TickData(now_ms=round((START.timestamp() + seconds) * 1000), origin="city.readings/0")


def test_a_story_that_is_long_over_leaves_without_a_word() -> None:
    made = correlator()
    made.signal(signal("power.outage", "f1", 0, 600), 1)
    made.signal(signal("traffic.signal_dark", "tl1", 10, 700), 2)
    assert made.tick(_tick(HOUR_S), 3) == []
    assert len(made.window.signals) == 2
    assert made.tick(_tick(3 * HOUR_S), 4) == []
    assert made.window.signals == {} and not made.explanations()


def test_a_cause_stays_while_one_of_its_effects_is_active() -> None:
    made = correlator()
    outage, dark = signal("power.outage", "f1", 0, 600), signal("traffic.signal_dark", "tl1", 10)
    made.signal(outage, 1)
    made.signal(dark, 2)
    made.tick(_tick(100 * HOUR_S), 3)
    assert made.explanations()[dark.id].parent_group == outage.id


def test_the_clock_is_the_minimum_over_the_origins_seen() -> None:
    made = correlator()
    made.tick(TickData(now_ms=5_000, origin="a"), 1)
    made.tick(TickData(now_ms=3_000, origin="b"), 2)
    assert made.now_ms == 3_000


def test_a_rule_switched_off_takes_its_links_back_and_a_restart_tells_of_lost_groups() -> None:
    made = correlator()
    outage, dark = signal("power.outage", "f1", 0), signal("traffic.signal_dark", "tl1", 10)
    made.signal(outage, 1)
    made.signal(dark, 2)
    others = [rule for rule in RULES if rule.id != "outage_darkens"]
    assert dark.id in {sent.group for sent in made.swap(CATALOGUE, GRAPH, others, 3)}
    assert made.explanations()[dark.id].parent is None
    made.window.groups[dark.id] = "sig-gone"
    assert [sent.group for sent in made.lost_groups()] == ["sig-gone"]
