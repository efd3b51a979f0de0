"""What the routes of silences and of planned works have in common."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Row, Select, func, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from city.suppression import checked_window
from infra.clock import utc_now
from infra.postgres.clocks import center_time
from infra.postgres.incident_rows import plain
from infra.postgres.tables import suppressions, windows
from infra.postgres.window_store import add_window, change_window, window_of
from schemas.errors import Invalid, Unknown
from schemas.sentences import say
from schemas.suppression import EXPIRED, Window
from services.api.answers import cut, keys_of
from services.api.audit import note
from services.api.center import Center
from services.api.filters import Several, known
from services.api.people import Person
from services.api.window_shapes import ENDS_SOON, Edit

PATIENCE_S, LOOK_S = 3.0, 0.05
ENDING = "ending"


Shown = tuple[Row[Any], datetime]
"""A row of windows with its counts, and the center's time."""
Named = tuple[str, str]
"""Kind and id of a window."""


class Asked(BaseModel):
    """Filters; several values of one are alternatives."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[Several, AfterValidator(known("pending", "active", "ending", "expired"))] = Field(
        [], description="`pending`, `active`, `ending` (within 15 minutes), `expired`; all"
    )
    owner: Several = []
    cursor: str | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


def counted() -> Select[Any]:
    """Rows of windows with how many signals each covers and has covered."""
    mine = suppressions.c.window_id == windows.c.id
    now = select(func.count()).where(mine, suppressions.c.ended_at.is_(None)).scalar_subquery()
    ever = select(func.count(suppressions.c.signal_id.distinct())).where(mine).scalar_subquery()
    return select(windows, now.label("suppressing"), ever.label("suppressed"))


def visible(person: Person) -> ColumnElement[bool]:
    """Of an agency: its own and those that cover everybody's."""
    return true() if person.agency is None else or_(windows.c.agency.is_(None), windows.c.agency == person.agency)


async def page(
    center: Center, person: Person, kind: str, asked: Asked
) -> tuple[Sequence[Row[Any]], str | None, datetime]:
    """The rows of a page, the newest first, the cursor after it, and the center's time."""
    query = counted().where(windows.c.kind == kind, visible(person))
    async with center.engine.connect() as connection:
        now = await center_time(connection)
        if wanted := asked.state:
            soon = (windows.c.state == "active") & (windows.c.ends_at <= now + ENDS_SOON)
            query = query.where(or_(windows.c.state.in_(wanted), soon if ENDING in wanted else ~true()))
        if owners := asked.owner:
            query = query.where(windows.c.owner.in_(owners))
        order = tuple_(windows.c.created_at, windows.c.id)
        if asked.cursor:
            query = query.where(order < keys_of(asked.cursor, datetime, str))
        query = query.order_by(windows.c.created_at.desc(), windows.c.id.desc()).limit(asked.limit + 1)
        return *cut((await connection.execute(query)).all(), asked.limit, "created_at", "id"), now


async def one(connection: AsyncConnection, person: Person, kind: str, window_id: str) -> Row[Any]:
    """The row of a window with its counts. Raises Unknown."""
    query = counted().where(windows.c.kind == kind, windows.c.id == window_id, visible(person))
    found: Row[Any] | None = (await connection.execute(query)).one_or_none()
    if found is None:
        raise Unknown(say("nothing_called", id=window_id))
    return found


async def begin(center: Center, request: Request, person: Person, window: Window) -> Shown:
    """Writes a new window down and waits for the recorder if it begins now; its row, and the center's time."""
    async with center.engine.begin() as connection:
        now = await center_time(connection)
        await add_window(connection, checked_window(window, now))
        said = {"from": window.starts_at.isoformat(), "to": window.ends_at.isoformat(), "reason": window.reason}
        said |= {"owner": window.owner, **_covers(window)}
        await note(connection, request, person, f"{window.kind}.created", window.id, **said)
    return await settled(center, person, window)


def _covers(window: Window) -> dict[str, Any]:
    """What was asked to be covered, as the audit keeps it: only what was given."""
    if window.work is not None:
        told = {name: getattr(window.work, name) for name in ("assets", "geometry", "expected_effects")}
        return {"works": window.work.kind, **{name: value for name, value in told.items() if value}}
    match = plain(window.matches[0])
    given = {name: value for name, value in match.items() if value and (name != "near_m" or match["geometry"])}
    return {"match": given, "effects": list(window.effects)}


async def edit(center: Center, request: Request, person: Person, named: Named, given: Edit) -> Shown:
    """Changes a window that is not over. Raises Unknown, Invalid naming what cannot be."""
    async with center.engine.begin() as connection:
        window, now = await _mine(connection, person, named)
        after = msgspec.structs.replace(
            window,
            ends_at=given.to or window.ends_at,
            reason=window.reason if given.reason is None else given.reason,
            owner=window.owner if given.owner is None else given.owner,
        )
        await change_window(connection, checked_window(after, now, window), now)
        said = {"to": after.ends_at.isoformat(), "reason": after.reason, "owner": after.owner}
        await note(connection, request, person, f"{window.kind}.edited", window.id, **said)
    return await settled(center, person, after)


async def end(center: Center, request: Request, person: Person, named: Named) -> Shown:
    """Ends a window early: what it covers and is still active returns. Raises Unknown, Invalid when it is over."""
    async with center.engine.begin() as connection:
        window, now = await _mine(connection, person, named)
        await change_window(connection, msgspec.structs.replace(window, ends_at=min(now, window.ends_at)), now)
        await note(connection, request, person, f"{window.kind}.ended", window.id)
    return await settled(center, person, window)


async def _mine(connection: AsyncConnection, person: Person, named: Named) -> tuple[Window, datetime]:
    """A window that this person may change, and the center's time; whoever comes meanwhile waits for the transaction.

    Raises Unknown, Invalid when it is over.
    """
    kind, window_id = named
    query = select(windows).where(windows.c.kind == kind, windows.c.id == window_id, visible(person))
    row = (await connection.execute(query.with_for_update())).one_or_none()
    if row is None:
        raise Unknown(say("nothing_called", id=window_id))
    if person.agency is not None and row.agency != person.agency:
        raise Unknown(say("not_your_agency", id=window_id))
    now = await center_time(connection)
    # what was ended a moment ago is over before the recorder has said so
    if row.state == EXPIRED or row.ends_at <= now:
        raise Invalid(say("it_is_over"), field="id")
    return window_of(row), now


async def settled(center: Center, person: Person, window: Window) -> Shown:
    """The row once the recorder has done what is due; as it is then, after a while, if the recorder is away."""
    until = utc_now() + timedelta(seconds=PATIENCE_S)
    while True:
        async with center.engine.connect() as connection:
            now = await center_time(connection)
            row = await one(connection, person, window.kind, window.id)
        if row.due_at is None or row.due_at > now or utc_now() > until:
            return row, now
        await asyncio.sleep(LOOK_S)
