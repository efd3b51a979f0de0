"""Hand-overs in PostgreSQL: what a desk has now, frozen, and who took it."""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.handover import parted, work
from infra.postgres.incident_rows import plain
from infra.postgres.sheet_store import wordings
from infra.postgres.tables import handovers, incidents, windows
from schemas.handovers import Handover, ShiftWork
from schemas.incidents import LIVE_STATES, Incident
from schemas.procedures import Checklist
from schemas.suppression import IN_FORCE, PENDING, SILENCE, WORKS, Window

AHEAD = timedelta(hours=24)
"""Planned works that begin within this time are handed over too."""


class Desk(msgspec.Struct, frozen=True):
    """What belongs to a desk, as conditions on the tables."""

    incidents: ColumnElement[bool]
    windows: ColumnElement[bool]


async def work_of(connection: AsyncConnection, desk: Desk, now: datetime) -> ShiftWork:
    """Everything of a desk now, by the center's clock: live incidents, silences and works in force or to come."""
    query = select(incidents.c.body, incidents.c.checklist).where(incidents.c.state.in_(LIVE_STATES), desk.incidents)
    rows = [
        (msgspec.convert(row.body, Incident), msgspec.convert(row.checklist, Checklist))
        for row in await connection.execute(query)
    ]
    words = await wordings(connection, (checklist for _, checklist in rows))
    open_work, shelved = parted(work(incident, checklist, words) for incident, checklist in rows)
    found = await _windows(connection, desk, now)
    return ShiftWork(
        open=open_work,
        shelved=shelved,
        silences=tuple(one for one in found if one.kind == SILENCE),
        works=tuple(one for one in found if one.kind == WORKS and one.starts_at < now + AHEAD),
    )


async def _windows(connection: AsyncConnection, desk: Desk, now: datetime) -> list[Window]:
    query = select(windows.c.body).where(windows.c.state.in_((PENDING, IN_FORCE)), windows.c.ends_at > now)
    bodies = (await connection.execute(query.where(desk.windows).order_by(windows.c.ends_at, windows.c.id))).scalars()
    return [msgspec.convert(body, Window) for body in bodies]


async def add_handover(connection: AsyncConnection, given: dict[str, Any], snapshot: ShiftWork) -> int:
    """Keeps it. Returns its id."""
    row = handovers.insert().values(**given, snapshot=plain(snapshot)).returning(handovers.c.id)
    return int((await connection.execute(row)).scalar_one())


def handover_of(row: Row[Any]) -> Handover:
    """The hand-over in a row of `handovers`."""
    return msgspec.convert({name: getattr(row, name) for name in Handover.__struct_fields__}, Handover)
