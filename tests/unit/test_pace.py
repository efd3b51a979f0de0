"""How often people are told, and what they are told where that is not often enough."""

from datetime import UTC, datetime, timedelta

import msgspec

from city.notices import ONE_MESSAGE, THREE_MESSAGES, News
from city.pace import EVERY, Pace, parted
from city.together import NAMED, body_of, short_of, subject_of
from schemas.incidents import Change
from tests.changes import a_change
from tests.news import SAIGON

NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a(incident: str, severity: str = "major", kind: str = "opened") -> Change:
    return msgspec.structs.replace(a_change(id=incident, severity=severity), kind=kind, incident_id=incident)


def test_so_many_go_singly_within_the_time_and_then_there_is_room_again() -> None:
    pace = Pace(3, 10 * MINUTE).after(NOW, 2, together=False)
    assert (pace.room(NOW), pace.held_until(NOW)) == (1, None)
    pace = pace.after(NOW + MINUTE, 5, together=False)
    assert [pace.room(NOW + minutes * MINUTE) for minutes in (1, 10, 11)] == [0, 0, 3]


def test_what_is_more_waits_for_a_minute_after_what_was_more_before() -> None:
    pace = Pace(3, 10 * MINUTE).after(NOW, 3, together=True)
    assert pace.held_until(NOW) == pace.held_until(NOW + MINUTE / 2) == NOW + EVERY
    assert pace.held_until(NOW + EVERY) is None
    assert pace.after(NOW + EVERY, 0, together=False).held_until(NOW + EVERY) is None


def test_the_gravest_go_singly_of_them_what_nobody_attends_to_and_every_test() -> None:
    found = [a("1", "minor"), a("2"), a("3", kind="escalated"), None, a("4", "critical"), a("5", "odd")]
    assert parted(found, 3) == ([3, 4, 2], [1, 0, 5])
    assert parted(found, 0) == ([3], [4, 2, 1, 0, 5])
    assert parted(found, 9) == ([3, 4, 2, 1, 0, 5], [])


def test_one_alone_is_not_told_together() -> None:
    assert parted([a("1"), a("2")], 1) == ([0, 1], [])
    assert parted([], 0) == ([], [])


def told(count: int, kind: str = "opened", **fields: str) -> list[News]:
    return [News(change=a(f"{kind}-{number:03}", kind=kind, **fields), zone=SAIGON) for number in range(count)]


def test_all_are_counted_and_the_gravest_named() -> None:
    storm = [*told(488), *told(2, severity="critical"), *told(9, "escalated", severity="minor"), *told(1, "odd")]
    assert subject_of(storm, "en") == "500 incidents at once: Critical 2, Major 489, Minor 9"
    said = body_of(storm, "vi", "https://s").split("\n\n")
    assert said[1] == "Mở sự cố 490, Quá hạn 9, odd 1.\nNghiêm trọng 2, Lớn 489, Nhỏ 9."
    assert said[-1] == f"Và {500 - NAMED} sự cố nữa: https://s\n" and len(said) == NAMED + 3
    assert [line.partition(":")[0] for line in said[2:6]] == ["Nghiêm trọng", "Nghiêm trọng", "Lớn", "Lớn"]


def test_few_are_all_named_and_where_is_said_as_far_as_it_is_known() -> None:
    here = msgspec.structs.replace(told(1)[0], place=("Ward 1", "Phường 1"), url="https://s/#/live/1")
    said = body_of([here, *told(1, "resolved")], "en", "")
    assert "more:" not in said
    assert "Major: Power outage. Opened. Where: Ward 1. Since: 17:00 20/11/2026\nhttps://s/#/live/1\n" in said


def test_a_short_message_about_many_fits_a_telephone() -> None:
    assert short_of(told(500), "en").startswith("500 incidents at once: Major 500. Opened 500. Major: Power")
    assert len(short_of(told(500), "en")) <= ONE_MESSAGE and len(short_of(told(500), "vi")) <= THREE_MESSAGES
