"""Civil hours, days, months and years: where each begins and which is part of which."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

STEPS = ("hour", "day", "month", "year")
"""Each is made of the one before."""
_ZEROS = {"day": {"hour": 0}, "month": {"day": 1, "hour": 0}, "year": {"month": 1, "day": 1, "hour": 0}}
_LONGER = {
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "month": timedelta(days=32),
    "year": timedelta(days=370),
}


def begin(step: str, at: datetime, zone: ZoneInfo) -> datetime:
    """The beginning, UTC, of the span of a time."""
    local = at.astimezone(zone).replace(minute=0, second=0, microsecond=0)
    if step != "hour":  # of an hour that a clock shows twice, `fold` says which one it is
        local = local.replace(**_ZEROS[step], fold=0)  # type: ignore[arg-type]
    return local.astimezone(UTC)


def end(step: str, start: datetime, zone: ZoneInfo) -> datetime:
    """The end, UTC, of the span that begins at `start`."""
    if step == "hour":
        return start + timedelta(hours=1)
    local = start.astimezone(zone).replace(tzinfo=None) + _LONGER[step]
    return begin(step, local.replace(tzinfo=zone), zone)


def above(step: str, starts: Iterable[datetime], zone: ZoneInfo) -> list[datetime]:
    """The beginnings of the longer spans, of `step`, that hold these."""
    return sorted({begin(step, at, zone) for at in starts})
