"""What other rules make of a history is told as incidents that appear, vanish, merge, split or change."""

from collections.abc import Iterable

import msgspec

from city.differences import counts, differences
from city.history import picture
from schemas.backtests import Difference
from schemas.rules import Rule
from schemas.signals import Signal
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, at, report, signal

WITHOUT_DARK = [rule for rule in RULES if rule.id != "outage_darkens"]
OUTAGE = [
    signal("power.outage", "f1", 0, severity="critical"),
    signal("traffic.signal_dark", "tl1", 10),
    signal("traffic.signal_dark", "tl2", 12),
]


def compared(
    before: Iterable[Rule],
    after: Iterable[Rule],
    signals: list[Signal] = OUTAGE,
    then: list[Signal] | None = None,
) -> list[Difference]:
    return differences(
        picture(then or signals, CATALOGUE, GRAPH, before, at(3600)),
        picture(signals, CATALOGUE, GRAPH, after, at(3600)),
    )


def test_the_same_rules_make_no_difference() -> None:
    assert compared(RULES, reversed(RULES), then=OUTAGE[::-1]) == []


def test_without_a_rule_its_incident_splits_and_the_reason_names_the_lost_links() -> None:
    (split,) = compared(RULES, WITHOUT_DARK)
    assert (split.what, len(split.before), len(split.after)) == ("splits", 1, 3)
    assert [(one.what, one.rule) for one in split.reasons] == [("parts", "outage_darkens")] * 2
    assert split.reasons[0].why.startswith("no longer: ") and split.reasons[0].why_vi.startswith("không còn: ")


def test_a_link_that_is_lost_says_in_words_why_it_would_hold_no_more() -> None:
    def quicker(rule: Rule) -> Rule:
        cause = rule.cause and msgspec.structs.replace(rule.cause, delay_max=10.0)
        return msgspec.structs.replace(rule, cause=cause)

    late = [OUTAGE[0], signal("traffic.signal_dark", "tl1", 110)]
    (split,) = compared(RULES, [quicker(one) if one.id == "outage_darkens" else one for one in RULES], late)
    (reason,) = split.reasons
    assert "; now: " in reason.why and "The delay lies outside the rule's range" in reason.why
    assert "; nay: " in reason.why_vi and "outside_delay" not in reason.why + reason.why_vi


def test_with_a_rule_incidents_merge_and_the_reason_is_why_it_links() -> None:
    (merge,) = compared(WITHOUT_DARK, RULES)
    assert (merge.what, len(merge.before), len(merge.after)) == ("merges", 3, 1)
    assert merge.after[0].root_asset == "f1" and merge.after[0].severity == "critical"
    first = merge.reasons[0]
    assert (first.what, first.rule, first.cause) == ("joins", "outage_darkens", OUTAGE[0].id)
    assert {one.effect for one in merge.reasons} == {OUTAGE[1].id, OUTAGE[2].id}
    assert first.why and first.why_vi


def test_what_a_pattern_holds_together_or_no_more_is_told_with_its_reason() -> None:
    without = [rule for rule in RULES if rule.id != "leak_that_no_meter_sees"]
    leaks = [report("leak", name, 1_200.0 * number, number * 5, 0) for number, name in enumerate("ab")]
    (merge,), (split,) = compared(without, RULES, leaks), compared(RULES, without, leaks)
    assert (merge.what, split.what) == ("merges", "splits")
    for one, what in ((merge, "joins"), (split, "parts")):
        assert {(reason.what, reason.rule) for reason in one.reasons} == {(what, "leak_that_no_meter_sees")}
    assert all(one.why.startswith("no longer: ") for one in split.reasons)


def test_signals_that_only_one_side_has_make_incidents_appear_and_vanish() -> None:
    other = signal("river.high_water", "gauge", 50, condition="river.high_water", value=2.4, limit=2.0, unit="m3/s")
    (appears,) = compared(RULES, RULES, [*OUTAGE, other], then=OUTAGE)
    assert (appears.what, appears.before, appears.after[0].kind) == ("appears", (), "river.high_water")
    (reason,) = appears.reasons
    assert (reason.what, reason.rule) == ("raised", "river.high_water") and reason.why.endswith(": 2.4 m³/s (2 m³/s)")
    assert "gauge" in reason.why and reason.why_vi.endswith("được phát: 2,4 m³/s (2 m³/s)")
    (vanishes,) = compared(RULES, RULES, OUTAGE, then=[*OUTAGE, other])
    assert (vanishes.what, vanishes.after, vanishes.reasons[0].what) == ("vanishes", (), "not_raised")


def test_another_severity_root_or_member_is_a_change_that_names_the_field() -> None:
    milder = [msgspec.structs.replace(OUTAGE[0], severity="minor"), *OUTAGE[1:]]
    (change,) = compared(RULES, RULES, milder, then=OUTAGE)
    assert [(one.field, one.before, one.after) for one in change.fields] == [("severity", "critical", "major")]
    (change,) = compared(RULES, RULES, OUTAGE[:2], then=OUTAGE)
    assert [(one.field, one.before, one.after) for one in change.fields] == [("signals", [OUTAGE[2].id], [])]


def test_counts_name_every_kind_of_difference() -> None:
    assert counts(compared(RULES, WITHOUT_DARK)) == {"splits": 1}


def test_a_suspicion_that_only_one_side_has_is_a_reason() -> None:
    dark = [signal("traffic.signal_dark", f"tl{number}", number) for number in range(1, 5)]
    found = compared(WITHOUT_DARK, RULES, dark)
    assert [one.what for one in found] == ["merges"]
    assert "suspects" in {one.what for one in found[0].reasons}
    assert "suspects_no_more" in {one.what for one in compared(RULES, WITHOUT_DARK, dark)[0].reasons}


def test_what_ended_long_before_is_in_the_picture_too() -> None:
    ended = [msgspec.structs.replace(one, state="cleared", cleared_at=at(60)) for one in OUTAGE]
    made = picture(ended, CATALOGUE, GRAPH, RULES, at(7 * 86_400))
    assert [incident.signal_count for incident in made.incidents.values()] == [3]


def test_a_signal_that_begins_at_another_time_says_by_how_much() -> None:
    later = [OUTAGE[0], OUTAGE[1], msgspec.structs.replace(OUTAGE[2], raised_at=at(72))]
    (change,) = compared(WITHOUT_DARK, RULES, later, then=OUTAGE)
    moved = next(one for one in change.reasons if one.what == "moved")
    assert moved.why.endswith("begins 60 s later") and moved.why_vi.endswith("bắt đầu muộn hơn 60 giây")
