"""What is remembered, what is forgotten, and what a change of reference data does."""

import msgspec

from city.correlate import Correlator, Window
from city.correlate.window import PAGES
from schemas.rules import Cause, Hop
from schemas.signals import Signal, TickData
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
    burst, low = signal("water.burst", "main1", 0, 600), signal("water.pressure_low", "pp1", 10)
    made.signal(burst, 1)
    made.signal(low, 2)
    made.tick(_tick(100 * HOUR_S), 3)
    assert made.explanations()[low.id].parent_group == burst.id


def test_an_effect_stays_as_long_as_its_cause_may_begin_after_it() -> None:
    along = [Hop(relation="feeds")]
    body = Cause(causes=["power.outage"], effects=["sensor.silent"], along=along, delay_min=-4.0 * HOUR_S)
    made = correlator(rules=[msgspec.structs.replace(RULES[0], id="r", cause=body, same=None, pattern=None)])
    silent, outage = signal("sensor.silent", "loop1", 0, 60), signal("power.outage", "f1", 3.9 * HOUR_S)
    made.signal(silent, 1)
    made.tick(_tick(3.8 * HOUR_S), 2)
    made.signal(outage, 3)
    assert made.explanations()[silent.id].parent_group == outage.id


def test_the_clock_is_the_minimum_over_the_origins_seen() -> None:
    made = correlator()
    made.tick(TickData(now_ms=5_000, origin="a"), 1)
    made.tick(TickData(now_ms=3_000, origin="b"), 2)
    assert made.now_ms == 3_000


def test_a_restart_tells_of_groups_that_are_lost() -> None:
    made = correlator()
    dark = signal("traffic.signal_dark", "tl1", 10)
    made.signal(dark, 1)
    made.window.groups[dark.id] = "sig-gone"
    assert [sent.group for sent in made.lost_groups()] == ["sig-gone"]


def test_the_group_of_a_signal_that_was_replaced_tells_what_took_its_place_also_after_a_restart() -> None:
    made = correlator()
    first, second, third = (signal("power.outage", "f1", begun) for begun in (60, 30, 0))
    made.signal(first, 1)
    made.signal(msgspec.structs.replace(second, replaces=first.id), 2)
    sent = made.signal(msgspec.structs.replace(third, replaces=second.id), 3)
    assert [(one.group, one.became) for one in sent] == [(third.id, None), (second.id, third.id)]
    kept = _restarted(made.window)
    assert [kept.successor(one.id) for one in (first, second, third)] == [third.id, third.id, None]


WITHOUT = [rule for rule in RULES if rule.id != "outage_darkens"]


def _parent_of_a_dark_signal(made: Correlator, effect: Signal) -> str | None:
    made.signal(effect, 9)
    return made.explanations()[effect.id].parent_group


def test_what_began_under_a_rule_keeps_it_though_it_is_switched_off() -> None:
    made = correlator()
    outage, dark = signal("power.outage", "f1", 0), signal("traffic.signal_dark", "tl1", 10)
    made.signal(outage, 1)
    made.signal(dark, 2)
    made.tick(_tick(60), 3)
    assert made.swap(CATALOGUE, GRAPH, WITHOUT, 4) == []
    later = Correlator(CATALOGUE, GRAPH, WITHOUT, _restarted(made.window))
    assert _parent_of_a_dark_signal(later, signal("traffic.signal_dark", "tl2", 90)) == outage.id


def test_what_has_just_begun_keeps_its_rules_though_the_clock_is_behind_it_or_unknown() -> None:
    behind, restarted = correlator(), correlator()
    outage = signal("power.outage", "f1", 70)
    for made in (behind, restarted):
        made.tick(_tick(60), 1)
        made.signal(outage, 2)
    behind.swap(CATALOGUE, GRAPH, WITHOUT, 3)
    restarted = Correlator(CATALOGUE, GRAPH, WITHOUT, _restarted(restarted.window))
    for made in (behind, restarted):
        assert _parent_of_a_dark_signal(made, signal("traffic.signal_dark", "tl1", 80)) == outage.id


def test_what_begins_after_a_rule_was_switched_off_is_judged_without_it() -> None:
    made = correlator()
    made.signal(signal("power.outage", "f2", 0), 1)
    made.tick(_tick(60), 2)
    made.swap(CATALOGUE, GRAPH, WITHOUT, 3)
    made.signal(signal("power.outage", "f1", 70), 4)
    assert _parent_of_a_dark_signal(made, signal("traffic.signal_dark", "tl1", 80)) is None


def test_an_edited_rule_judges_new_stories_and_a_link_tells_its_version() -> None:
    edited = [msgspec.structs.replace(rule, version=2) if rule.id == "outage_darkens" else rule for rule in RULES]
    made = correlator()
    made.signal(signal("power.outage", "f1", 0), 1)
    made.tick(_tick(60), 2)
    made.swap(CATALOGUE, GRAPH, edited, 3)
    made.signal(signal("power.outage", "f2", 70), 4)
    for effect, version in (
        (signal("traffic.signal_dark", "tl1", 80), 1),
        (signal("traffic.signal_dark", "tl5", 80), 2),
    ):
        made.signal(effect, 5)
        link = made.explanations()[effect.id].parent
        assert link is not None and link.rule_version == version


def test_an_old_version_is_forgotten_once_nothing_began_under_it() -> None:
    made = correlator()
    made.signal(signal("power.outage", "f1", 0, 30), 1)
    made.tick(_tick(60), 2)
    made.swap(CATALOGUE, GRAPH, WITHOUT, 3)
    assert len(made.window.eras) == len(RULES)
    made.tick(_tick(3 * HOUR_S), 4)
    made.swap(CATALOGUE, GRAPH, WITHOUT, 5)
    assert [era.rule.id for era in made.window.eras] == [rule.id for rule in WITHOUT]


def _restarted(window: Window) -> Window:
    found = Window()
    for page in window.pages(range(PAGES)).values():
        found.load(page)
    return found


def test_a_signal_that_is_about_another_asset_since_is_told_there_and_nowhere_else() -> None:
    made = correlator()
    slow = signal("traffic.slow", "loop1", 0)
    restated = msgspec.structs.replace(slow, measures="seg2")
    for number, one in enumerate([slow, restated, signal("traffic.slow", "radar1", 30)]):
        made.signal(one, number)
    found = [[one.measures for one in told.signals] for told in made.explanations().values()]
    assert sorted(found) == [["seg1"], ["seg2"]]


def test_what_flapped_stays_until_a_late_turn_can_no_longer_be_of_it() -> None:
    made = Correlator(CATALOGUE, GRAPH, [])
    for number, start in enumerate((0, 20, 40, 200)):
        made.signal(signal("traffic.slow", "loop1", start, start + 5), number)
    made.tick(_tick(205 + 130 + CATALOGUE.longest_lateness_s), 9)
    (late,) = made.signal(signal("traffic.slow", "loop1", 340, 345), 10)
    assert len(late.signals) == 5
