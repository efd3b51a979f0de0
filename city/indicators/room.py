"""How fast the room handles what comes: time to acknowledge and to resolve, by kind, agency and shift."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time
from math import ceil
from zoneinfo import ZoneInfo

import msgspec

SHIFTS = (time(6), time(14), time(22))
"""Beginnings of the shifts where nobody says otherwise: our own choice, three of eight hours."""
MOST_TIMES = 0.9


class Handled(msgspec.Struct, frozen=True, kw_only=True):
    """One incident and when people and the center were done with it."""

    kind: str
    agencies: tuple[str, ...]
    called_at: datetime
    """When it could first be heard: recorded, and settled."""
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """How long something took; null where it never happened."""

    count: int
    median_s: float | None
    most_s: float | None
    """Nine of ten were as fast or faster (nearest rank)."""


class RoomFigure(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of all incidents, or of those of one kind, agency or shift."""

    by: str
    """`all`, `kind`, `agency`, `shift`."""
    key: str
    """The kind, the agency, or the shift as `06:00-14:00`; empty for all."""
    incidents: int
    acknowledge: Times
    """From the call until the first person acknowledged or took it."""
    resolve: Times
    """From the call until it was resolved the first time."""


def room_figures(found: Sequence[Handled], shifts: Sequence[time], zone: ZoneInfo) -> list[RoomFigure]:
    """All together first, then by kind, agency and shift (in which it called), each by its key."""
    groups: dict[tuple[str, str], list[Handled]] = {("all", ""): list(found)}
    for one in found:
        keys = [("kind", one.kind), *(("agency", name) for name in one.agencies)]
        for key in (*keys, ("shift", shift_of(one.called_at, shifts, zone))):
            groups.setdefault(key, []).append(one)
    order = {"all": 0, "kind": 1, "agency": 2, "shift": 3}
    return [
        _figure(by, key, own) for (by, key), own in sorted(groups.items(), key=lambda at: (order[at[0][0]], at[0][1]))
    ]


def shift_of(at: datetime, shifts: Sequence[time], zone: ZoneInfo) -> str:
    """The shift of a time, `22:00-06:00`: from one beginning to the next, over midnight if need be."""
    begins = sorted(shifts)
    clock = at.astimezone(zone).time()
    number = max((n for n, begin in enumerate(begins) if begin <= clock), default=len(begins) - 1)
    return f"{begins[number]:%H:%M}-{begins[(number + 1) % len(begins)]:%H:%M}"


def _figure(by: str, key: str, own: Sequence[Handled]) -> RoomFigure:
    return RoomFigure(
        by=by,
        key=key,
        incidents=len(own),
        acknowledge=times(_seconds(one.called_at, one.acknowledged_at) for one in own),
        resolve=times(_seconds(one.called_at, one.resolved_at) for one in own),
    )


def _seconds(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else max(0.0, (end - start).total_seconds())


def times(found: Iterable[float | None]) -> Times:
    """Median and nearest-rank 90th percentile of what is known."""
    known = sorted(one for one in found if one is not None)
    return Times(count=len(known), median_s=_ranked(known, 0.5), most_s=_ranked(known, MOST_TIMES))


def _ranked(known: Sequence[float], part: float) -> float | None:
    return known[ceil(part * len(known)) - 1] if known else None
