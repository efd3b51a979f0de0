"""Times as they cross a boundary: aware UTC datetimes in structs, integer milliseconds in packs."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec

At = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware datetime; msgspec refuses naive ones only because of this Meta."""

AHEAD_MS = 60_000
"""Corrections of a running clock (NTP, a leap second) are smaller: time stands meanwhile. By more it goes back."""

LEAP = re.compile(r"(?P<minute>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d):60(?:\.\d+)?(?P<offset>[Zz]|[+-]\d\d:\d\d)", re.ASCII)


def from_ms(milliseconds: int) -> datetime:
    """The UTC time of Unix milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def to_ms(at: datetime) -> int:
    """Unix milliseconds of an aware datetime, rounded to the nearest."""
    return round(at.timestamp() * 1000)


def was_ahead(held_ms: int, wall_ms: int) -> bool:
    """Whether a clock that the one on the wall, Unix milliseconds, moves was moved by one that was wrong."""
    return held_ms - wall_ms > AHEAD_MS


def passed_on_ms(clock: str, stages: Mapping[str, int]) -> int | None:
    """When, by the wall clock, a tick was last passed on, Unix milliseconds.

    None of a recording, whose clock has nothing to do with that, and of a tick that says nothing of its stages.
    """
    return max(stages.values(), default=None) if clock == "live" else None


def past_leap(given: Any) -> Any:
    """The first instant after it where this is the RFC 3339 text of a leap second; anything else as it is.

    They end a month in UTC (RFC 3339 §5.7); no clock of a computer tells them apart from that instant.
    """
    found = LEAP.fullmatch(given) if isinstance(given, str) else None
    if found is None:
        return given
    try:
        after = datetime.fromisoformat(f"{found['minute']}:00{found['offset']}").astimezone(UTC) + timedelta(minutes=1)
    except (ValueError, OverflowError):
        return given
    return rfc3339(after) if (after.day, after.hour, after.minute) == (1, 0, 0) else given


def told_ms(given: Any) -> int:
    """Unix milliseconds of an RFC 3339 text with an offset, perhaps a leap second. Raises msgspec.ValidationError."""
    return to_ms(msgspec.convert(past_leap(given), At))


def rfc3339(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`, the one written form of a time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
