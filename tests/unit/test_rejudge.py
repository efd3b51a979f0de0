"""Readings of the past judged by two catalogues: which kinds, from when on, and what is one signal of both."""

from collections.abc import Iterable
from typing import Any

import msgspec
import pytest

from city.counterparts import paired, signal_changes, signal_counts
from city.enrich import Catalogue
from city.rejudge import Rejudging, Side, affected_kinds, narrowed, read_domains, warm_up_s
from schemas.domains import Condition, Domain, Limit
from schemas.readings import Pack, Tick
from schemas.signals import ACTIVE, CLEARED, Signal
from tests.unit.detect.world import START_MS, at, catalogue, domain, pack, sensor, shipped_limits, tick, told

HIGH = {"above": 2.0, "clear": 1.0}
GAUGE = [sensor("g", observes=("level_m",))]


def town(*conditions: dict[str, Any], **more: Any) -> Catalogue:
    return catalogue(GAUGE, domain(*conditions), **more)


def with_condition(before: Catalogue, name: str, **fields: Any) -> Catalogue:
    def changed(one: Condition) -> Condition:
        return msgspec.structs.replace(one, **fields) if one.id == name else one

    def of(one: Domain) -> Domain:
        return msgspec.structs.replace(one, conditions=[changed(held) for held in one.conditions])

    return msgspec.structs.replace(before, domains={name: of(one) for name, one in before.domains.items()})


def with_limit(before: Catalogue, limit: Limit, **fields: Any) -> Catalogue:
    changed = msgspec.structs.replace(limit, **fields)
    return msgspec.structs.replace(before, limits={**before.limits, limit.id: changed})


def rejudged(sides: tuple[Catalogue, Catalogue], records: Iterable[Pack | Tick], begin: float = 0) -> Rejudging:
    work = Rejudging((Side(sides[0], {}), Side(sides[1], {})), round(START_MS + begin * 1000), START_MS + 3_600_000)
    for record in records:
        work.take("test/0", record)
    return work


def rising(first: int = 0) -> list[Pack | Tick]:
    """A level that grows by a metre every ten seconds from 0, and a tick before each."""
    return [
        record
        for second in range(first, 60, 10)
        for record in (tick(second), pack([(second, "g/level_m", second / 10)]))
    ]


def of_side(work: Rejudging, side: int) -> list[Signal]:
    return work.sides[side].signals(at(0), at(600))


def test_only_kinds_whose_conditions_are_judged_otherwise_are_affected() -> None:
    before = catalogue()
    assert affected_kinds(before, catalogue()) == frozenset()
    assert affected_kinds(before, with_condition(before, "traffic.slow_speed", below=12.0)) == {"traffic.slow"}
    stage = next(one for one in shipped_limits().values() if one.key == "river.stage_bd2")
    assert affected_kinds(before, with_limit(before, stage, value=stage.value + 0.1)) == {"river.high_water"}
    assert affected_kinds(before, with_condition(before, "traffic.slow_speed", enabled=False)) == {"traffic.slow"}
    moved = with_condition(before, "traffic.slow_speed", kind="traffic.stalled")
    assert affected_kinds(before, moved) == {"traffic.slow", "traffic.stalled"}


def test_a_quantity_that_is_read_otherwise_affects_all_that_is_judged_by_it() -> None:
    before = town(HIGH)
    assert affected_kinds(before, catalogue(GAUGE, domain(HIGH, period_s=60.0))) == {"test.high"}
    assert affected_kinds(before, catalogue(GAUGE, domain())) == {"test.high"}


def test_what_is_read_is_the_domains_of_all_conditions_of_the_kinds_and_their_windows_before() -> None:
    before = catalogue()
    after = with_condition(before, "traffic.slow_speed", over=300.0)
    narrow = [narrowed(one, affected_kinds(before, after)) for one in (before, after)]
    assert [len(one.conditions("lamp_current_a")) for one in narrow] == [0, 0]
    assert read_domains(narrow, before) == ["traffic"]
    assert warm_up_s(narrow) == 320.0
    silent = [narrowed(before, {"sensor.silent"})]
    assert "traffic" in read_domains(silent, before) and "river" in read_domains(silent, before)


def test_both_sides_judge_the_same_readings() -> None:
    work = rejudged((town(HIGH), town(HIGH | {"above": 4.0})), rising())
    assert work.readings == 6
    assert [told(of_side(work, side)) for side in (0, 1)] == [
        ["30 g test.high active minor"],
        ["50 g test.high active minor"],
    ]


def test_what_was_before_the_span_or_comes_after_it_does_not_count() -> None:
    work = rejudged((town(HIGH), town(HIGH)), [pack([(-5, "g/level_m", 9.0)]), *rising()], begin=0)
    assert told(of_side(work, 0)) == ["30 g test.high active minor"]
    later = rejudged((town(HIGH), town(HIGH)), [tick(0), tick(3601), pack([(3601, "g/level_m", 9.0)])])
    assert later.readings == 0
    assert told(work.sides[0].signals(at(0), at(30))) == []
    ended = rejudged((town(HIGH), town(HIGH)), [*rising(), pack([(70, "g/level_m", 0.0)])])
    assert ended.sides[0].signals(at(71), at(600)) == []


def test_a_span_begins_where_the_readings_begin() -> None:
    sides = town(HIGH), town(HIGH)
    assert rejudged(sides, rising(20)).reach(at(0)) == at(20)
    assert rejudged(sides, rising(20)).reach(at(40)) == at(40)
    assert rejudged(sides, [tick(-30), *rising()], begin=-60).reach(at(0)) == at(0)
    assert rejudged(sides, []).reach(at(0)) == at(0)


def test_a_signal_that_begins_earlier_by_another_limit_is_the_same_one() -> None:
    work = rejudged((town(HIGH | {"above": 4.0}), town(HIGH)), rising())
    before = of_side(work, 0)
    after = paired(before, of_side(work, 1))
    assert [one.id for one in after] == [one.id for one in before] and after[0].raised_at < before[0].raised_at
    (change,) = signal_changes(before, after)
    assert change.what == "changes" and change.before and change.after
    assert (change.before.raised_at, change.after.raised_at) == (at(50), at(30))


def one(raised: float, cleared: float | None = None, asset: str = "g") -> Signal:
    return Signal(
        id=f"sig-{asset}-{raised:g}",
        kind="test.high",
        asset=asset,
        state=ACTIVE if cleared is None else CLEARED,
        severity="minor",
        raised_at=at(raised),
        cleared_at=None if cleared is None else at(cleared),
    )


@pytest.mark.parametrize(
    ("before", "after", "counts"),
    [
        ([one(0, 10)], [one(0, 10)], {}),
        ([one(0, 10)], [one(0, 12)], {"changes": 1}),
        ([one(0, 10)], [one(5, 12)], {"changes": 1}),
        ([one(0, 10)], [one(11, 12)], {"vanishes": 1, "appears": 1}),
        ([one(0, 10)], [one(0, 10, "h")], {"vanishes": 1, "appears": 1}),
        ([one(0)], [one(5, 6), one(8, 9)], {"changes": 1, "appears": 1}),
        ([one(1, 2), one(8, 9)], [one(0)], {"changes": 1, "vanishes": 1}),
    ],
)
def test_signals_of_two_judgements_are_one_while_they_go_on_together(
    before: list[Signal], after: list[Signal], counts: dict[str, int]
) -> None:
    assert signal_counts(signal_changes(before, paired(before, after))) == counts
