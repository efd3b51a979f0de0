"""Times as they cross a boundary: aware UTC datetimes in structs, integer milliseconds in packs."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec

At = Annotated[datetime, msgspec.Meta(tz=True)]
"""An aware datetime; msgspec refuses naive ones only because of this Meta."""


def from_ms(milliseconds: int) -> datetime:
    """The UTC time of Unix milliseconds."""
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)


def to_ms(at: datetime) -> int:
    """Unix milliseconds of an aware datetime, rounded to the nearest."""
    return round(at.timestamp() * 1000)


def rfc3339(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`, the one written form of a time."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
