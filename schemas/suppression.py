"""Silences and planned works: for a time, signals that they match neither call the room nor are sent out."""

from typing import Any

import msgspec

from schemas.events import Work
from schemas.times import At

SILENCE, WORKS = "silence", "works"
PENDING, IN_FORCE, EXPIRED = "pending", "active", "expired"


class Match(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which signals. Every field that is given must hold; its values are alternatives; `*` and `?` stand for text."""

    kind: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    asset: tuple[str, ...] = ()
    """The asset that raised it, or the one that the sensor measures."""
    severity: tuple[str, ...] = ()
    agency: tuple[str, ...] = ()
    zone: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    """Administrative areas of the city."""
    geometry: dict[str, Any] | None = None
    """GeoJSON: inside a polygon, or within `near_m` of a point or line."""
    near_m: float = 100.0


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A silence or planned works: when, what it covers, who answers for it, and why."""

    id: str
    kind: str
    """`silence` or `works`."""
    starts_at: At
    ends_at: At
    matches: tuple[Match, ...]
    """Alternatives: it covers what one of them matches."""
    effects: tuple[str, ...] = ()
    """Kinds (`*` and `?` stand for text) of effects that it covers where it covers their active cause."""
    owner: str
    reason: str
    agency: str | None = None
    """Covers signals of this agency only: its owner may speak for no other."""
    created_by: str = ""
    created_at: At | None = None
    work: Work | None = None
    """`works`: as it was told."""


class Suppressed(msgspec.Struct, frozen=True, kw_only=True):
    """An incident of which every active member is covered by a silence or planned works."""

    by: tuple[str, ...]
    """Ids of the silences and works."""
    until: At
    """Event time at which the first of its members returns, if it is still active."""
    why: str
    why_vi: str


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """One signal covered by one silence or works."""

    signal: str
    window: str
    through: str | None = None
    """The signal of the cause that is covered; None: the signal itself is matched."""
    until: At
    why: str
    why_vi: str
