"""A crowd that tells of one thing, and one thing that tells of itself again and again."""

from math import inf

import msgspec
import pytest

from city.correlate import Correlator, Window
from city.correlate.correlator import MANY
from schemas.links import Explanation
from schemas.signals import Signal, TickData
from tests.unit.correlate.town import CATALOGUE, GRAPH, RULES, START, STORM, correlator, report, signal

CROWD = [report("flood", str(number), number / 10, number % 2, 0) for number in range(MANY + 20)]


def _tick(made: Correlator, seconds: float, number: int) -> list[Explanation]:
    return made.tick(TickData(now_ms=round((START.timestamp() + seconds) * 1000), origin="t/0"), number)


def _told(made: Correlator, crowd: list[Signal]) -> list[int]:
    """How many signals each explanation had that was sent at once."""
    sent = [told for number, one in enumerate(crowd) for told in made.signal(one, number)]
    return [len(told.signals) for told in sent]


def test_a_large_group_is_told_at_the_next_second_of_the_clock() -> None:
    made = correlator()
    _tick(made, 0, 0)
    assert _told(made, CROWD[: MANY + 10]) == list(range(1, MANY + 1))
    (told,) = _tick(made, 8.0, 200)
    assert (len(told.signals), told.revision) == (MANY + 10, 200)
    assert _told(made, CROWD[MANY + 10 :]) == []
    assert _tick(made, 8.9, 300) == []
    assert [len(told.signals) for told in _tick(made, 9.0, 301)] == [MANY + 20]
    assert _tick(made, 10.0, 302) == []


def test_what_takes_a_large_group_elsewhere_is_told_at_once() -> None:
    made = correlator()
    _told(made, CROWD)
    first = CROWD[0]
    gone = made.signal(report("flood", "first", -5, 0, 0), 500)
    assert {told.group for told in gone} >= {first.id}


def test_a_crowd_is_of_what_a_sensor_tells_of_at_once_and_then_only_judged_when_it_is_told() -> None:
    """Where a crowd reports a flood, a sensor tells of it too: then it explains why the road is slow."""
    made = correlator()
    _told(made, CROWD)
    _tick(made, 9.0, 200)
    (slow,) = made.signal(signal("traffic.slow", "seg1", 300), 201)
    assert slow.parent is None
    flooded = signal("road.flooded", "seg1", 60)
    told = {one.group: one for one in made.signal(flooded, 202)}
    assert (len(told[flooded.id].signals), told[CROWD[0].id].signals) == (len(CROWD) + 1, ())
    assert told[slow.group].parent_group == flooded.id
    assert made.signal(report("flood", "late", 100, 0, 0), 203) == []
    assert [len(one.signals) for one in _tick(made, 301.0, 204)] == [len(CROWD) + 2]


def _over(made: Correlator, until: float = inf) -> float:
    """A crowd whose reports end after a minute; when it left with a sweep, or the last sweep before `until`."""
    _told(made, [report("flood", str(number), number / 10, 0, 0, cleared=60) for number in range(MANY + 20)])
    seconds = 0.0
    while made.explanations() and seconds + 61 < until:
        seconds += 61
        _tick(made, seconds, 200)
    return seconds


def test_a_large_group_does_not_leave_while_what_came_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("city.correlate.correlator.A_SECOND", 1)
    left = _over(correlator())
    made = correlator()
    before = _over(made, left)
    assert made.signal(report("flood", "late", 3_000, 0, 0), 201) == []
    (told,) = _tick(made, before + 61, 202)
    assert before + 61 == left and len(told.signals) == MANY + 21
    assert list(made.explanations()) == [told.group]


def test_after_a_restart_a_large_group_is_told_again_whatever_was_told_before() -> None:
    window = Window()
    for one in CROWD:
        window.apply(one)
    made = Correlator(CATALOGUE, GRAPH, RULES, window)
    assert [len(told.signals) for told in _tick(made, 20.0, 7)] == [len(CROWD)]
    assert _tick(made, 21.0, 8) == []


def _chattering(turns: int) -> list[Signal]:
    """Dark for two seconds of each four."""
    return [signal("traffic.signal_dark", "tl1", 4.0 * turn, 4.0 * turn + 2) for turn in range(turns)]


def test_of_what_chatters_for_long_the_first_and_the_newest_stay_and_a_restart_knows_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("city.correlate.correlator.MOST", 90)
    monkeypatch.setattr("city.correlate.window.KEPT", 50)
    turns, made = _chattering(300), correlator()
    for number, one in enumerate(turns):
        made.signal(one, number)
    made.settle(300)
    (told,) = made.explanations().values()
    assert told.group == turns[0].id == told.signals[0].id
    newest = [one.id for one in turns[-len(told.signals) + 1 :]]
    assert [one.id for one in told.signals[1:]] == newest and 50 <= len(newest) <= 90
    window = Window()
    for page in made.window.pages(range(64)).values():
        window.load(page)
    again = Correlator(CATALOGUE, GRAPH, RULES, window)
    assert [len(one.signals) for one in again.explanations().values()] == [len(told.signals)]
    later = signal("traffic.signal_dark", "tl1", 4.0 * 300, 4.0 * 300 + 2)
    again.signal(later, 400)
    again.settle(401)
    assert [one.signals[-1].id for one in again.explanations().values()] == [later.id]


def test_what_followed_a_time_that_was_left_out_stays_with_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("city.correlate.correlator.MOST", 90)
    monkeypatch.setattr("city.correlate.window.KEPT", 50)
    trips = [signal("power.outage", "f1", 40.0 * turn, 40.0 * turn + 10) for turn in range(120)]
    dark = signal("traffic.signal_dark", "tl2", 40.0 * 30 + 15, 9000)
    made = correlator()
    for number, one in enumerate([*trips[:31], dark, *trips[31:]]):
        made.signal(one, number)
        made.settle(number)
    (told,) = (one for one in made.explanations().values() if one.signals[0].kind == "power.outage")
    assert trips[30].id not in {one.id for one in told.signals}
    link = made.explanations()[dark.id].parent
    assert link is not None
    assert (link.cause, link.delay_s) == (trips[0].id, 40 * 30 + 15)
    assert link.why.startswith("traffic.signal_dark at tl2 began 20 min after power.outage at f1; f1 feeds")


def test_what_goes_on_is_never_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("city.correlate.correlator.MOST", 20)
    monkeypatch.setattr("city.correlate.window.KEPT", 10)
    made = correlator()
    for number, one in enumerate(_chattering(40)):
        made.signal(msgspec.structs.replace(one, state="active", cleared_at=None), number)
    made.settle(40)
    assert [len(told.signals) for told in made.explanations().values()] == [40]


@pytest.mark.parametrize(("category", "where"), [("flood", "grouping"), ("other", "chains")])
def test_what_a_full_group_cannot_take_begins_another_one(
    category: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"city.correlate.{where}.FULL", 5)
    made = correlator(rules=[*RULES, STORM])
    for number in range(12):
        made.signal(report(category, str(number), number, number / 10, 0), number)
    sizes = sorted(len(told.signals) for told in made.explanations().values())
    assert sizes == [2, 5, 5]
    assert all(told.signals[0].id == group for group, told in made.explanations().items())
