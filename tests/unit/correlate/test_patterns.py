"""What patterns mean: tables of cases; the guide docs/guides/rules.md says the same in words."""

from typing import Any

import pytest

from schemas.rules import Rule
from schemas.signals import Signal
from tests.unit.correlate.patterned import after, held, missed, rule
from tests.unit.correlate.town import RULES, report, signal

A, B, C = "power.load_unusual", "water.flow_high", "sensor.stuck"


def a(asset: str, at: float, end: float | None = None, severity: str = "major") -> Signal:
    return signal(A, asset, at, end, severity=severity)


def b(asset: str, at: float, end: float | None = None) -> Signal:
    return signal(B, asset, at, end)


def c(asset: str, at: float, end: float | None = None) -> Signal:
    return signal(C, asset, at, end)


def part(*kinds: str, **more: Any) -> dict[str, Any]:
    return {"kinds": list(kinds), **more}


Case = tuple[Rule, list[Signal], float, list[list[str]]]
TOGETHER = rule([part(A), part(B)])
THREE = rule([part(A, count=3)])
NEVER = rule([part(A), part(B, **{"not": True})], mode="sequence", within_s=60, same_asset=True)
CASES: dict[str, Case] = {
    # all of
    "all: both came": (TOGETHER, [a("f1", 0), b("main1", 600)], 0, [["f1", "main1"]]),
    "all: in the other order too": (TOGETHER, [b("main1", 0), a("f1", 600)], 0, [["main1", "f1"]]),
    "all: one second too late": (TOGETHER, [a("f1", 0), b("main1", 601)], 0, []),
    "all: one of them twice is not both": (TOGETHER, [a("f1", 0), a("f2", 10)], 0, []),
    "all: in another zone": (TOGETHER, [a("f1", 0), b("far", 10)], 0, []),
    "all: what ended meanwhile counts": (TOGETHER, [a("f1", 0, 60), b("main1", 500)], 0, [["f1", "main1"]]),
    "at once: what ended meanwhile does not": (
        rule([part(A), part(B)], at_once=True),
        [a("f1", 0, 60), b("main1", 500)],
        0,
        [],
    ),
    # count
    "count: three": (THREE, [a("f1", 0), a("f2", 1), a("sub", 2)], 0, [["f1", "f2", "sub"]]),
    "count: of distinct assets, one that is there twice is one": (
        rule([part(A, B, count=2, distinct=True)]),
        [a("f1", 0), b("f1", 1)],
        0,
        [],
    ),
    "count: of distinct assets, what else fits joins": (
        rule([part(A, B, count=2, distinct=True)]),
        [a("f1", 0), b("f1", 1), a("f2", 2)],
        0,
        [["f1", "f1", "f2"]],
    ),
    "count: two are not three": (THREE, [a("f1", 0), a("f2", 1)], 0, []),
    "count: a flapping one is one": (THREE, [a("f1", 0, 5), a("f1", 20, 25), a("f2", 30)], 0, []),
    "count: held to the anchor, not to each other": (
        THREE,
        [a("f1", 0), a("f2", 500), a("sub", 700), a("pump1", 900)],
        0,
        [["f2", "pump1", "sub"]],
    ),
    "count: what else fits joins, no second match with it": (
        THREE,
        [a("f1", 0), a("f2", 1), a("sub", 2), a("pump1", 3), a("main1", 4)],
        0,
        [["f1", "f2", "main1", "pump1", "sub"]],
    ),
    "count: after the time of the first a second match begins": (
        THREE,
        [a("f1", 0), a("f2", 1), a("sub", 2), a("pump1", 601), a("main1", 602), a("pp1", 603)],
        0,
        [["f1", "f2", "sub"], ["pump1", "main1", "pp1"]],
    ),
    "gathers: what comes later still joins": (
        rule([part(A, count=3)], gathers_s=3600),
        [a("f1", 0), a("f2", 1), a("sub", 2), a("pump1", 3600)],
        0,
        [["f1", "f2", "pump1", "sub"]],
    ),
    "gathers: but does not make it hold": (
        rule([part(A, count=3)], gathers_s=3600),
        [a("f1", 0), a("f2", 1), a("sub", 3000)],
        0,
        [],
    ),
    # any, at least
    "any: one alone": (rule([part(A), part(B)], mode="any"), [b("main1", 0)], 0, [["main1"]]),
    "any: together they are one": (
        rule([part(A), part(B)], mode="any"),
        [b("main1", 0), a("f1", 5)],
        0,
        [["main1", "f1"]],
    ),
    "at least: two of three": (
        rule([part(A), part(B), part(C)], mode="at_least", least=2),
        [c("loop1", 0), a("f1", 5)],
        0,
        [["loop1", "f1"]],
    ),
    "at least: one of three": (
        rule([part(A), part(B), part(C)], mode="at_least", least=2),
        [c("loop1", 0), c("loop2", 5)],
        0,
        [],
    ),
    # severity
    "severity: bad enough": (
        rule([part(A, severity="major"), part(B)]),
        [a("f1", 0, severity="critical"), b("main1", 1)],
        0,
        [["f1", "main1"]],
    ),
    "severity: too mild": (
        rule([part(A, severity="major"), part(B)]),
        [a("f1", 0, severity="minor"), b("main1", 1)],
        0,
        [],
    ),
    # followed by
    "sequence: in order": (
        rule([part(A), part(B)], mode="sequence"),
        [a("f1", 0), c("loop1", 1), b("main1", 2)],
        0,
        [["f1", "main1"]],
    ),
    "sequence: not in the other order": (
        rule([part(A), part(B)], mode="sequence"),
        [b("main1", 0), a("f1", 1)],
        0,
        [],
    ),
    "sequence: at the same second counts as after": (
        rule([part(A), part(B)], mode="sequence"),
        [b("main1", 0), a("f1", 0)],
        0,
        [["main1", "f1"]],
    ),
    "sequence: the part's own time": (
        rule([part(A), part(B, within_s=60)], mode="sequence"),
        [a("f1", 0), b("main1", 61)],
        0,
        [],
    ),
    "sequence: the earliest that fits is taken, whatever it leaves for the next": (
        rule([part(A), part(B), part(C, within_s=60)], mode="sequence"),
        [a("f1", 0), b("main1", 10), b("pp1", 50), c("loop1", 100)],
        0,
        [],
    ),
    "sequence: the same kind twice": (
        rule([part(A), part(A)], mode="sequence"),
        [a("f1", 0), a("f2", 5)],
        0,
        [["f1", "f2"]],
    ),
    # not followed by
    "not: before its time nothing is known": (NEVER, [a("f1", 0)], 59, []),
    "not: nothing came, the clock says so": (NEVER, [a("f1", 0)], 60, [["f1"]]),
    "not: it did come": (NEVER, [a("f1", 0), b("f1", 60)], 100, []),
    "not: too late": (NEVER, [a("f1", 0), b("f1", 61)], 100, [["f1"]]),
    "not: elsewhere": (NEVER, [a("f1", 0), b("f2", 10)], 100, [["f1"]]),
    "not: it was going on already": (NEVER, [a("f1", 0), b("f1", -100)], 100, []),
    "not: it had ended before": (NEVER, [a("f1", 0), b("f1", -100, -1)], 100, [["f1"]]),
    "not before": (
        rule([part(B, **{"not": True}), part(A)], mode="sequence", within_s=60),
        [b("main1", -61, -61), a("f1", 0)],
        0,
        [["f1"]],
    ),
    "not before, but it was": (
        rule([part(B, **{"not": True}), part(A)], mode="sequence", within_s=60),
        [b("main1", -60, -60), a("f1", 0)],
        0,
        [],
    ),
    "not between": (
        rule([part(A), part(B, **{"not": True}), part(C)], mode="sequence"),
        [a("f1", 0), c("loop1", 50), b("main1", 51)],
        0,
        [["f1", "loop1"]],
    ),
    "not between, but it was": (
        rule([part(A), part(B, **{"not": True}), part(C)], mode="sequence"),
        [a("f1", 0), b("main1", 49), c("loop1", 50)],
        0,
        [],
    ),
    "not after all of them": (
        rule([part(A), part(C), part(B, within_s=30, **{"not": True})]),
        [c("loop1", 0), a("f1", 50)],
        79,
        [],
    ),
    "not after all of them, and the clock went on": (
        rule([part(A), part(C), part(B, within_s=30, **{"not": True})]),
        [c("loop1", 0), a("f1", 50)],
        80,
        [["loop1", "f1"]],
    ),
    # cited
    "cited: goes on, and never joins": (
        rule([part(A), part(B, cited=True)]),
        [b("main1", -9999), a("f1", 0)],
        0,
        [["f1"]],
    ),
    "cited: ended before": (rule([part(A), part(B, cited=True)]), [b("main1", -99, -1), a("f1", 0)], 0, []),
    "cited: ended so shortly before that it counts": (
        rule([part(A), part(B, cited=True, within_s=60)]),
        [b("main1", -99, -1), a("f1", 0)],
        0,
        [["f1"]],
    ),
    "cited: begins while the anchor goes on": (
        rule([part(A), part(B, cited=True)]),
        [a("f1", 0), b("main1", 600)],
        0,
        [["f1"]],
    ),
    "cited: begins when the anchor is over": (
        rule([part(A), part(B, cited=True)]),
        [a("f1", 0, 599), b("main1", 600)],
        0,
        [],
    ),
    # place
    "metres: near enough": (
        rule([part(A), part(B)], within_m=1200),
        [a("f1", 0), b("f2", 1)],
        0,
        [["f1", "f2"]],
    ),
    "metres: too far": (rule([part(A), part(B)], within_m=1000), [a("f1", 0), b("f2", 1)], 0, []),
    "asset: what a sensor measures": (
        rule([part(A), part(B)], same_asset=True),
        [a("loop1", 0), b("seg1", 1)],
        0,
        [["loop1", "seg1"]],
    ),
    "along: from the earlier part to the later": (
        rule([part(A), part(B)], along=[{"relation": "feeds"}]),
        [b("pump1", 0), a("f1", 1)],
        0,
        [["pump1", "f1"]],
    ),
    "along: not the other way": (
        rule([part(A), part(B)], along=[{"relation": "feeds"}]),
        [a("pump1", 0), b("f1", 1)],
        0,
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_each_pattern_holds_what_the_table_says(case: str) -> None:
    made, signals, clock, expected = CASES[case]
    assert held([made], signals, clock) == expected
    assert held([made], signals[::-1], clock) == expected


def test_the_first_group_says_what_the_pattern_opens() -> None:
    made = rule([part(A, count=2)], severity="critical")
    told = after([made], [a("f1", 0), a("f2", 60)], 100)
    first, second = sorted(told.values(), key=lambda one: one.signals[0].raised_at)
    assert (first.pattern, first.pattern_title, first.pattern_title_vi) == ("p", "Title p", "Tên p")
    assert (first.pattern_severity, first.opens, second.pattern) == ("critical", True, None)
    assert first.held and first.held.why == f"“Title p”: 2 × {A} within 60 s."
    assert first.held.why_vi == f"“Tên p”: 2 × {A} trong 60 giây."
    assert second.held and second.held.why == f"{A} at f2 belongs to “Title p” with {A} at f1: 60 s apart."
    assert second.held.why_vi == f"{A} tại f2 thuộc “Tên p” cùng với {A} tại f1: lệch nhau 60 giây."
    assert (second.held.cause, second.held.effect, second.held_to) == (first.group, second.group, first.group)


def test_what_only_joins_keeps_its_own_kinds_and_needs_two_groups() -> None:
    made = rule([part(A), part(B)], mode="any", opens=False)
    told = after([made], [a("f1", 0), b("main1", 60)], 100)
    assert {one.pattern for one in told.values()} == {None}
    assert held([made], [a("f1", 0), b("main1", 60)]) == [["f1", "main1"]]
    assert held([made], [a("f1", 0)]) == []


def test_absence_is_told_with_the_time_it_lasted() -> None:
    (told,) = after([NEVER], [a("f1", 0)], 60).values()
    assert told.held and told.held.why == f"“Title p”: 1 × {A}; no {B} within 60 s."
    assert told.held.why_vi == f"“Tên p”: 1 × {A}; không có {B} trong 60 giây."


def test_what_is_cited_is_named() -> None:
    told = after([rule([part(A), part(B, cited=True)])], [b("main1", -60), a("f1", 0)], 0)
    (link,) = [one.held for one in told.values() if one.held]
    assert link.why == f"“Title p”: 1 × {A}; meanwhile: {B} at main1."
    assert len(link.conditions) == 1


def test_what_a_cause_explains_takes_no_part() -> None:
    made = rule([part("traffic.signal_dark", A, count=2)])
    dark = [signal("traffic.signal_dark", f"tl{n}", n) for n in (1, 5)]
    outage = signal("power.outage", "f1", 0)
    assert held([*RULES, made], dark) == [["tl1", "tl5"]]
    assert held([*RULES, made], [*dark, outage]) == []
    assert held([*RULES, made], [*dark, a("pump1", 6), outage]) == [["tl5", "pump1"]]


def test_what_a_suspect_explains_takes_no_part() -> None:
    made = rule([part("traffic.signal_dark", count=2)])
    dark = [signal("traffic.signal_dark", f"tl{n}", n) for n in range(1, 5)]
    told = after([*RULES, made], dark, 10)
    assert {one.suspected_asset for one in told.values()} == {"f1"}
    assert {one.held for one in told.values()} == {None}


def test_what_is_cited_may_be_explained_and_what_bars_too() -> None:
    dark = [signal("power.outage", "f1", 0), signal("traffic.signal_dark", "tl1", 1)]
    cites = rule([part(A), part("traffic.signal_dark", cited=True)])
    bars = rule([part("traffic.signal_dark", **{"not": True}), part(A)], mode="sequence", within_s=60)
    assert held([*RULES, cites], [*dark, a("seg1", 30)]) == [["seg1"]]
    assert held([*RULES, bars], [*dark, a("seg1", 30)]) == []


def test_a_group_belongs_to_one_pattern_and_the_other_is_offered() -> None:
    first, second = rule([part(A, count=2)], "first"), rule([part(A), part(B)], "second")
    story = [a("f1", 0), a("f2", 5), b("main1", 9)]
    assert held([first, second], story) == [["f1", "f2"], ["main1"]]
    assert missed([first, second], story, 9) == [("f1", "elsewhere"), ("f2", "elsewhere")]


def test_several_reports_in_one_group_count_each() -> None:
    made = rule([part("report.flood", count=3)])
    reports = [report("flood", f"r{n}", n * 60, n / 10, 1) for n in range(3)]
    told = after([*RULES, made], reports, 300)
    (one,) = told.values()
    assert (len(one.signals), one.pattern) == (3, "p")


@pytest.mark.parametrize(
    ("made", "signals", "clock", "expected"),
    [
        (THREE, [a("f1", 0), a("f2", 9)], 599, []),
        (THREE, [a("f1", 0), a("f2", 9)], 600, [("f1", "timed_out")]),
        (THREE, [a("f1", 0)], 600, []),
        (rule([part(A), part(B)], mode="sequence"), [a("f1", 0)], 600, [("f1", "timed_out")]),
        (rule([part(A), part(B, cited=True)]), [a("f1", 0)], 600, []),
        (NEVER, [a("f1", 0), b("f1", 5)], 600, []),
    ],
)
def test_what_nearly_came_in_time_is_told(
    made: Rule, signals: list[Signal], clock: float, expected: list[tuple[str, str]]
) -> None:
    assert missed([made], signals, clock) == expected


def test_a_near_miss_says_what_was_missing() -> None:
    told = after([THREE], [a("f1", 0), a("f2", 9)], 600)
    (link,) = [link for one in told.values() for link in one.candidates]
    assert link.why == f"Not “Title p”: 2 × {A} within 9 s, but not 3 × {A} within 10 min."
    assert link.why_vi == f"Chưa thành “Tên p”: 2 × {A} trong 9 giây, nhưng không đủ 3 × {A} trong 10 phút."


def test_a_near_miss_of_a_sequence_says_for_what_it_waited_and_how_long() -> None:
    steps = rule([part(A), part(B, count=2, within_s=60), part(C)], mode="sequence")
    told = after([steps], [a("f1", 0), b("f1", 1), b("f2", 61), signal(C, "f1", 62)], 600)
    found = [link.why for one in told.values() for link in one.candidates]
    assert found == [f"Not “Title p”: 1 × {A}, 1 × {B} within 1 s, but not 2 × {B} within 60 s."]


def test_a_near_miss_says_that_nothing_came_or_not_at_so_many_places() -> None:
    found = [
        (link.why, link.why_vi)
        for last in (part(B), part(A, B, count=2, distinct=True))
        for one in after([rule([part(A), last], mode="sequence")], [a("f1", 0)], 600).values()
        for link in one.candidates
    ]
    assert found == [
        (
            f"Not “Title p”: 1 × {A}, but no {B} within 10 min.",
            f"Chưa thành “Tên p”: 1 × {A}, nhưng không có {B} trong 10 phút.",
        ),
        (
            f"Not “Title p”: 1 × {A}, but not 2 × {A} or {B} at different places within 10 min.",
            f"Chưa thành “Tên p”: 1 × {A}, nhưng không đủ 2 × {A} hoặc {B} ở các nơi khác nhau trong 10 phút.",
        ),
    ]


def test_near_misses_are_the_newest_twenty_of_a_rule() -> None:
    made = rule([part(A), part(B)], mode="sequence", same_asset=True, within_s=10)
    assert len(missed([made], [a(f"x{n:02}", n) for n in range(30)], 600)) == 20
