"""Rows of incidents, groups, signals and changes, from and to the words."""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Column, Label, Row, Text, cast

from city.incidents import Tracked
from infra.postgres import outbox
from infra.postgres.tables import groups, incidents
from schemas.incidents import Change, CloudEvent, Incident
from schemas.links import Explanation
from schemas.procedures import Checklist
from schemas.signals import Signal
from schemas.topics import CHANGES, INCIDENTS, agency_topic


def _unparsed(column: Column[Any]) -> Label[str]:
    """A document as text: msgspec makes the words of it at once, without what JSON is in between."""
    return cast(column, Text).label(column.name)


TRACKED = (
    *(incidents.c[name] for name in ("id", "region", "created_at", "command_version", "acted")),
    *map(_unparsed, (incidents.c.body, incidents.c.timers, incidents.c.checklist)),
)
"""Of an incident what `tracked_of` reads."""
BODY = _unparsed(groups.c.body)
"""Of a group what `explanation_of` reads."""
_incident = msgspec.json.Decoder(Incident).decode
_timers = msgspec.json.Decoder(dict[str, datetime]).decode
_checklist = msgspec.json.Decoder(Checklist).decode
_explanation = msgspec.json.Decoder(Explanation).decode


def plain(struct: Any) -> Any:
    """A struct, or anything else that msgspec encodes, as JSONB takes it."""
    return msgspec.json.decode(msgspec.json.encode(struct))


def searchable(text: str) -> str:
    """Lower case without diacritics, đ as d: what `q` is compared with."""
    bare = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


def found_by(incident: Incident) -> str:
    """The text in which each word of `q` has to be, `searchable`; the same for lists and streams."""
    said = (incident.id, incident.title, incident.title_vi, incident.kind, incident.root_asset or "", *incident.zones)
    return searchable(" ".join(said))


def tracked_of(row: Row[Any]) -> Tracked:
    """The incident in a row of TRACKED."""
    return Tracked(
        incident=_incident(row.body),
        region=row.region,
        created_at=row.created_at,
        command_version=row.command_version,
        acted=row.acted,
        timers=_timers(row.timers),
        checklist=_checklist(row.checklist),
    )


def explanation_of(row: Row[Any]) -> Explanation:
    """The explanation in a row with BODY."""
    return _explanation(row.body)


def incident_row(tracked: Tracked) -> dict[str, Any]:
    """The row of an incident."""
    incident = tracked.incident
    lon, lat = incident.position or (None, None)
    copied = ("id", "version", "state", "severity", "kind", "domain", "opened_at", "updated_at", "resolved_at")
    return {
        **{name: getattr(incident, name) for name in (*copied, "merged_into")},
        "zones": list(incident.zones),
        "agencies": list(incident.agencies),
        "lon": lon,
        "lat": lat,
        "region": tracked.region,
        "created_at": tracked.created_at,
        "command_version": tracked.command_version,
        "acted": tracked.acted,
        "timers": tracked.timers,
        "checklist": tracked.checklist,
        "due_at": tracked.due_at,
        "body": incident,
        "search": found_by(incident),
    }


def group_row(found: Explanation, incident: str | None) -> dict[str, Any]:
    """The row of a group."""
    return {
        "id": found.group,
        "region": found.region,
        "incident_id": incident,
        "parent_group": found.parent_group,
        "suspected_asset": found.suspected_asset,
        "held_to": found.held_to,
        "revision": found.revision,
        "part_of": found.part_of,
        "body": found,
    }


def signal_row(signal: Signal, group: str, incident: str | None) -> dict[str, Any]:
    """The row of a signal."""
    copied = ("id", "kind", "asset", "state", "severity", "zone", "agency", "raised_at", "cleared_at")
    values = {name: getattr(signal, name) for name in copied}
    return values | {"group_id": group, "incident_id": incident, "body": signal}


def change_row(change: Change) -> dict[str, Any]:
    """The row of a change."""
    copied = ("incident_id", "version", "kind", "at", "by")
    return {name: getattr(change, name) for name in copied} | {"body": change}


def published(
    changes: Iterable[Change], before: Mapping[str, Tracked], city: str, now: datetime
) -> list[dict[str, Any]]:
    """Outbox rows: every change, of each incident the latest whole, and a tombstone for each agency that it left."""
    found = list(changes)
    latest = {change.incident_id: change for change in found}
    rows = [_outbox_row(CHANGES, change, city, now) for change in found]
    rows += [snapshot_row(change, city, now) for change in latest.values()]
    for name, change in latest.items():
        named = set(before[name].incident.agencies) if name in before else set()
        left = sorted(named.difference(change.incident.agencies))
        rows += [outbox.row(agency_topic(agency), name, None, now) for agency in left]
    return rows


def snapshot_row(newest: Change, city: str, now: datetime) -> dict[str, Any]:
    """The outbox row of an incident whole, as its newest change has it."""
    return _outbox_row(INCIDENTS, newest, city, now)


def _outbox_row(topic: str, change: Change, city: str, now: datetime) -> dict[str, Any]:
    whole = topic == INCIDENTS
    event = CloudEvent(
        id=f"{change.incident_id}.{change.version}",
        source=f"/center/{city}",
        type="incident.snapshot" if whole else f"incident.{change.kind}",
        subject=change.incident_id,
        time=change.at,
        data=change.incident if whole else change,
    )
    identity = (change.incident_id, change.version)
    return outbox.row(topic, change.incident_id, msgspec.json.encode(event), now, incident=identity)
