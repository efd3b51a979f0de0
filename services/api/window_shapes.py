"""What goes in and out of `/v1/silences` and `/v1/works`."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Row

from city.suppression import EVERY_EFFECT
from infra.postgres.window_store import window_of
from schemas.events import Work
from schemas.suppression import IN_FORCE, Match
from schemas.times import At

ENDS_SOON = timedelta(minutes=15)


class SilenceWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"starts_at": "from"}):
    """A silence to be."""

    match: Match
    to: At
    """When what is still active returns; at most 31 days after `from`."""
    reason: str
    starts_at: At | None = None
    """Default: now."""
    owner: str | None = None
    """Who answers for it; default: who asks."""
    effects: tuple[str, ...] = EVERY_EFFECT
    """Kinds of effects that are covered with their cause, `*` and `?` stand for text; none: `[]`."""


class WorksWish(Work, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Planned works to be, as `work.planned` has them."""

    owner: str | None = None
    reason: str | None = None


class Edit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another end, reason or owner of a silence or works that are not over."""

    to: At | None = None
    reason: str | None = None
    owner: str | None = None


class WindowView(msgspec.Struct, frozen=True, kw_only=True, rename={"starts_at": "from", "ends_at": "to"}):
    """What silences and works have in common."""

    id: str
    state: str
    """`pending`, `active`, `expired`."""
    starts_at: At
    ends_at: At
    owner: str
    reason: str
    agency: str | None
    """Covers the signals of this agency only."""
    created_by: str
    created_at: At | None
    ending: bool
    """It is active and ends within 15 minutes."""
    suppressing: int
    """Signals that it covers now."""
    suppressed: int
    """Signals that it has covered."""


class Silence(WindowView, frozen=True, kw_only=True):
    """A silence."""

    match: Match
    effects: list[str]


class Works(WindowView, frozen=True, kw_only=True):
    """Planned works."""

    kind: str
    assets: list[str]
    geometry: dict[str, Any] | None
    expected_effects: list[str]


class Covered(msgspec.Struct, frozen=True, kw_only=True):
    """A signal that was covered, and how."""

    signal: str
    window: str
    """The silence or works."""
    incident: str
    through: str | None
    """The signal of its cause, where that is what is matched."""
    began_at: At
    ended_at: At | None
    """null: it is covered now."""
    until: At
    why: str
    why_vi: str


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that a silence would cover, wholly or in part."""

    id: str
    title: str
    title_vi: str
    severity: str
    active_count: int
    suppressed_count: int
    whole: bool
    """It would make no sound and go to no webhook."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What a silence would cover if it were in force now."""

    signals: int
    incidents: list[Affected]


def window_view(row: Row[Any], now: datetime) -> dict[str, Any]:
    """A row of windows with its counts, as it is shown."""
    window = window_of(row)
    told = {
        name: getattr(window, name)
        for name in ("id", "owner", "reason", "agency", "created_by", "created_at", "effects")
    }
    found = {
        **told,
        "state": row.state,
        "from": window.starts_at,
        "to": max(window.starts_at, window.ends_at),  # deleted before it began, it never was in force
        "ending": row.state == IN_FORCE and window.ends_at - now <= ENDS_SOON,
        "suppressing": row.suppressing,
        "suppressed": row.suppressed,
    }
    if window.work is None:
        return found | {"match": window.matches[0]}
    del found["effects"]
    work = window.work
    return found | {name: getattr(work, name) for name in ("kind", "assets", "geometry", "expected_effects")}
