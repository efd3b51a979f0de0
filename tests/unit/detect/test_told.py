"""What other systems tell arrives in any order; the signals that it amounts to are the same."""

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from city.correlate import Window
from city.detect import Detector
from schemas.events import Event
from schemas.signals import Signal
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
