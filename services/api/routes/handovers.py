"""`/v1/handovers`: one shift hands its work over, the next accepts it."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.postgres.clocks import center_time
from infra.postgres.handover_store import Desk, add_handover, handover_of, work_of
from infra.postgres.tables import handovers
from schemas.errors import Conflict, Unknown
from schemas.handovers import Handover
from schemas.sentences import say
from schemas.times import At
from services.api.answers import Page, body_as, cut, gives, json_answer, keys_of, raw_page, takes
from services.api.audit import note
from services.api.center import Here
from services.api.examples import HANDOVER
from services.api.people import Commander, Person, Reader
from services.api.sight import seen
from services.api.windows import visible

router = APIRouter(prefix="/v1/handovers", tags=["hand-over"])
Id = Annotated[int, Path(ge=1, lt=2**63)]
Note = Annotated[str, msgspec.Meta(max_length=4000)]


class HandoverWish(msgspec.Struct, frozen=True, kw_only=True):
    """What the leaving shift says."""

    notes: Note = ""


class Acceptance(msgspec.Struct, frozen=True, kw_only=True):
    """What the coming shift says."""

    note: Note | None = None


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A hand-over without its snapshot."""

    id: int
    agency: str | None
    by: str
    at: At
    notes: str
    accepted_by: str | None
    accepted_at: At | None
    open: int
    shelved: int


@router.post(
    "",
    summary="Hand the shift over",
    openapi_extra=takes(HandoverWish, {"notes": HANDOVER["notes"]}),
    **gives(Handover, "Frozen as it is now; it waits for the next shift", status=201),
)
async def give(center: Here, request: Request, commander: Commander) -> Response:
    """Live incidents with owner and next steps, shelved ones, silences, planned works: of an agency's user his desk."""
    given, now = await body_as(request, HandoverWish), utc_now()
    async with center.engine.begin() as connection:
        snapshot = await work_of(connection, Desk(seen(commander), visible(commander)), await center_time(connection))
        said = {"agency": commander.agency, "by": commander.name, "at": now, "notes": given.notes}
        made = await add_handover(connection, said, snapshot)
        counted = {"open": len(snapshot.open), "shelved": len(snapshot.shelved)}
        await note(connection, request, commander, "handover.given", str(made), **counted)
        handover = await _one(connection, commander, made)
    return json_answer(handover, 201, Location=f"/v1/handovers/{made}")


@router.get("", summary="Hand-overs, the newest first", **gives(Page[Head], "A page of hand-overs"))
async def listed(
    center: Here,
    reader: Reader,
    accepted: Annotated[bool | None, Query(description="Only those that were accepted, or that wait")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Response:
    """Of the center's desk and all others; an agency's user sees his desk's."""
    counts = [_length(name).label(name) for name in ("open", "shelved")]
    plain = [column for column in handovers.c if column.name not in ("snapshot", "accepted_note")]
    query = select(*plain, *counts).where(_own(reader)).order_by(handovers.c.id.desc())
    if accepted is not None:
        query = query.where(handovers.c.accepted_at.is_not(None) if accepted else handovers.c.accepted_at.is_(None))
    if cursor:
        query = query.where(handovers.c.id < keys_of(cursor, int)[0])
    async with center.engine.connect() as connection:
        rows, following = cut((await connection.execute(query.limit(limit + 1))).all(), limit, "id")
    return raw_page([dict(row._mapping) for row in rows], following)


@router.get("/{handover_id}", summary="One hand-over", **gives(Handover, "As it was given", 404, example=HANDOVER))
async def one(center: Here, reader: Reader, handover_id: Id) -> Response:
    """Its snapshot never changes."""
    async with center.engine.connect() as connection:
        return json_answer(await _one(connection, reader, handover_id))


@router.post(
    "/{handover_id}/accept",
    summary="Take the shift over",
    openapi_extra=takes(Acceptance, {"note": "đã nhận, tiếp tục theo dõi lộ 471"}),
    **gives(Handover, "Accepted", 404, 409),
)
async def accept(center: Here, request: Request, commander: Commander, handover_id: Id) -> Response:
    """Another person than who gave it, at the same desk; once."""
    given = await body_as(request, Acceptance)
    async with center.engine.begin() as connection:
        found = await _one(connection, commander, handover_id, lock=True)
        _may_take(found, commander)
        taken = {"accepted_by": commander.name, "accepted_at": utc_now(), "accepted_note": given.note}
        await connection.execute(handovers.update().where(handovers.c.id == handover_id).values(taken))
        await note(connection, request, commander, "handover.accepted", str(handover_id), given_by=found.by)
        handover = await _one(connection, commander, handover_id)
    return json_answer(handover)


def _may_take(found: Handover, person: Person) -> None:
    if person.name == found.by:
        raise HTTPException(403, say("accept_by_another"))
    if person.agency != found.agency:
        raise HTTPException(403, say("handover_of_another"))
    if found.accepted_by is not None:
        raise Conflict(say("accepted_already", by=found.accepted_by))


async def _one(connection: AsyncConnection, person: Person, wanted: int, *, lock: bool = False) -> Handover:
    query = select(handovers).where(handovers.c.id == wanted, _own(person))
    row = (await connection.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise Unknown(say("no_handover", id=wanted))
    return handover_of(row)


def _own(person: Person) -> ColumnElement[bool]:
    return true() if person.agency is None else handovers.c.agency == person.agency


def _length(name: str) -> ColumnElement[int]:
    return func.jsonb_array_length(handovers.c.snapshot[name])
