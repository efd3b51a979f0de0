"""Incidents and their changes, as agencies, the API and webhooks see them."""

from typing import Any

import msgspec

from schemas.times import At

OPEN, ACKNOWLEDGED, IN_PROGRESS, RESOLVED, CLOSED, MERGED = (
    "open",
    "acknowledged",
    "in_progress",
    "resolved",
    "closed",
    "merged",
)
STATES = (OPEN, ACKNOWLEDGED, IN_PROGRESS, RESOLVED, CLOSED, MERGED)
LIVE_STATES = (OPEN, ACKNOWLEDGED, IN_PROGRESS)


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """An incident that this one may belong to; offered to the operator, never joined by itself."""

    incident: str | None
    signal: str
    rule: str
    score: float
    reason: str
    why: str = ""
    why_vi: str = ""


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """A tree of groups from the root cause to the last effect, with a life (DESIGN D4)."""

    id: str
    version: int
    state: str
    severity: str
    """The worst active member's; the worst ever member's once none is active."""
    title: str
    title_vi: str
    kind: str
    """Id of the pattern rule that opened it, else the root signal's kind."""
    domain: str
    area: str | None
    zones: tuple[str, ...]
    agencies: tuple[str, ...]
    position: tuple[float, float] | None
    signal_count: int
    active_count: int
    root_signal: str | None
    root_asset: str | None
    suspected: bool
    opened_at: At
    """Event time: raised_at of the earliest member."""
    updated_at: At
    """Receive time of the newest change."""
    resolved_at: At | None = None
    merged_into: str | None = None
    follows: str | None = None
    assignee: str | None = None
    acknowledged_by: str | None = None
    settled_at: At | None = None
    """Until then sound and webhooks wait, since a cause may still come."""
    candidates: tuple[Candidate, ...] = ()


CHANGE_KINDS = ("opened", "updated", "acknowledged", "resolved", "reopened", "merged", "split", "moved", "closed")


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened to an incident, numbered by the incident's version."""

    incident_id: str
    version: int
    previous_version: int
    kind: str
    """One of CHANGE_KINDS."""
    at: At
    """When it was recorded (wall clock of the recorder or the API)."""
    by: str
    """`center`, or the user or key that commanded it."""
    incident: Incident
    """Whole, as it is after the change."""
    added: tuple[str, ...] = ()
    """Signal ids that joined."""
    removed: tuple[str, ...] = ()
    merged_from: tuple[str, ...] = ()
    """`merged`: on the survivor, the incidents that came in; on the merged one see incident.merged_into."""
    note: str | None = None
    oldest_sent_ms: int | None = None
    """Receive time of the newest signal in it, Unix milliseconds: the age of the change."""


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A structured CloudEvent as the center sends it on `city.changes.v1` and `city.incidents.v1`."""

    id: str
    source: str
    type: str
    """`incident.<change kind>` on changes, `incident.snapshot` on incidents."""
    subject: str
    """The incident's id."""
    time: At
    data: Any
    specversion: str = "1.0"
    datacontenttype: str = "application/json"


decode_change = msgspec.json.Decoder(Change).decode
decode_incident = msgspec.json.Decoder(Incident).decode
