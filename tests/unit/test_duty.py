"""The roster: whose turn it is at any minute, over midnight and changes of clocks, and what it refuses."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from city.duty import checked, on_duty, reached, times, watches
from schemas.duty import Duty, Turn
from schemas.errors import Invalid

SAIGON, BERLIN = ZoneInfo("Asia/Ho_Chi_Minh"), ZoneInfo("Europe/Berlin")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NIGHT = datetime(2026, 11, 20, 22, tzinfo=SAIGON)


def turn(name: str = "Lan", **fields: Any) -> Duty:
    """A night from 22 to 6, once, unless `fields` say otherwise."""
    given: dict[str, Any] = {"email": "lan@example.org", "starts_at": NIGHT, "ends_at": NIGHT + 8 * HOUR} | fields
    return Duty(id=f"duty-{name}", name=name, revision=1, **given)


def names(roster: Sequence[Duty], zone: ZoneInfo, at: datetime) -> list[str]:
    """Who is on duty."""
    return [duty.name for duty in on_duty(roster, zone, at)]


def test_a_night_goes_over_midnight_and_ends_at_its_end() -> None:
    roster = [turn(repeats="FREQ=DAILY")]
    begun = NIGHT + 30 * DAY
    assert names(roster, SAIGON, begun - timedelta.resolution) == []
    assert names(roster, SAIGON, begun) == names(roster, SAIGON, begun + 3 * HOUR) == ["Lan"]
    assert names(roster, SAIGON, begun + 8 * HOUR) == []
    assert names(roster, SAIGON, NIGHT - DAY + HOUR) == []


@pytest.mark.parametrize(
    "day, hours",
    [(datetime(2026, 10, 23), 8), (datetime(2026, 10, 24), 9), (datetime(2027, 3, 27), 7), (datetime(2027, 3, 28), 8)],
)
def test_a_night_is_from_22_to_6_by_the_clock_whatever_happens_to_that(day: datetime, hours: int) -> None:
    starts = datetime(2026, 10, 20, 22, tzinfo=BERLIN)
    night = turn(starts_at=starts, ends_at=starts + 8 * HOUR, repeats="FREQ=DAILY")
    begin = day.replace(hour=22, tzinfo=BERLIN).astimezone(UTC)
    assert times(night, BERLIN, begin, begin + HOUR) == [(begin, begin + hours * HOUR)]


def test_turns_that_follow_each_other_leave_no_gap_where_the_clock_is_changed() -> None:
    at = datetime(2026, 10, 20, 2, 30, tzinfo=BERLIN)
    early = turn("Lan", starts_at=at, ends_at=at + 12 * HOUR, repeats="FREQ=DAILY")
    late = turn("Minh", starts_at=at + 12 * HOUR, ends_at=at + DAY, repeats="FREQ=DAILY")
    found = watches([early, late], [], BERLIN, datetime(2026, 10, 24, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC))
    assert found.watches[0].gaps == ()


def test_the_end_of_a_rule_is_an_instant() -> None:
    roster = [turn(repeats="FREQ=DAILY;UNTIL=20261121T150000Z")]
    assert names(roster, SAIGON, NIGHT + DAY) == ["Lan"]
    assert names(roster, SAIGON, NIGHT + 2 * DAY) == []


ROSTER = (
    turn("An", agency="power"),
    turn("Bo", agency="power", level=2),
    turn("Chi", agency="water"),
    turn("Dung", level=3),
    turn("Em", level=2),
)


@pytest.mark.parametrize(
    "agencies, level, told",
    [
        (["power"], 1, ["An"]),
        (["power"], 2, ["An", "Bo", "Em"]),
        (["power", "water"], 3, ["An", "Chi", "Bo", "Em", "Dung"]),
        ([], 1, []),
        (["transport"], 3, ["Em", "Dung"]),
    ],
)
def test_who_is_told_follows_from_the_agencies_and_the_level(agencies: list[str], level: int, told: list[str]) -> None:
    assert [duty.name for duty in reached(on_duty(ROSTER, SAIGON, NIGHT), agencies, level)] == told


def test_a_gap_is_when_nobody_would_be_told_at_once() -> None:
    roster = [turn("An", agency="power"), turn("Em", starts_at=NIGHT + 9 * HOUR, ends_at=NIGHT + 12 * HOUR)]
    found = watches([*roster, turn("Bo", agency="water", level=2)], ["power", "water"], SAIGON, NIGHT, NIGHT + DAY)
    assert (found.nobody_now, found.nobody_later) == ((None, "water"), (None, "power", "water"))
    city, power, water = found.watches
    hours = [[(gap.starts_at - NIGHT, gap.ends_at - NIGHT) for gap in one.gaps] for one in (city, power, water)]
    assert hours[0] == hours[2] == [(0 * HOUR, 9 * HOUR), (12 * HOUR, DAY)]
    assert hours[1] == [(8 * HOUR, 9 * HOUR), (12 * HOUR, DAY)]
    assert ([one.name for one in power.now], [one.name for one in city.coming]) == (["An"], ["Em"])
    assert [one.name for one in water.now] == ["Bo"], "he is on duty, but told later"


def test_an_agency_that_the_city_no_longer_has_is_still_listed() -> None:
    assert [one.agency for one in watches([turn(agency="gone")], ["power"], SAIGON, NIGHT, NIGHT + DAY).watches] == [
        None,
        "power",
        "gone",
    ]


WRONG = [
    ("name", {"name": "  "}),
    ("name", {"name": "x" * 81}),
    ("name", {"name": "Lan\r\nBcc: x@example.org"}),
    ("email", {"email": "", "phone": ""}),
    ("email", {"email": "lan"}),
    ("email", {"email": "lan@example.org\nBcc: x@example.org"}),
    ("email", {"email": "lan@example.org,x@example.org"}),
    ("email", {"email": "Lan <lan@example.org>"}),
    ("phone", {"phone": "0901234567"}),
    ("phone", {"phone": "+84 901"}),
    ("ends_at", {"ends_at": NIGHT}),
    ("ends_at", {"ends_at": NIGHT + 32 * DAY}),
    *(("repeats", {"repeats": rule}) for rule in ("daily", "FREQ=HOURLY", "FREQ=SECONDLY", "BYDAY=MO", "FREQ=")),
    ("repeats", {"repeats": "FREQ=DAILY;INTERVAL=0"}),
    ("repeats", {"repeats": "FREQ=DAILY;BYDAY=FR"}),
    ("repeats", {"repeats": "FREQ=DAILY;FREQ=DAILY"}),
    ("repeats", {"repeats": "FREQ=DAILY;UNTIL=20261231"}),
    ("repeats", {"repeats": "FREQ=DAILY;UNTIL=20261399T000000Z"}),
    ("repeats", {"repeats": "FREQ=WEEKLY;BYDAY=MO"}),
    ("repeats", {"repeats": "FREQ=MONTHLY;BYMONTHDAY=31"}),
    ("repeats", {"repeats": "FREQ=DAILY\nFREQ=WEEKLY"}),
    ("repeats", {"repeats": "FREQ=MONTHLY;BYDAY=5FR;BYMONTHDAY=1"}),
]


@pytest.mark.parametrize("field, fields", WRONG, ids=str)
def test_what_a_turn_cannot_be_is_said_with_its_field(field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        checked(turn(**fields), SAIGON)
    assert refused.value.field == field


def test_an_end_that_the_clock_on_the_wall_has_before_the_beginning_is_refused() -> None:
    first = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    with pytest.raises(Invalid):
        checked(turn(starts_at=first, ends_at=first + HOUR / 2), BERLIN)


GOOD = ("", "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR,SU", "FREQ=MONTHLY;BYDAY=3FR", "FREQ=MONTHLY;BYDAY=-2FR")


@pytest.mark.parametrize("rule", [*GOOD, "FREQ=MONTHLY;BYMONTHDAY=20,-1", "FREQ=DAILY;COUNT=3;WKST=MO"])
def test_rules_of_days_weeks_and_months_are_taken(rule: str) -> None:
    kept = checked(turn(name=" Lan ", repeats=rule, starts_at=NIGHT.replace(microsecond=5)), SAIGON)
    assert (kept.name, kept.starts_at, kept.repeats) == ("Lan", NIGHT, rule)


def brute(roster: Sequence[Turn], zone: ZoneInfo) -> list[tuple[str, datetime, datetime]]:
    """Every turn, by trying every day on which one could have begun."""
    found = []
    for one in roster:
        start, end = (when.astimezone(zone).replace(tzinfo=None) for when in (one.starts_at, one.ends_at))
        for day in (start + timedelta(days=number) for number in range(30 if one.repeats else 1)):
            if "WEEKLY" not in one.repeats or day.weekday() in (0, 2, 5):
                begin, over = (when.replace(tzinfo=zone).astimezone(UTC) for when in (day, day + (end - start)))
                found.append((one.name, begin, over))
    return found


@st.composite
def rosters(draw: st.DrawFn) -> list[Duty]:
    """Up to four turns that begin in the fortnight before the clocks of Berlin are changed, in minutes."""
    found = []
    for number in range(draw(st.integers(1, 4))):
        repeats = draw(st.sampled_from(["", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,SA"]))
        day = 12 if "WE" in repeats else draw(st.integers(10, 23))
        start = datetime(2026, 10, day, draw(st.integers(0, 23)), draw(st.integers(0, 59)), tzinfo=BERLIN)
        length = timedelta(minutes=draw(st.integers(1, 36 * 60)))
        found.append(turn(str(number), starts_at=start, ends_at=start + length, repeats=repeats))
    return found


@settings(max_examples=20, deadline=None)
@given(rosters())
def test_at_every_minute_of_the_week_of_the_changed_clocks_it_says_what_trying_every_day_says(
    roster: list[Duty],
) -> None:
    assert [checked(one, BERLIN) for one in roster] == roster
    since = datetime(2026, 10, 21, tzinfo=UTC)
    week = watches(roster, [], BERLIN, since, since + 7 * DAY).watches[0]
    told, tried = [*week.now, *week.coming], brute(roster, BERLIN)
    for minute in range(0, 7 * 24 * 60):
        at = since + timedelta(minutes=minute)
        expected = {name for name, begin, over in tried if begin <= at < over}
        assert {one.name for one in told if one.starts_at <= at < one.ends_at} == expected, at
        assert any(gap.starts_at <= at < gap.ends_at for gap in week.gaps) == (not expected), at
        if minute % 17 == 0:
            assert set(names(roster, BERLIN, at)) == expected, at


def test_a_turn_that_is_in_the_roster_is_the_turn_that_was_entered() -> None:
    entered = {"name": "Lan", "phone": "+84901234567", "starts_at": NIGHT, "ends_at": NIGHT + HOUR}
    made = msgspec.convert(entered, Turn)
    assert (made.level, made.language, made.agency, made.repeats) == (1, "vi", None, "")
