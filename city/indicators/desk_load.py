"""How loaded a desk is, by the measures of EEMUA 191 and ISA-18.2 (ISA-18.2-2016, table 5; IEC 62682).

The figures of both standards are known here from secondary sources. They are for one operator position: a desk.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from city.indicators.calls import Call
from schemas.times import At

WINDOW = timedelta(minutes=10)
FLOOD_ABOVE = 10
"""ISA-18.2: a flood begins when more than 10 came within 10 minutes …"""
FLOOD_BELOW = 5
"""… and ends when fewer than 5 did. EEMUA 191 counts a flood from 10 on."""
STALE = timedelta(hours=24)
"""ISA-18.2: stale is what stands for more than 24 hours without a break."""
CHATTERS, CHATTER_WITHIN = 3, timedelta(minutes=10)
"""Our own: ISA-18.2 says three in one minute of raw alarms; hold-downs of a minute and more come before our calls."""
LIMITS = {
    "average_per_10_min": 1.0,  # EEMUA 191, ISA-18.2: about 1 is very likely to be acceptable, 2 is manageable
    "peak_per_10_min": 10.0,  # ISA-18.2: at most 10 in any 10 minutes
    "flood_percent": 1.0,  # ISA-18.2: less than about 1 % of the time in flood
    "stale": 4.0,  # ISA-18.2: fewer than 5 on any day; EEMUA 191: near 0
    "chattering": 0.0,  # ISA-18.2: none
}
PRIORITIES = {"low": ("warning",), "medium": ("minor",), "high": ("major", "critical")}
RECOMMENDED = {"low": 80.0, "medium": 15.0, "high": 5.0}
"""ISA-18.2 and EEMUA 191: about 80 / 15 / 5 % of three priorities; with more of the higher ones they say nothing."""
MOST_NAMED = 50


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """A measure beside its limit."""

    value: float
    limit: float
    met: bool


class Flood(msgspec.Struct, frozen=True, kw_only=True):
    """A time in which more came than an operator can follow."""

    since: At
    """When more than 10 had come within 10 minutes."""
    until: At | None
    """When fewer than 5 had; null: it goes on at the end of the range."""
    opened: int
    """Calls within it."""


class Chatter(msgspec.Struct, frozen=True, kw_only=True):
    """Something that comes and goes."""

    kind: str
    asset: str | None
    calls: int
    """In the whole range."""


class Priority(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the calls beside what is recommended."""

    calls: int
    percent: float
    recommended_percent: float


class DeskLoad(msgspec.Struct, frozen=True, kw_only=True):
    """The load of one desk in a range of time."""

    opened: int
    """Calls: incidents that opened, came back, or returned from the shelf, and had settled."""
    average_per_10_min: Measure
    peak_per_10_min: Measure
    """The most in any 10 minutes."""
    flood_percent: Measure
    """Of the time."""
    standing: int
    """At the end of the range."""
    stale: Measure
    """Of these for more than 24 hours."""
    chattering: Measure
    """Things that called three times within ten minutes."""
    floods: tuple[Flood, ...]
    stale_incidents: tuple[str, ...]
    chatters: tuple[Chatter, ...]
    priorities: dict[str, Priority]
    """`high` (critical, major), `medium` (minor), `low` (warning)."""


def desk_load(found: Sequence[Call], since: datetime, until: datetime) -> DeskLoad:
    """The load from `since` (included) to `until` (excluded); calls of the ten minutes before count for floods."""
    known = [call for call in found if call.at < until]
    inside = [call for call in known if call.at >= since]
    floods = floods_of(known, since, until)
    flooded = sum((((one.until or until) - one.since) for one in floods), timedelta())
    standing = [call for call in known if call.until is None or call.until >= until]
    stale = sorted(call.incident for call in standing if until - call.at > STALE)
    chatters = chattering(inside)
    return DeskLoad(
        opened=len(inside),
        average_per_10_min=_figure("average_per_10_min", len(inside) * (WINDOW / (until - since))),
        peak_per_10_min=_figure("peak_per_10_min", peak(inside)),
        flood_percent=_figure("flood_percent", 100 * (flooded / (until - since))),
        standing=len(standing),
        stale=_figure("stale", len(stale)),
        chattering=_figure("chattering", len(chatters)),
        floods=floods,
        stale_incidents=tuple(stale[:MOST_NAMED]),
        chatters=chatters[:MOST_NAMED],
        priorities=priorities(inside),
    )


def _figure(name: str, value: float) -> Measure:
    rounded = round(value, 3)
    return Measure(value=rounded, limit=LIMITS[name], met=rounded <= LIMITS[name])


def peak(found: Sequence[Call]) -> int:
    """The most calls in any ten minutes (begin included, end excluded)."""
    times = sorted(call.at for call in found)
    most = first = 0
    for last, at in enumerate(times):
        while at - times[first] >= WINDOW:
            first += 1
        most = max(most, last - first + 1)
    return most


def floods_of(found: Sequence[Call], since: datetime, until: datetime) -> tuple[Flood, ...]:
    """The floods, as far as they lie in the range."""
    steps = Counter(call.at for call in found)
    steps.subtract(call.at + WINDOW for call in found)
    spans: list[tuple[datetime, datetime | None]] = []
    count, began = 0, None
    for at, step in sorted(steps.items()):
        if at >= until:
            break
        count += step
        if began is None and count > FLOOD_ABOVE:
            began = at
        elif began is not None and count < FLOOD_BELOW:
            spans.append((began, at))
            began = None
    if began is not None:
        spans.append((began, None))
    return tuple(_flood(found, max(start, since), end) for start, end in spans if end is None or end > since)


def _flood(found: Sequence[Call], start: datetime, end: datetime | None) -> Flood:
    inside = [call for call in found if call.at >= start and (end is None or call.at < end)]
    return Flood(since=start, until=end, opened=len(inside))


def chattering(found: Sequence[Call]) -> tuple[Chatter, ...]:
    """What called three times within ten minutes, the most frequent first."""
    times: dict[tuple[str, str | None], list[datetime]] = {}
    for call in sorted(found, key=lambda one: one.at):
        times.setdefault((call.kind, call.asset), []).append(call.at)
    named = [
        Chatter(kind=kind, asset=asset, calls=len(own))
        for (kind, asset), own in times.items()
        if any(later - earlier <= CHATTER_WITHIN for earlier, later in zip(own, own[CHATTERS - 1 :], strict=False))
    ]
    return tuple(sorted(named, key=lambda one: (-one.calls, one.kind, one.asset or "")))


def priorities(found: Sequence[Call]) -> dict[str, Priority]:
    """The mix of priorities."""
    counts = Counter(call.severity for call in found)
    mixed = {name: sum(counts[severity] for severity in severities) for name, severities in PRIORITIES.items()}
    return {
        name: Priority(
            calls=calls,
            percent=round(100 * calls / len(found), 1) if found else 0.0,
            recommended_percent=RECOMMENDED[name],
        )
        for name, calls in mixed.items()
    }
