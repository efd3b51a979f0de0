"""What there is to tell of a change besides what it says itself: where, why, what to do, and where to look."""

from typing import Any

import msgspec
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.checklist import keys
from city.enrich import Catalogue
from city.languages import Pair
from city.notices import News
from infra.postgres.sheet_store import wordings
from infra.postgres.tables import groups, incidents
from schemas.incidents import Change, Incident
from schemas.procedures import Checklist

NOTHING: Pair = ("", "")
MOST_ZONES = 3


class Body(msgspec.Struct, frozen=True):
    """The stored bytes of a delivery; of a test they have no change."""

    data: dict[str, Any]


def change_in(body: bytes) -> Change | None:
    """The change that a delivery tells of; None for a test."""
    data = msgspec.json.decode(body, type=Body).data
    return msgspec.convert(data, Change) if data else None


async def news_of(connection: AsyncConnection, change: Change | None, words: Catalogue, public_url: str) -> News:
    """All of it, as it is now."""
    told = brief(change, words, public_url)
    if change is None:
        return told
    why, step = await _why(connection, change.incident), await _step(connection, change.incident_id)
    return msgspec.structs.replace(told, why=why, step=step)


def brief(change: Change | None, words: Catalogue, public_url: str) -> News:
    """What of it is said where many are told together: neither why nor what to do."""
    told = News(change=change, zone=words.time_zone, center=(words.city.name, words.city.name_vi), url=public_url)
    if change is None:
        return told
    url = public_url and f"{public_url}/#/live/{change.incident_id}"
    return msgspec.structs.replace(told, place=_place(change.incident, words), url=url)


def _place(incident: Incident, words: Catalogue) -> Pair:
    """Its first zones by name."""
    found = [words.assets[zone] for zone in incident.zones if zone in words.assets][:MOST_ZONES]
    return ", ".join(one.name for one in found), ", ".join(one.name_vi or one.name for one in found)


async def _why(connection: AsyncConnection, incident: Incident) -> Pair:
    """The sentence about its root, as it was stored with that."""
    said = (groups.c.body["why"].astext.label("en"), groups.c.body["why_vi"].astext.label("vi"))
    query = select(*said).where(groups.c.incident_id == incident.id)
    query = query.order_by(groups.c.id != (incident.root_signal or ""), groups.c.id).limit(1)
    row: Row[Any] | None = (await connection.execute(query)).one_or_none()
    return (row.en or "", row.vi or "") if row else NOTHING


async def _step(connection: AsyncConnection, incident_id: str) -> Pair:
    """The first step of its checklist that nobody has ticked."""
    query = select(incidents.c.checklist).where(incidents.c.id == incident_id)
    checklist = msgspec.convert((await connection.execute(query)).scalar_one_or_none() or {}, Checklist)
    words = await wordings(connection, [checklist])
    steps = {
        f"{sheet.id}/{step.id}": (step.text, step.text_vi)
        for sheet in checklist.sheets
        if sheet.digest in words
        for step in words[sheet.digest].steps
    }
    return next((steps[key] for key in keys(checklist) if key not in checklist.done and key in steps), NOTHING)
