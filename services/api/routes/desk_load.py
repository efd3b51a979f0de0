"""`/v1/indicators/desk-load`: how loaded the desks are."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Response
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.indicators.calls import JOINING, TURNING, Call, Turn, calls
from city.indicators.desk_load import WINDOW, DeskLoad, desk_load
from infra.clock import utc_now
from infra.postgres.tables import changes, incidents
from schemas.errors import Invalid
from schemas.incidents import LIVE_STATES
from schemas.sentences import say
from schemas.times import At
from services.api.answers import gives, json_answer
from services.api.center import Here
from services.api.moments import Time
from services.api.people import Person, Reader
from services.api.sight import seen

router = APIRouter(prefix="/v1/indicators", tags=["indicators"])
LONGEST = timedelta(days=31)
BODY = changes.c.body["incident"]


class Desk(msgspec.Struct, frozen=True, kw_only=True):
    """A desk and its load."""

    agency: str | None
    """Its incidents are those that name this agency; null: all."""
    load: DeskLoad


class Desks(msgspec.Struct, frozen=True, kw_only=True):
    """The load of every desk in a range of time."""

    since: At
    until: At
    desks: list[Desk]


@router.get("/desk-load", summary="Load of the desks", **gives(Desks, "By EEMUA 191 and ISA-18.2, with their limits"))
async def loads(
    center: Here,
    reader: Reader,
    since: Time | None = None,
    until: Time | None = None,
    agency: Annotated[str | None, Query(description="Only this agency's desk")] = None,
) -> Response:
    """By default the last 24 hours, at most 31 days, never beyond now; the center's desk first. An agency's user sees
    its desk only.
    """
    now = utc_now()
    last = min(until or now, now)
    first = since or last - timedelta(hours=24)
    if not timedelta() < last - first <= LONGEST:
        raise Invalid(say("since_until"), field="since")
    async with center.engine.connect() as connection:
        turns = await _turns(connection, reader, first, last)
    desks = [Desk(agency=name, load=desk_load(own, first, last)) for name, own in _desks(turns, reader, agency)]
    return json_answer(Desks(since=first, until=last, desks=desks))


def _desks(turns: list[Turn], reader: Person, agency: str | None) -> list[tuple[str | None, list[Call]]]:
    if named := reader.agency or agency:
        return [(named, calls(turns, named))]
    of_agencies = [(name, calls(turns, name)) for name in sorted({name for turn in turns for name in turn.agencies})]
    return [(None, calls(turns)), *((name, own) for name, own in of_agencies if own)]


async def _turns(connection: AsyncConnection, reader: Person, first: datetime, last: datetime) -> list[Turn]:
    """Every turn up to the end of the range of incidents that stood in it or in the ten minutes before.

    Of those that came to name more agencies also what they came with, of which most have nothing.
    """
    query = _query(last).where(_near(first), seen(reader))
    rows = (await connection.execute(query.where(changes.c.kind.in_(TURNING)))).all()
    grown = {row.incident_id for row in rows if not set(row.named) <= set(row.agencies)}
    joined = _query(last).where(changes.c.incident_id == func.any(sorted(grown)), changes.c.kind.in_(JOINING))
    more = (await connection.execute(joined)).all() if grown else []
    return [_turn(row) for row in sorted([*rows, *more], key=lambda row: (row.incident_id, row.version))]


def _query(last: datetime) -> Select[Any]:
    columns: dict[str, Any] = {name: BODY[name] for name in ("agencies", "settled_at", "shelved", "suppressed")}
    columns |= {name: BODY[name].astext for name in ("state", "severity", "root_asset")}
    columns["of_kind"] = BODY["kind"].astext
    own = (changes.c.incident_id, changes.c.version, changes.c.at, incidents.c.agencies.label("named"))
    return (
        select(*own, *(column.label(name) for name, column in columns.items()))
        .join(incidents, incidents.c.id == changes.c.incident_id)
        .where(changes.c.at < last)
    )


def _near(first: datetime) -> ColumnElement[bool]:
    return or_(incidents.c.updated_at >= first - WINDOW, incidents.c.state.in_(LIVE_STATES))


def _turn(row: Any) -> Turn:
    return Turn(
        incident=row.incident_id,
        at=row.at,
        stands=row.state in LIVE_STATES and row.shelved is None and row.suppressed is None,
        settled_at=row.settled_at and datetime.fromisoformat(row.settled_at),
        severity=row.severity,
        kind=row.of_kind,
        asset=row.root_asset,
        agencies=tuple(row.agencies),
    )
