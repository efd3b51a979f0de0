"""Whose turn of duty it is: repeated by the city's clock, found at any time, with the times when it is nobody's."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from dateutil.rrule import rrulestr

from schemas.duty import EMAIL, FIRST, PHONE, Duty, Gap, OnDuty, Shift, Turn, Watch
from schemas.errors import Invalid
from schemas.sentences import say

LONGEST = timedelta(days=31)
LONGEST_NAME = 80
DAY = timedelta(days=1)
"""More than a clock is ever changed by: rules are asked for so much more, and what they say is cut by the instant."""
_DAY = r"(MO|TU|WE|TH|FR|SA|SU)"
_DAYS = {
    "DAILY": {},
    "WEEKLY": {"BYDAY": rf"{_DAY}(,{_DAY})*"},
    "MONTHLY": {
        "BYDAY": rf"[+-]?[1-5]?{_DAY}(,[+-]?[1-5]?{_DAY})*",
        "BYMONTHDAY": r"-?([1-9]|[12][0-9]|3[01])(,-?([1-9]|[12][0-9]|3[01]))*",
    },
}
"""FREQ → the parts that choose its days. Whatever is left out here could make a rule that never comes to an end."""
_ALWAYS = {
    "FREQ": "DAILY|WEEKLY|MONTHLY",
    "INTERVAL": "[1-9][0-9]{0,2}",
    "COUNT": "[1-9][0-9]{0,4}",
    "UNTIL": "[0-9]{8}T[0-9]{6}Z",
    "WKST": _DAY,
}


def checked(turn: Turn, zone: ZoneInfo) -> Turn:
    """The turn in whole seconds, its name without blanks around it. Raises Invalid naming the field.

    Times are within 1970 to 2200, as everywhere in the API: a rule is walked from its beginning, this bounds the way.
    """
    bare = {name: getattr(turn, name).replace(microsecond=0) for name in ("starts_at", "ends_at")}
    turn = msgspec.structs.replace(turn, name=turn.name.strip(), **bare)
    if not 0 < len(turn.name) <= LONGEST_NAME or not turn.name.isprintable():
        raise Invalid(say("duty_name", longest=LONGEST_NAME), field="name")
    if not turn.email and not turn.phone:
        raise Invalid(say("no_way_to_reach"), field="email")
    if turn.email and not EMAIL.fullmatch(turn.email):
        raise Invalid(say("not_email"), field="email")
    if turn.phone and not PHONE.fullmatch(turn.phone):
        raise Invalid(say("not_phone"), field="phone")
    _check_times(turn, zone)
    if turn.repeats:
        _check_rule(turn, zone)
    return turn


def _check_times(turn: Turn, zone: ZoneInfo) -> None:
    if turn.ends_at <= turn.starts_at or _length(turn, zone) <= timedelta(0):
        raise Invalid(say("duty_ends_early"), field="ends_at")
    if turn.ends_at - turn.starts_at > LONGEST:
        raise Invalid(say("duty_too_long", days=LONGEST.days), field="ends_at")


def _check_rule(turn: Turn, zone: ZoneInfo) -> None:
    parts = [part.partition("=") for part in turn.repeats.split(";")]
    given = {name: value for name, _, value in parts}
    known = _ALWAYS | _DAYS.get(given.get("FREQ", ""), {})
    # "the fifth Friday that is a first" would be looked for up to the year 9999
    numbered = re.search("[0-9]", given.get("BYDAY", "")) and "BYMONTHDAY" in given
    wrong = numbered or any(name not in known or not re.fullmatch(known[name], value) for name, value in given.items())
    if wrong or "FREQ" not in given or len(given) < len(parts):
        raise Invalid(say("not_repeating"), field="repeats")
    try:
        found = {at.replace(tzinfo=None) for at in _begins(turn, zone, turn.starts_at - DAY, turn.starts_at + DAY)}
    except ValueError:
        raise Invalid(say("not_repeating"), field="repeats") from None
    if turn.starts_at.astimezone(zone).replace(tzinfo=None) not in found:
        raise Invalid(say("not_first_of_rule"), field="repeats")


def _length(turn: Turn, zone: ZoneInfo) -> timedelta:
    """By the clock on the wall: a night from 22 to 6 is that also when it has seven hours or nine."""
    start, end = (at.astimezone(zone).replace(tzinfo=None) for at in (turn.starts_at, turn.ends_at))
    return end - start


def _begins(turn: Turn, zone: ZoneInfo, since: datetime, to: datetime) -> list[datetime]:
    """When it begins, by its rule, from `since` to `to` and perhaps a little around."""
    rule = rrulestr(turn.repeats, dtstart=turn.starts_at.astimezone(zone))
    return rule.between(since.astimezone(zone), to.astimezone(zone), inc=True)


def times(turn: Turn, zone: ZoneInfo, since: datetime, to: datetime) -> list[tuple[datetime, datetime]]:
    """Every [begin, end) of a turn that has something of [since, to), in UTC, the soonest first."""
    found = [(turn.starts_at, turn.ends_at)]
    if turn.repeats:
        length = _length(turn, zone)
        found = [(at, at + length) for at in _begins(turn, zone, since - length - DAY, to + DAY)]
    in_utc = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in found]
    return [(start, end) for start, end in in_utc if start < to and end > since]


def shifts(roster: Iterable[Duty], zone: ZoneInfo, since: datetime, to: datetime) -> list[Shift]:
    """Whose turn it is when, of all turns that have something of [since, to), the soonest first."""
    found = [
        Shift(
            duty=duty.id,
            name=duty.name,
            level=duty.level,
            email=duty.email,
            phone=duty.phone,
            starts_at=start,
            ends_at=end,
        )
        for duty in roster
        for start, end in times(duty, zone, since, to)
    ]
    return sorted(found, key=lambda one: (one.starts_at, one.level, one.name, one.duty))


def on_duty(roster: Iterable[Duty], zone: ZoneInfo, at: datetime) -> list[Duty]:
    """Whose turn it is at a time, by level."""
    found = [duty for duty in roster if times(duty, zone, at, at + timedelta.resolution)]
    return sorted(found, key=lambda duty: (duty.level, duty.name, duty.id))


def reached(roster: Iterable[Duty], agencies: Sequence[str], level: int) -> list[Duty]:
    """Of a roster those who are told of what concerns these agencies, up to a level: theirs and the whole city's."""
    return [duty for duty in roster if duty.level <= level and (duty.agency is None or duty.agency in agencies)]


class Way(NamedTuple):
    """An endpoint that tells whoever is on duty."""

    field: str
    """`email` or `phone`: where it tells them."""
    agency: str | None
    """It tells the people of this agency, and those of the whole city; None: everybody."""

    def reaches(self, duty: Duty) -> bool:
        """Whether it can tell them."""
        return bool(getattr(duty, self.field)) and (self.agency is None or duty.agency in (None, self.agency))


def unreachable(roster: Iterable[Duty], ways: Sequence[Way], found: OnDuty) -> tuple[str, ...]:
    """Ids of the turns found of which nobody can be told, in the order of the roster."""
    there = {one.duty for watch in found.watches for one in (*watch.now, *watch.coming)}
    return tuple(duty.id for duty in roster if duty.id in there and not any(way.reaches(duty) for way in ways))


def gaps(covered: Iterable[Shift], since: datetime, to: datetime) -> list[Gap]:
    """What of [since, to) none of the shifts covers."""
    found, free = [], since
    for shift in sorted(covered, key=lambda one: one.starts_at):
        if shift.starts_at > free:
            found.append(Gap(starts_at=free, ends_at=shift.starts_at))
        free = max(free, shift.ends_at)
    if free < to:
        found.append(Gap(starts_at=free, ends_at=to))
    return found


def watches(roster: Sequence[Duty], agencies: Sequence[str], zone: ZoneInfo, since: datetime, to: datetime) -> OnDuty:
    """Who is on duty, for the whole city and each agency, at `since` and until `to`."""
    named = [None, *agencies, *sorted({one.agency for one in roster if one.agency} - set(agencies))]
    found = tuple(_watch(roster, agency, zone, (since, to)) for agency in named)
    return OnDuty(
        starts_at=since,
        ends_at=to,
        nobody_now=tuple(one.agency for one in found if any(gap.starts_at <= since for gap in one.gaps)),
        nobody_later=tuple(one.agency for one in found if any(gap.starts_at > since for gap in one.gaps)),
        watches=found,
    )


def _watch(roster: Sequence[Duty], agency: str | None, zone: ZoneInfo, span: tuple[datetime, datetime]) -> Watch:
    since, to = span
    own = shifts([duty for duty in roster if duty.agency == agency], zone, since, to)
    first = reached(roster, [agency] if agency else [], FIRST)
    return Watch(
        agency=agency,
        now=tuple(sorted((one for one in own if one.starts_at <= since), key=lambda one: one.level)),
        coming=tuple(one for one in own if one.starts_at > since),
        gaps=tuple(gaps(shifts(first, zone, since, to), since, to)),
    )
