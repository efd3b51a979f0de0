"""The clock of a partition number: the slowest of its topics, and none before each of them has told the time."""

from faust.types import TP

from schemas.readings import Tick
from schemas.signals import decode_signal_record, decode_tick_data
from streams.detect import Clocks

READINGS, EVENTS = TP("city.readings.power.v1", 1), TP("city.events.power.v1", 1)


def told(clocks: Clocks, tp: TP, now_ms: int) -> int | None:
    """What the clock says after a tick; None if it says nothing."""
    found = clocks.tick(tp, Tick(now_ms))
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
