"""Time to acknowledge and to resolve."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from city.indicators.room import SHIFTS, Handled, RoomFigure, room_figures, shift_of, times

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CALLED = datetime(2026, 11, 3, 1, tzinfo=UTC)


def handled(acknowledged_s: float | None, resolved_s: float | None = None, **fields: object) -> Handled:
    after = [None if s is None else CALLED + timedelta(seconds=s) for s in (acknowledged_s, resolved_s)]
    shown = {"kind": "power.outage", "agencies": ("power",), "called_at": CALLED, **fields}
    return Handled(acknowledged_at=after[0], resolved_at=after[1], **shown)  # type: ignore[arg-type]


def figure(found: list[RoomFigure], by: str, key: str) -> RoomFigure:
    return next(one for one in found if (one.by, one.key) == (by, key))


def test_each_kind_agency_and_shift_has_its_times_and_all_come_first() -> None:
    night = CALLED + timedelta(hours=15)
    found = room_figures(
        [
            handled(30, 600),
            handled(90),
            handled(None, kind="river.high_water", agencies=("irrigation", "power"), called_at=night),
        ],
        SHIFTS,
        ZONE,
    )
    assert (found[0].by, found[0].incidents, found[0].acknowledge.count, found[0].resolve.count) == ("all", 3, 2, 1)
    assert figure(found, "kind", "power.outage").acknowledge.most_s == 90
    assert figure(found, "kind", "river.high_water").acknowledge == times([])
    assert figure(found, "agency", "power").incidents == 3
    assert [one.key for one in found if one.by == "shift"] == ["06:00-14:00", "22:00-06:00"]


def test_what_was_done_before_it_could_be_heard_took_no_time() -> None:
    assert room_figures([handled(-20)], SHIFTS, ZONE)[0].acknowledge.median_s == 0


@pytest.mark.parametrize(
    ("clock", "shift"),
    [("05:59", "22:00-06:00"), ("06:00", "06:00-14:00"), ("21:59", "14:00-22:00"), ("23:30", "22:00-06:00")],
)
def test_a_shift_reaches_over_midnight(clock: str, shift: str) -> None:
    at = datetime.combine(CALLED.date(), time.fromisoformat(clock), ZONE)
    assert shift_of(at, SHIFTS, ZONE) == shift


def test_nine_of_ten_is_the_nearest_rank() -> None:
    found = times([float(n) for n in range(1, 11)])
    assert (found.count, found.median_s, found.most_s) == (10, 5.0, 9.0)
