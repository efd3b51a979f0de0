"""What travels on `city.events.<domain>.v1`: anything a feed reports that is not a reading, and ticks."""

from typing import Annotated, Any

import msgspec

from schemas.readings import Tick
from schemas.times import At

REPORT_CATEGORIES = ("crash", "flood", "leak", "outage", "smoke", "noise", "waste", "other")
NOTE, TEXT = 2_000, 10_000
"""Characters of a note, and of what a citizen says."""
Kind = Annotated[str, msgspec.Meta(max_length=100, pattern=r"^[A-Za-z0-9_.-]+$(?!\n)")]
"""It is in an index of PostgreSQL, whose entries have a longest length."""


class Event(msgspec.Struct, frozen=True, tag="event", tag_field="record"):
    """One event of a feed, validated and routed by ingest; the key of the record is the zone."""

    type: str
    """`signal.raised`, `signal.cleared`, `report.created`, `work.planned`, `cap.received`."""
    domain: str
    zone: str
    source: str
    id: str
    at: At
    """When it happened."""
    received_at: At
    data: dict[str, Any]
    """One of the classes below, as JSON."""
    recorded_at: At | None = None
    late: bool = False


class SignalEvent(msgspec.Struct, frozen=True):
    """`data` of `signal.raised` and `signal.cleared`, from systems that judge for themselves."""

    asset: str
    kind: Kind
    severity: str = "minor"
    at: At | None = None
    """Defaults to the event's time."""
    value: float | None = None
    limit: float | None = None
    note: Annotated[str, msgspec.Meta(max_length=NOTE)] | None = None


class Report(msgspec.Struct, frozen=True):
    """`data` of `report.created`: a citizen's report."""

    category: str
    lon: float
    lat: float
    text: Annotated[str, msgspec.Meta(max_length=TEXT)]
    reporter: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    media: list[str] = []
    agency: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    """Whose person wrote it down; only of incidents by hand, of other reports it is not looked at."""


class Work(msgspec.Struct, frozen=True, rename={"starts_at": "from", "ends_at": "to"}):
    """`data` of `work.planned`: planned works."""

    kind: str
    starts_at: At
    ends_at: At
    geometry: dict[str, Any] | None = None
    assets: list[str] = []
    expected_effects: list[str] = []


EventRecord = Event | Tick
decode_event_record = msgspec.json.Decoder(EventRecord).decode
