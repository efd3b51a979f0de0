"""The load of a desk, in tables of cases: minutes → figures."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from city.indicators.calls import Call, Turn, calls
from city.indicators.desk_load import DeskLoad, desk_load

BEGIN = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)


def minute(number: float) -> datetime:
    return BEGIN + timedelta(minutes=number)


def call(number: float, until: float | None = None, severity: str = "minor", asset: str = "a") -> Call:
    return Call(
        incident=f"inc-{number}-{asset}",
        at=minute(number),
        until=None if until is None else minute(until),
        severity=severity,
        kind="traffic.slow",
        asset=asset,
    )


def load(minutes: Sequence[float], hours: float = 10) -> DeskLoad:
    found = [call(number, number + 1, asset=str(at)) for at, number in enumerate(minutes)]
    return desk_load(found, BEGIN, minute(60 * hours))


def spans(found: DeskLoad) -> list[tuple[float, float | None, int]]:
    def number(at: datetime) -> float:
        return (at - BEGIN) / timedelta(minutes=1)

    return [(number(one.since), number(one.until) if one.until else None, one.opened) for one in found.floods]


@pytest.mark.parametrize(
    ("minutes", "average", "met"),
    [([], 0.0, True), (range(0, 600, 10), 1.0, True), (range(0, 600, 5), 2.0, False), ([3], 0.017, True)],
)
def test_one_call_in_ten_minutes_is_what_an_operator_can_follow(
    minutes: Sequence[float], average: float, met: bool
) -> None:
    figure = load(minutes).average_per_10_min
    assert (figure.value, figure.limit, figure.met) == (average, 1.0, met)


@pytest.mark.parametrize(
    ("minutes", "peak", "met"),
    [
        ([], 0, True),
        ([0, 9.9], 2, True),
        ([0, 10], 1, True),  # ten minutes later is another ten minutes
        ([5, 9, 14.5, 14.9], 4, True),  # not tied to full tens
        ([1] * 10, 10, True),
        ([1] * 11, 11, False),
    ],
)
def test_the_peak_is_the_most_in_any_ten_minutes(minutes: Sequence[float], peak: int, met: bool) -> None:
    figure = load(minutes).peak_per_10_min
    assert (figure.value, figure.met) == (peak, met)


TWELVE = [index * 0.5 for index in range(12)]


@pytest.mark.parametrize(
    ("minutes", "floods"),
    [
        ([1] * 10, []),  # ten are none
        ([1] * 11, [(1, 11, 11)]),  # the eleventh begins it; when all have left it ends
        (TWELVE, [(5, 13.5, 2)]),  # at 5.0 the eleventh; at 13.5 four of them are left
        ([*TWELVE, *range(6, 40, 2)], [(5, None, 19)]),  # five in ten minutes keep it going
        ([*[0] * 11, *[60] * 11], [(0, 10, 11), (60, 70, 11)]),
    ],
)
def test_a_flood_begins_above_ten_and_ends_below_five(
    minutes: Sequence[float], floods: list[tuple[float, float | None, int]]
) -> None:
    assert spans(load(minutes, hours=40 / 60 if floods and floods[0][1] is None else 10)) == floods


def test_the_part_of_the_time_in_flood_is_told() -> None:
    figure = load([1] * 11, hours=1000 / 60).flood_percent
    assert (figure.value, figure.met) == (1.0, True)
    assert not load([1] * 11, hours=10).flood_percent.met


def test_a_flood_that_began_before_the_range_counts_from_its_begin() -> None:
    found = [call(-2, asset=str(at)) for at in range(11)]
    (flood,) = desk_load(found, BEGIN, minute(60)).floods
    assert (flood.since, flood.until, flood.opened) == (BEGIN, minute(8), 0)


@pytest.mark.parametrize(
    ("found", "standing", "stale", "met"),
    [
        ([call(0)], 1, 0, True),  # for exactly 24 hours
        ([call(-1)], 1, 1, True),
        ([call(-1, until=100)], 0, 0, True),
        ([call(-1, until=24 * 60 + 5)], 1, 1, True),  # ended after the range
        ([call(-1, asset=str(at)) for at in range(5)], 5, 5, False),
    ],
)
def test_what_stands_for_more_than_a_day_is_stale(found: list[Call], standing: int, stale: int, met: bool) -> None:
    done = desk_load(found, BEGIN, minute(24 * 60))
    assert (done.standing, done.stale.value, done.stale.met, len(done.stale_incidents)) == (standing, stale, met, stale)


@pytest.mark.parametrize(
    ("found", "chatters"),
    [
        ([call(0, 1), call(5, 6)], []),
        ([call(0, 1), call(5, 6), call(10, 11)], [("a", 3)]),
        ([call(0, 1), call(5, 6), call(10.1, 11)], []),
        ([call(0, 1), call(1, 2, asset="b"), call(2, 3)], []),
        ([call(at, at + 0.5) for at in range(0, 40, 2)], [("a", 20)]),
    ],
)
def test_what_comes_three_times_in_ten_minutes_chatters(found: list[Call], chatters: list[tuple[str, int]]) -> None:
    done = desk_load(found, BEGIN, minute(60))
    assert [(one.asset, one.calls) for one in done.chatters] == chatters
    assert done.chattering.met is not bool(chatters)


def test_the_mix_of_priorities_stands_beside_what_is_recommended() -> None:
    mix = ["critical", "major", "minor", "minor", *["warning"] * 16]
    found = [call(at, at + 1, severity) for at, severity in enumerate(mix)]
    done = desk_load(found, BEGIN, minute(60)).priorities
    told = {name: (one.calls, one.percent, one.recommended_percent) for name, one in done.items()}
    assert told == {"low": (16, 80.0, 80.0), "medium": (2, 10.0, 15.0), "high": (2, 10.0, 5.0)}
    assert desk_load([], BEGIN, minute(60)).priorities["low"].percent == 0.0


def turn(
    number: float, stands: bool, incident: str = "inc-1", settled: float | None = None, agencies: str = "power"
) -> Turn:
    return Turn(
        incident=incident,
        at=minute(number),
        stands=stands,
        settled_at=None if settled is None else minute(settled),
        severity="minor",
        kind="traffic.slow",
        asset="a",
        agencies=tuple(agencies.split()),
    )


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([turn(0, True)], [(0, None)]),
        ([turn(0, True), turn(1, True), turn(2, False)], [(0, 2)]),  # merged with others meanwhile: one call
        ([turn(0, True), turn(2, False), turn(3, True)], [(0, 2), (3, None)]),  # came back
        ([turn(0, True, settled=0.25), turn(0.2, False)], []),  # went into its cause before it could sound
        ([turn(0, True, settled=0.25), turn(5, False)], [(0.25, 5)]),
        ([turn(0, False)], []),
    ],
)
def test_a_call_is_when_an_incident_begins_to_stand_before_the_operator(
    turns: list[Turn], expected: list[tuple[float, float | None]]
) -> None:
    assert [(one.at, one.until) for one in calls(turns)] == [
        (minute(at), None if until is None else minute(until)) for at, until in expected
    ]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([turn(0, True), turn(4, True, agencies="power water")], [(4, None)]),  # its pump went off later
        ([turn(0, True, settled=5), turn(4, True, settled=5, agencies="power water")], [(5, None)]),
        ([turn(0, True), turn(4, False, agencies="power water")], []),
        ([turn(0, True, agencies="water"), turn(3, True), turn(9, True, agencies="water")], [(0, 3), (9, None)]),
        ([turn(0, True)], []),
    ],
)
def test_an_agency_is_called_by_what_names_it_from_when_it_does(
    turns: list[Turn], expected: list[tuple[float, float | None]]
) -> None:
    assert [(one.at, one.until) for one in calls(turns, "water")] == [
        (minute(at), None if until is None else minute(until)) for at, until in expected
    ]


def test_calls_of_several_incidents_come_in_time() -> None:
    turns = [turn(5, True, "inc-1"), turn(1, True, "inc-2"), turn(2, False, "inc-2")]
    assert [one.incident for one in calls(turns)] == ["inc-2", "inc-1"]


def test_a_storm_that_is_one_incident_is_one_call() -> None:
    dark = [one for at in range(11_600) for one in (turn(0, True, f"d-{at:05}", 0.25), turn(0.2, False, f"d-{at:05}"))]
    storm = [*dark, turn(0.2, True, "feeder")]
    done = desk_load(calls(storm), BEGIN, minute(60))
    assert (done.opened, done.floods) == (1, ())
