"""`/v1/works`: planned works, of feeds (`work.planned`) and of people; they suppress the effects that they expect."""

from typing import Annotated
from uuid import uuid4

import msgspec
from fastapi import APIRouter, Query, Request, Response

from city.suppression import Author, checked_works, works
from infra.clock import utc_now
from infra.postgres.clocks import center_time
from schemas.suppression import WORKS
from services.api import windows
from services.api.answers import Page, body_as, gives, json_answer, raw_page, takes
from services.api.center import Here
from services.api.examples import WORKS as EXAMPLE
from services.api.examples import WORKS_WISH
from services.api.people import Commander, Reader
from services.api.window_shapes import Edit, Works, WorksWish, window_view

router = APIRouter(prefix="/v1/works", tags=["silences"])
EDIT = {"to": "2026-01-31T23:00:00Z"}


@router.post(
    "",
    summary="Announce planned works",
    openapi_extra=takes(WorksWish, WORKS_WISH),
    **gives(Works, "The works", status=201, example=EXAMPLE),
)
async def create(center: Here, request: Request, commander: Commander) -> Response:
    """From `from` to `to`, the expected effects at the assets, in the geometry and down the chain are suppressed."""
    given = checked_works(await body_as(request, WorksWish))
    author = Author(commander.name, utc_now(), commander.agency)
    window = works(f"works-{uuid4().hex[:20]}", given, author, given.reason)
    if given.owner is not None:
        window = msgspec.structs.replace(window, owner=given.owner)
    row, now = await windows.begin(center, request, commander, window)
    return json_answer(window_view(row, now), 201, Location=f"/v1/works/{window.id}")


@router.get("", summary="Planned works, the newest first", **gives(Page[Works], "A page of works"))
async def listed(center: Here, reader: Reader, asked: Annotated[windows.Asked, Query()]) -> Response:
    """Those that feeds announced and those that people did."""
    rows, following, now = await windows.page(center, reader, WORKS, asked)
    return raw_page([window_view(row, now) for row in rows], following)


@router.get("/{works_id}", summary="One of the planned works", **gives(Works, "The works", 404, example=EXAMPLE))
async def one(center: Here, reader: Reader, works_id: str) -> Response:
    """Also after they are over."""
    async with center.engine.connect() as connection:
        now = await center_time(connection)
        return json_answer(window_view(await windows.one(connection, reader, WORKS, works_id), now))


@router.patch(
    "/{works_id}",
    summary="Give them another end, reason or owner",
    openapi_extra=takes(Edit, EDIT),
    **gives(Works, "The works", 404, example=EXAMPLE),
)
async def edit(center: Here, request: Request, commander: Commander, works_id: str) -> Response:
    """Works take longer than planned."""
    given = await body_as(request, Edit)
    row, now = await windows.edit(center, request, commander, (WORKS, works_id), given)
    return json_answer(window_view(row, now))


@router.delete("/{works_id}", summary="End or cancel them", **gives(Works, "The works", 404, example=EXAMPLE))
async def end(center: Here, request: Request, commander: Commander, works_id: str) -> Response:
    """What they suppress and is still active returns at once."""
    row, now = await windows.end(center, request, commander, (WORKS, works_id))
    return json_answer(window_view(row, now))
