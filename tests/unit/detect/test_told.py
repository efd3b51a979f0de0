"""What other systems tell arrives in any order; the signals that it amounts to are the same."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.correlate import Window
from city.detect import Detector
from city.detect.told import MOST_TURNS, Told, Turn, _again, _signals
from schemas.events import Event
from schemas.ids import signal_id
from schemas.signals import Signal
from schemas.times import from_ms, to_ms
from tests.unit.detect.world import at, catalogue, sensor, tick

CITY = catalogue([sensor("feeder-1", kind="feeder"), sensor("feeder-2", kind="feeder")])


def _event(name: str, seconds: float, kind: str, asset: str = "feeder-1", severity: str = "major") -> Event:
    data = {"asset": asset, "kind": "power.outage", "severity": severity}
    when = at(seconds)
    return Event(f"signal.{kind}", "power", "z1", "/scada", name, when, when, data)


def _amount_to(events: list[Event], restart: bool = False) -> dict[str, Signal]:
    """The set of signals that correlate then holds, as they are known in the end."""
    detector, window = Detector(CITY), Window()
    for event in events:
        if restart:
            detector = Detector(CITY, detector.pages())
        for signal in detector.event(event):
            window.apply(signal)
    return {name: _plain(signal) for name, signal in window.signals.items()}


def _plain(signal: Signal) -> Signal:
    return msgspec.structs.replace(signal, replaces=None, sources=tuple(sorted(signal.sources)))


def _stretches(found: dict[str, Signal]) -> list[tuple[float, float | None]]:
    start = at(0)
    return sorted(
        (
            (signal.raised_at - start).total_seconds(),
            None if signal.cleared_at is None else (signal.cleared_at - start).total_seconds(),
        )
        for signal in found.values()
    )


def test_an_end_that_arrives_before_its_begin_is_kept() -> None:
    assert _stretches(_amount_to([_event("b", 60, "cleared"), _event("a", 0, "raised")])) == [(0, 60)]


def test_a_late_end_splits_what_looked_like_one() -> None:
    events = [_event("a", 0, "raised"), _event("c", 90, "raised"), _event("b", 60, "cleared")]
    assert _stretches(_amount_to(events)) == [(0, 60), (90, None)]


def test_an_earlier_begin_moves_the_start_and_a_later_split_brings_the_old_one_back() -> None:
    events = [_event("c", 90, "raised"), _event("a", 0, "raised")]
    assert _stretches(_amount_to(events)) == [(0, None)]
    assert _stretches(_amount_to([*events, _event("b", 60, "cleared")])) == [(0, 60), (90, None)]


def test_what_ended_long_ago_is_forgotten_and_what_is_active_never() -> None:
    detector = Detector(CITY)
    for event in [_event("a", 0, "raised"), _event("b", 60, "cleared"), _event("c", 5, "raised", "feeder-2")]:
        detector.event(event)
    hours = 6 * 3600
    detector.tick(tick(hours))
    assert [asset for asset, _ in detector.outside.told.turns] == ["feeder-2"]
    (ended,) = detector.event(_event("d", hours, "cleared", "feeder-2"))
    assert ended.cleared_at == at(hours)


TURNS = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(["raised", "cleared"]), st.sampled_from(["feeder-1", "feeder-2"])),
    min_size=1,
    max_size=9,
)


@given(TURNS, st.randoms(use_true_random=False))
def test_no_order_of_arrival_changes_what_it_amounts_to(turns: list[tuple[int, str, str]], random: object) -> None:
    events = [_event(f"e{number}", 10 * time, kind, asset) for number, (time, kind, asset) in enumerate(turns)]
    shuffled = events + events[::2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    in_order = sorted(events, key=lambda event: (event.at, event.id))
    assert _amount_to(shuffled, restart=True) == _amount_to(in_order)


KEPT_S, STEP_S = 300, 30
HEARD = st.lists(
    st.tuples(
        st.integers(0, 90),
        st.integers(0, KEPT_S // STEP_S - 1),
        st.sampled_from(["warning", "minor", "major", None]),
        st.sampled_from([None, 1.0, 2.0]),
        st.sampled_from([None, "a", "b"]),
    ),
    min_size=1,
    max_size=60,
)
"""Seconds since the one before; how late it is, in steps; severity (None: an end), value and note."""
KEY = "feeder-1", "power.outage"


def _turn(number: int, seconds: float, severity: str | None, value: float | None, note: str | None) -> Turn:
    name, raised = f"{number * 7919 % 1000:03}", None
    if severity:
        raised = Signal(
            id=signal_id(*KEY, at(seconds)),
            asset=KEY[0],
            kind=KEY[1],
            state="active",
            severity=severity,
            raised_at=at(seconds),
            value=value,
            note=note,
            sources=(name,),
        )
    return Turn(to_ms(at(seconds)), name, raised)


@settings(max_examples=300)
@given(HEARD)
def test_what_is_put_together_amounts_to_the_same_for_all_that_is_not_too_late(heard: list[Any]) -> None:
    thrifty, whole, now_s = Told(), Told(), 1000
    for number, (wait, late, *said) in enumerate(heard):
        now_s += wait
        thrifty.tick(to_ms(at(now_s)), KEPT_S * 1000)
        turn = _turn(number, (now_s // STEP_S - late) * STEP_S, *said)
        assert thrifty.take(KEY, turn) == whole.take(KEY, turn)
        if number % 9 == 5:
            restored = Told()
            restored.turns |= thrifty.turns
            thrifty = restored


@settings(max_examples=300)
@given(HEARD)
def test_turns_amount_to_what_they_say_one_by_one(heard: list[Any]) -> None:
    turns = [_turn(number, STEP_S * (late + wait // 10), *said) for number, (wait, late, *said) in enumerate(heard)]
    turns.sort(key=lambda turn: (turn.at_ms, turn.event))
    assert list(_signals(turns)) == _one_by_one(turns)


def _one_by_one(turns: list[Turn]) -> list[Signal]:
    found: list[Signal] = []
    active = False
    for at_ms in sorted({turn.at_ms for turn in turns}):
        here = [turn for turn in turns if turn.at_ms == at_ms]
        ends, begins = [turn for turn in here if not turn.signal], [turn for turn in here if turn.signal]
        for turn in [*ends, *begins] if active else [*begins, *ends]:
            if turn.signal is None:
                if active:
                    found[-1] = msgspec.structs.replace(found[-1], state="cleared", cleared_at=from_ms(at_ms))
                active = False
            else:
                found[-1 if active else len(found) :] = [_again(found[-1], turn.signal) if active else turn.signal]
                active = True
    return found


@pytest.mark.parametrize("at_once", [False, True], ids=["at its time", "at the time when it began"])
def test_a_system_that_repeats_for_hours_what_is_active_costs_no_more_in_the_end(at_once: bool) -> None:
    detector, most = Detector(CITY), 0
    for second in range(3 * 3600):
        detector.event(_event(f"e{second}", 0 if at_once else second, "raised"))
        if second % 600 == 599:
            detector.tick(tick(second))
            most = max([most, *(len(page) for name, page in detector.take_dirty().items() if "told" in name)])
    assert most < 200_000
    assert len(detector.outside.told.turns[KEY]) <= MOST_TURNS
    (ended,) = detector.event(_event("end", 3 * 3600, "cleared"))
    assert (ended.raised_at, ended.cleared_at) == (at(0), at(3 * 3600))
    assert ended.sources == tuple(f"e{number}" for number in range(20)) or at_once


def test_what_ended_and_began_at_one_moment_is_still_active_when_the_end_is_forgotten() -> None:
    detector = Detector(CITY)
    for event in [_event("a", 0, "raised"), _event("b", 60, "cleared"), _event("c", 60, "raised")]:
        detector.event(event)
    detector.tick(tick(6 * 3600))
    (ended,) = detector.event(_event("d", 6 * 3600, "cleared"))
    assert (ended.raised_at, ended.cleared_at) == (at(60), at(6 * 3600))
