"""What an incident is made of: its signals, links, timeline, and why they belong together."""

from asyncio import to_thread
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.incident_rows import BODY, explanation_of
from infra.postgres.sheet_store import wordings
from infra.postgres.tables import changes, groups, incidents, signals, suppressions
from schemas.incidents import Change
from schemas.links import Explanation, Link
from schemas.procedures import Checklist
from schemas.signals import Signal
from services.api.answers import MOST, Page, cut, gives, json_answer, keys_of, raw_page
from services.api.center import Center, Here
from services.api.checklists import ChecklistView, sheet_views
from services.api.examples import CHECKLIST
from services.api.people import Person, Reader
from services.api.previews import covered_view, seen_covered
from services.api.routes.incidents import survivor_id
from services.api.routes.signals import SignalView, view
from services.api.window_shapes import Covered

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])


class LinkView(Link, frozen=True, kw_only=True):
    """A link that holds, with the group that it explains."""

    group: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One signal of the incident and the link that brought it in."""

    signal: Signal
    group: str
    because: Link | None
    """null: it is the root, or the anchor of a group that no cause explains and no pattern holds."""
    why: str
    why_vi: str


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why the signals of an incident belong together, and what nearly did."""

    incident: str
    members: list[Member]
    candidates: list[Link]
    """Near misses and ties, with the reason that each lost."""
    suppressions: list[Covered]
    """What silences and works cover or have covered of it, the newest first."""
    text: list[str]
    text_vi: list[str]


class TimelinePage(BaseModel):
    """Which page of a timeline."""

    model_config = ConfigDict(extra="forbid")

    merged: bool = Field(False, description="Also what happened to the incidents that were merged into it")
    cursor: str | None = Field(None, description="`next` of the page before")
    limit: int = Field(200, ge=1, le=1000)


Rows = Sequence[Row[Any]]


async def _groups(center: Center, reader: Person, incident_id: str) -> tuple[str, Rows]:
    """The incident that it is now, and its groups."""
    async with center.engine.connect() as connection:
        survivor = await survivor_id(connection, reader, incident_id)
        query = select(BODY).where(groups.c.incident_id == survivor).order_by(groups.c.id)
        return survivor, (await connection.execute(query)).all()


def _explanations(rows: Rows) -> list[Explanation]:
    """The earliest first."""
    found = map(explanation_of, rows)
    return sorted(found, key=lambda one: min((s.raised_at.isoformat() for s in one.signals), default=""))


@router.get("/signals", summary="Its signals, the earliest first", **gives(Page[SignalView], "A page of signals", 404))
async def signals_of(
    center: Here,
    reader: Reader,
    incident_id: str,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = MOST,
) -> Response:
    """A merged id answers for the incident that it went into, here and in links and why."""
    columns = signals.c.body, signals.c.incident_id, signals.c.raised_at, signals.c.id
    async with center.engine.connect() as connection:
        survivor = await survivor_id(connection, reader, incident_id)
        query = select(*columns).where(signals.c.incident_id == survivor)
        if cursor:
            query = query.where(tuple_(signals.c.raised_at, signals.c.id) > keys_of(cursor, datetime, str))
        query = query.order_by(signals.c.raised_at, signals.c.id).limit(limit + 1)
        found = (await connection.execute(query)).all()
    rows, following = cut(found, limit, "raised_at", "id")
    return raw_page([view(row.body, row.incident_id) for row in rows], following)


@router.get("/links", summary="The links between its signals", **gives(Page[LinkView], "All links that hold", 404))
async def links_of(center: Here, reader: Reader, incident_id: str) -> Response:
    """Each says its rule, path, delay, score, and why in Vietnamese and English."""
    _, rows = await _groups(center, reader, incident_id)
    return await to_thread(_links, rows)


def _links(rows: Rows) -> Response:
    items = [
        LinkView(**msgspec.structs.asdict(link), group=one.group)
        for one in _explanations(rows)
        for link in (*(found for found in (one.parent, one.held) if found), *one.same)
    ]
    return raw_page(items, None)


@router.get("/why", summary="Why its signals belong together", **gives(Why, "The explanation in words and links", 404))
async def why(center: Here, reader: Reader, incident_id: str) -> Response:
    """Stored when the links were made, not worked out now."""
    survivor, rows = await _groups(center, reader, incident_id)
    query = seen_covered(reader).where(suppressions.c.incident_id == survivor)
    async with center.engine.connect() as connection:
        covered = (await connection.execute(query.order_by(suppressions.c.id.desc()).limit(MOST))).all()
    return await to_thread(_told, survivor, rows, covered)


def _told(survivor: str, rows: Rows, covered: Rows) -> Response:
    explanations = _explanations(rows)
    members = [member for one in explanations for member in _members(one)]
    told = Why(
        incident=survivor,
        members=members,
        candidates=[link for one in explanations for link in one.candidates],
        suppressions=[msgspec.convert(covered_view(row), Covered) for row in covered],
        text=[member.why for member in members],
        text_vi=[member.why_vi for member in members],
    )
    return json_answer(told)


def _members(explanation: Explanation) -> list[Member]:
    same = {link.effect: link for link in explanation.same}
    found = []
    for signal in explanation.signals:
        above = explanation.parent or explanation.held if signal.id == explanation.group else None
        link = same.get(signal.id) or above
        told = link or explanation
        found.append(Member(signal=signal, group=explanation.group, because=link, why=told.why, why_vi=told.why_vi))
    return found


@router.get(
    "/procedure", summary="Its checklist", **gives(ChecklistView, "Steps, and who did them", 404, example=CHECKLIST)
)
async def procedure(center: Here, reader: Reader, incident_id: str) -> Response:
    """As the incident got it; `tick` and `untick` are commands."""
    async with center.engine.connect() as connection:
        survivor = await survivor_id(connection, reader, incident_id)
        query = select(incidents.c.version, incidents.c.body, incidents.c.checklist)
        row = (await connection.execute(query.where(incidents.c.id == survivor))).one()
        checklist = msgspec.convert(row.checklist, Checklist)
        words = await wordings(connection, [checklist])
    view = ChecklistView(
        incident=survivor,
        version=row.version,
        steps=row.body.get("steps", 0),
        steps_done=row.body.get("steps_done", 0),
        sheets=sheet_views(checklist, words),
    )
    return json_answer(view)


@router.get("/timeline", summary="Every change of it, the oldest first", **gives(Page[Change], "Changes", 404))
async def timeline(
    center: Here,
    reader: Reader,
    incident_id: str,
    page: Annotated[TimelinePage, Query()],
) -> Response:
    """Changes in the order in which they were recorded; a merged incident keeps its own."""
    order = tuple_(changes.c.at, changes.c.incident_id, changes.c.version)
    async with center.engine.connect() as connection:
        await survivor_id(connection, reader, incident_id)
        names = await _and_merged(connection, incident_id) if page.merged else {incident_id}
        query = select(changes.c.body, changes.c.at, changes.c.incident_id, changes.c.version)
        query = query.where(changes.c.incident_id.in_(names)).order_by(order).limit(page.limit + 1)
        if page.cursor:
            query = query.where(order > keys_of(page.cursor, datetime, str, int))
        rows, following = cut((await connection.execute(query)).all(), page.limit, "at", "incident_id", "version")
    bodies: list[Any] = [row.body for row in rows]
    return raw_page(bodies, following)


async def _and_merged(connection: AsyncConnection, incident_id: str) -> set[str]:
    """The incident and all that are merged into it or into those."""
    found, fresh = {incident_id}, {incident_id}
    while fresh:
        came = select(changes.c.body["merged_from"]).where(changes.c.incident_id.in_(fresh), changes.c.kind == "merged")
        named = {name for names in (await connection.execute(came)).scalars() for name in names}
        gone = select(incidents.c.id).where(incidents.c.id.in_(named), incidents.c.merged_into.is_not(None))
        fresh = set((await connection.execute(gone)).scalars()) - found
        found |= fresh
    return found
