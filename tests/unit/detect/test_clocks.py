"""The clock of a partition number: the slowest of its topics, and none before each of them has told the time."""

from faust.types import TP

from schemas.readings import Tick
from schemas.signals import decode_signal_record, decode_tick_data
from streams.detect import Clocks

READINGS, EVENTS = TP("city.readings.power.v1", 1), TP("city.events.power.v1", 1)


def told(clocks: Clocks, tp: TP, now_ms: int, clock: str = "live") -> int | None:
    """What the clock says after a tick; None if it says nothing."""
    found = clocks.tick(tp, Tick(now_ms, clock))
    return decode_tick_data(decode_signal_record(found[0].value).data).now_ms if found else None


def test_no_time_is_told_before_every_topic_has_told_its_own() -> None:
    clocks = Clocks()
    for tp in (READINGS, EVENTS):
        clocks.begin(tp, -1)
    assert told(clocks, READINGS, 1000) is None, "its events may be behind: a signal of them would come after its time"
    assert told(clocks, READINGS, 3000) is None
    assert told(clocks, EVENTS, 2000) == 2000
    assert told(clocks, EVENTS, 4000) == 3000


def test_after_a_takeover_a_topic_stands_at_the_tick_of_its_pages() -> None:
    clocks = Clocks()
    clocks.begin(READINGS, 5000)
    clocks.begin(EVENTS, 2000)
    assert told(clocks, READINGS, 6000) == 2000
    clocks.begin(EVENTS, -1)
    assert told(clocks, READINGS, 7000) is None


def test_a_wall_clock_that_was_wrong_is_followed_back_and_a_small_correction_is_waited_for() -> None:
    clocks = Clocks()
    for tp in (READINGS, EVENTS):
        clocks.begin(tp, 7_200_000)
    assert told(clocks, READINGS, 7_200_000) == 7_200_000
    assert told(clocks, READINGS, 7_141_000) is None, "corrected by less than a minute: time stands"
    assert told(clocks, READINGS, 7_201_000) is None
    assert told(clocks, EVENTS, 7_201_000) == 7_201_000
    assert told(clocks, READINGS, 1_000) == 1_000, "set back by two hours"
    assert told(clocks, EVENTS, 1_000) is None
    assert told(clocks, READINGS, 2_000) is None
    assert told(clocks, EVENTS, 2_000) == 2_000


def test_the_clock_of_a_recording_never_goes_back() -> None:
    clocks = Clocks()
    clocks.begin(READINGS, -1)
    assert told(clocks, READINGS, 7_201_000, "events") == 7_201_000
    assert told(clocks, READINGS, 1_000, "events") is None
