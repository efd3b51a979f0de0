"""What leaves the window, asked again and again, is what would leave it if all were looked at anew."""

import msgspec
from hypothesis import given, settings

from city.correlate import Correlator, Window
from city.correlate.window import PAGES
from schemas.signals import Signal, TickData
from tests.unit.correlate.stories import STORIES
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, START, STORM, correlator, report, signal

STEP_S, STEPS = 900, 20
LONG_S = 300_000
ALL_RULES = [*RULES, STORM]


def _tick(seconds: float) -> TickData:
    return TickData(now_ms=round((START.timestamp() + seconds) * 1000), origin="city.readings/0")


def _restarted(made: Correlator) -> Correlator:
    window = Window()
    for page in made.window.pages(range(PAGES)).values():
        window.load(page)
    return Correlator(CATALOGUE, GRAPH, ALL_RULES, window)


def _play(made: Correlator, story: list[Signal], begun: float, ended: float) -> None:
    """What began and what ended in this time, seconds after START."""
    for one in story:
        raised_s = (one.raised_at - START).total_seconds()
        cleared_s = (one.cleared_at - START).total_seconds() if one.cleared_at else None
        if begun <= raised_s < ended:
            made.signal(msgspec.structs.replace(one, state="active", cleared_at=None), 1)
        if cleared_s is not None and begun <= cleared_s < ended:
            made.signal(one, 1)


@settings(max_examples=60)
@given(STORIES)
def test_sweeping_step_by_step_forgets_what_a_restarted_one_forgets(story: list[Signal]) -> None:
    made = correlator(rules=ALL_RULES)
    for step in range(STEPS):
        begun, ended = step * STEP_S, (step + 1) * STEP_S
        _play(made, story, begun, ended)
        anew = _restarted(made)
        made.tick(_tick(ended), 2)
        anew.tick(_tick(ended), 2)
        assert made.window.signals.keys() == anew.window.signals.keys()


def test_what_stays_because_of_one_leaves_with_it_though_nothing_else_moved() -> None:
    made = correlator(rules=ALL_RULES)
    outage = signal("power.outage", "f1", 0, 600)
    dark = [signal("traffic.signal_dark", f"tl{number}", 10, 700 if number > 1 else None) for number in (1, 2, 3)]
    for one in (outage, *dark):
        made.signal(one, 1)
    made.tick(_tick(LONG_S), 2)
    assert len(made.window.signals) == 4
    made.signal(signal("traffic.signal_dark", "tl1", 10, LONG_S), 3)
    made.tick(_tick(2 * LONG_S), 4)
    assert not made.window.signals


def test_a_condition_stays_while_what_it_held_for_is_active() -> None:
    made = correlator(rules=ALL_RULES)
    rain, off = signal("weather.heavy_rain", "gauge", 0, 900), signal("water.pump_off", "pump1", 60, 900)
    for one in (rain, off, signal("road.flooded", "seg3", 1200)):
        made.signal(one, 1)
    made.tick(_tick(LONG_S), 2)
    assert rain.id in made.window.signals
    made.signal(signal("road.flooded", "seg3", 1200, LONG_S), 3)
    made.tick(_tick(2 * LONG_S), 4)
    assert not made.window.signals


def test_two_crashes_between_which_a_report_lies_stay_while_one_of_them_lasts() -> None:
    made = correlator(rules=ALL_RULES)
    one, other = signal("traffic.crash", "seg1", 0, 600), signal("traffic.crash", "seg3", 0)
    for item in (one, other, report("crash", "a", 60, 4, 1)):
        made.signal(item, 1)
    made.tick(_tick(LONG_S), 2)
    assert len(made.window.signals) == 3


def test_what_no_report_lies_between_any_more_leaves_alone() -> None:
    made = correlator(rules=ALL_RULES)
    one, other = signal("traffic.crash", "seg1", 0, 600), signal("traffic.crash", "seg3", 0)
    told = report("crash", "a", 60, 4, 1)
    for item in (one, other, told, msgspec.structs.replace(told, withdrawn=True)):
        made.signal(item, 1)
    made.tick(_tick(LONG_S), 2)
    assert made.window.signals.keys() == {other.id}
