"""Incidents and their changes, as agencies, the API and webhooks see them."""

from typing import Any

import msgspec

from schemas.suppression import Suppressed
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


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody has seen it: for one agency its part, for the center the whole."""

    agency: str | None
    """null: the center."""
    by: str
    at: At


class Override(msgspec.Struct, frozen=True, kw_only=True):
    """A person's severity instead of the judged one; it ends when something worse comes than what the person saw."""

    severity: str
    judged: str
    """What the members say now; in force again once the override is taken back."""
    judged_then: str
    """What they said when the person overruled it."""
    by: str
    at: At
    reason: str


class Shelved(msgspec.Struct, frozen=True, kw_only=True):
    """Set aside by a person until a time: no sound and no webhooks; it comes back by itself."""

    by: str
    at: At
    until: At
    """At most a week ahead; also earlier, when it gets worse."""
    reason: str
    severity: str
    """As it was then: something worse brings it back at once."""


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """Until when people should have done something about it, and how far that was escalated since."""

    at: At
    level: int = 0
    """0: in time, or not yet noticed; 1 and more: escalated so often."""


class Overrule(msgspec.Struct, frozen=True, kw_only=True):
    """A merge, split or detach by a person that holds, and can be undone."""

    id: str
    """Give it as `overrule` to the command `undo`."""
    command: str
    """`merge`, `split`, `detach`."""
    by: str
    at: At
    note: str | None = None


class Flap(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of signal that begins and ends again and again at one asset: one signal that flaps, not many."""

    kind: str
    asset: str
    percent: float
    """How much, 0 to 100, by the formula of Nagios, as of its last turn."""
    turns: int
    """Of the last 20 checks so many were turns; flapping begins at 30 % and ends at 20 %."""
    since: At
    calm_at: At
    """Event time at which it has calmed down unless it turns again; before that it does not resolve."""


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
    """The administrative area of its root, as it was on the day on which that began."""
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
    acknowledgements: tuple[Acknowledgement, ...] = ()
    """Each agency's of its part, and the center's."""
    override: Override | None = None
    shelved: Shelved | None = None
    acknowledge_due: Due | None = None
    """null: acknowledged, shelved, suppressed, over, or without a deadline."""
    resolve_due: Due | None = None
    steps: int = 0
    """Of its checklist; see `/procedure`."""
    steps_done: int = 0
    overrules: tuple[Overrule, ...] = ()
    """What people said that recomputation obeys here, the oldest first."""
    suppressed: Suppressed | None = None
    """Every active member is covered by a silence or works: no sound, no webhook. At its end it stays as it was."""
    suppressed_count: int = 0
    """Active members that are covered."""
    flapping: bool = False
    """Something in it flaps: its turns are no changes, and it resolves only once that has calmed down."""
    flaps: tuple[Flap, ...] = ()


CHANGE_KINDS = (
    "opened",
    "updated",
    "acknowledged",
    "resolved",
    "reopened",
    "merged",
    "split",
    "moved",
    "closed",
    "shelved",
    "suppressed",
    "returned",
    "escalated",
)


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
    moved_from: tuple[str, ...] = ()
    """Incidents that signals in `added` left and that go on by themselves: `opened` after a split, `moved`."""
    moved_to: tuple[str, ...] = ()
    """Incidents that signals in `removed` are in now: `split`, `moved`."""
    note: str | None = None
    command: str | None = None
    """What the person commanded; null for the machine's own changes."""
    attachment: str | None = None
    """Address of what belongs to the note."""
    deadline: str | None = None
    """`escalated`: which one has passed, `acknowledge` or `resolve`."""
    level: int | None = None
    """`escalated`: for the first, second, … time."""
    step: str | None = None
    """The step of the checklist that was ticked or unticked."""
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
