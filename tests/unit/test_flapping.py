"""Flapping: the vectors of Nagios' formula, and turns in time."""

from itertools import pairwise
from math import inf

import pytest

from city.flapping import HIGH, LOW, Flap, History, flap_of, held_until, percent, slot_s, spans
from schemas.signals import Signal
from tests.truth import START, signal


def changes(history: str) -> list[bool]:
    """Which of the 20 pairs of 21 states differ."""
    return [one != other for one, other in pairwise(history)]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ("1" * 21, 0.00),
        ("01" * 10 + "0", 100.00),
        ("0" + "1" * 20, 3.75),
        ("0" * 20 + "1", 6.25),
        ("0" * 14 + "0101010", 35.53),
        ("01010101" + "1" * 13, 29.01),
    ],
)
def test_the_formula_gives_what_nagios_gives(history: str, expected: float) -> None:
    assert round(percent(changes(history)), 2) == expected


def test_it_begins_at_the_high_and_ends_at_the_low_threshold() -> None:
    assert percent(changes("0" * 14 + "0101010")) >= HIGH
    assert LOW < percent(changes("01010101" + "1" * 13)) < HIGH


def turned(*times: float, slot: float = 60) -> Flap | None:
    history = History(slot)
    for at in times:
        history.turn(at)
    return history.flap()


def test_six_quick_turns_flap_and_five_do_not() -> None:
    assert turned(0, 5, 10, 15, 20) is None
    found = turned(0, 5, 10, 15, 20, 25)
    assert found is not None
    assert (found.percent, found.turns, found.since) == (35.53, 6, 25)


def test_turns_once_a_slot_flap_and_turns_once_in_five_slots_do_not() -> None:
    assert turned(*range(0, 1200, 60))
    assert turned(*range(0, 12_000, 300)) is None


def test_what_turns_no_more_is_calm_after_a_while_and_may_begin_again() -> None:
    flap = turned(*range(0, 60, 10))
    assert flap is not None
    assert flap.calm_at == 50 + 16 * 60, "until only four changes are left"
    assert turned(*range(0, 60, 10), flap.calm_at - 60), "between the thresholds it goes on"
    assert turned(*range(0, 60, 10), 5000) is None
    again = turned(*range(0, 60, 10), *range(5000, 5060, 10))
    assert again is not None and again.since == 5050


def test_a_slot_is_the_hold_down_of_the_kind_within_bounds() -> None:
    assert [slot_s(hold_down) for hold_down in (0, 30, 300)] == [10, 30, 60]


def test_sensors_of_one_thing_turn_together() -> None:
    both = [signal("loop-1", 0, cleared=100), signal("loop-2", 50, cleared=150), signal("loop-1", 300)]
    begin = START.timestamp()
    assert spans(both) == [(begin, begin + 150), (begin + 300, inf)]


def flickering(times: int, on: float = 20, off: float = 20) -> list[Signal]:
    return [signal("loop-1", n * (on + off), cleared=n * (on + off) + on) for n in range(times)]


def test_signals_of_one_thing_flap_from_the_sixth_turn_on() -> None:
    assert flap_of(flickering(2), 60) is None
    flap = flap_of(flickering(3), 60)
    assert flap is not None and flap.since == START.timestamp() + 100
    assert flap_of([*flickering(3), signal("loop-1", 120)], 60)


def test_what_flaps_is_one_thing_for_longer_than_its_hold_down() -> None:
    assert held_until(flickering(2), 60) == {}
    assert held_until([*flickering(4), signal("loop-1", 160)], 60) == {}
    ((end, until),) = held_until([*flickering(4), signal("loop-1", 400)], 60).items()
    assert end == START.timestamp() + 140
    assert until - end > 600
