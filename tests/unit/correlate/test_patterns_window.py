"""What patterns rest on stays in the window as long as they do; a restart takes nothing back."""

from city.correlate import Correlator, Window
from schemas.signals import TickData
from tests.unit.correlate.patterned import rule, tick
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, START, correlator, signal

HOUR_S = 3600.0
NOT = {"not": True}
NEVER = rule([{"kinds": ["a"]}, {"kinds": ["b"], **NOT}], mode="sequence", within_s=60)
PAIR = rule([{"kinds": ["a"]}, {"kinds": ["b"]}], "pair", within_s=600)


def reopened(made: Correlator) -> Correlator:
    window = Window()
    for page in made.window.pages(range(64)).values():
        window.load(page)
    return Correlator(CATALOGUE, GRAPH, [NEVER, PAIR], window)


def test_what_bars_an_absence_stays_as_long_as_what_it_bars() -> None:
    made = correlator(rules=[NEVER])
    made.signal(signal("a", "f1", 0), 1)
    made.signal(signal("b", "f2", 30, 40), 2)
    assert tick(made, 200 * HOUR_S, 3) == []
    assert len(made.window.signals) == 2
    made.signal(signal("a", "f1", 0, 200 * HOUR_S), 4)
    tick(made, 203 * HOUR_S, 5)
    assert made.window.signals == {}


def test_members_leave_together_and_nothing_is_said_about_it() -> None:
    made = correlator(rules=[PAIR])
    made.signal(signal("a", "f1", 0, 60), 1)
    made.signal(signal("b", "f2", 30), 2)
    assert len(tick(made, 31, 3)) == 2
    assert tick(made, 200 * HOUR_S, 4) == [] and len(made.window.signals) == 2
    made.signal(signal("b", "f2", 30, 200 * HOUR_S), 5)
    assert tick(made, 203 * HOUR_S, 6) == [] and made.window.signals == {}
    assert tick(made, 203 * HOUR_S + 1, 7) == []


def test_an_absence_told_before_a_restart_is_not_taken_back_before_the_first_tick() -> None:
    first = correlator(rules=[NEVER, PAIR])
    alone = signal("a", "f1", 0)
    first.signal(alone, 1)
    tick(first, 60, 2)
    second = reopened(first)
    assert second.explanations()[alone.id].pattern == "p"
    (changed,) = second.signal(signal("a", "f1", 0, 90), 3)
    assert changed.pattern == "p"


def test_a_late_signal_takes_an_absence_back() -> None:
    made = correlator(rules=[NEVER])
    alone = signal("a", "f1", 0)
    made.signal(alone, 1)
    assert [one.pattern for one in tick(made, 61, 2)] == ["p"]
    made.signal(signal("b", "f2", 59), 3)
    assert [(one.group, one.pattern, one.held) for one in tick(made, 62, 4)] == [(alone.id, None, None)]


def test_a_rule_switched_off_keeps_what_began_under_it_and_holds_nothing_new() -> None:
    made = correlator(rules=[PAIR])
    made.signal(signal("a", "f1", 0), 1)
    tick(made, 20, 2)
    assert made.swap(CATALOGUE, GRAPH, [NEVER], 3) == []
    made.signal(signal("b", "f2", 30), 4)
    made.signal(signal("a", "far", 40), 5)
    made.signal(signal("b", "far", 41), 6)
    assert sorted(one.signals[0].asset for one in tick(made, 50, 7) if one.held_to) == ["f1", "f2"]


def test_a_clock_that_seems_to_go_back_takes_nothing_back() -> None:
    made = correlator(rules=[NEVER])
    made.signal(signal("a", "f1", 0), 1)
    tick(made, 60, 2)
    from_another = made.tick(_earlier(), 3)
    made.signal(signal("a", "f1", 0, 90), 4)
    assert from_another == [] and [one.pattern for one in made.explanations().values()] == ["p"]


def _earlier() -> TickData:
    return TickData(now_ms=round((START.timestamp() + 10) * 1000), origin="t/1")


def test_what_outlives_its_cause_counts_from_then_on() -> None:
    silent = rule([{"kinds": ["sensor.silent"], "count": 2}], "dead_sensors")
    made = correlator(rules=[*RULES, silent])
    loops = [signal("sensor.silent", f"loop{number}", 60) for number in (1, 2)]
    for number, one in enumerate([signal("power.outage", "f1", 0, 600), *loops]):
        made.signal(one, number)
    tick(made, 601, 3)
    assert {made.explanations()[one.id].pattern for one in loops} == {None}
    tick(made, 600 + HOUR_S + 1, 4)
    head, other = (made.explanations()[one.id] for one in sorted(loops, key=lambda one: one.id))
    assert (head.pattern, other.held_to) == ("dead_sensors", head.group)
