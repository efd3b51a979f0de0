"""`/v1/silences`: for a time, what they match makes no sound and goes to no webhook, and is listed all the same."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response

from city.enrich import Catalogue
from city.suppression import checked_match
from infra.clock import utc_now
from infra.postgres.clocks import center_time
from infra.postgres.tables import suppressions
from schemas.sentences import say
from schemas.suppression import SILENCE, Match, Window
from services.api import previews, windows
from services.api.answers import Page, body_as, cut, gives, json_answer, keys_of, raw_page, takes
from services.api.center import Center, Here
from services.api.examples import SILENCE as EXAMPLE
from services.api.examples import SILENCE_WISH
from services.api.people import Commander, Forbidden, Person, Reader, agency_for
from services.api.window_shapes import Covered, Edit, Preview, Silence, SilenceWish, window_view

router = APIRouter(prefix="/v1/silences", tags=["silences"])
EDIT = {"to": "2026-01-31T06:00:00Z", "reason": "Thử thêm một giờ"}


@router.post(
    "",
    summary="Silence signals for a time",
    openapi_extra=takes(SilenceWish, SILENCE_WISH),
    **gives(Silence, "The silence; in force already if it begins now", status=201, example=EXAMPLE),
)
async def create(center: Here, request: Request, commander: Commander) -> Response:
    """Needs a match, a reason and an end. A user of an agency silences that agency's signals only."""
    window = await _wished(center, commander, await body_as(request, SilenceWish))
    row, now = await windows.begin(center, request, commander, window)
    return json_answer(window_view(row, now), 201, Location=f"/v1/silences/{window.id}")


async def _wished(center: Center, person: Person, given: SilenceWish) -> Window:
    match = checked_match(given.match)
    async with center.engine.connect() as connection:
        now = await center_time(connection)
        if person.agency is not None:
            _own(person, person.agency, match, await center.words.present(connection))
    return Window(
        id=f"sil-{uuid4().hex[:20]}",
        kind=SILENCE,
        starts_at=given.starts_at or now,
        ends_at=given.to,
        matches=(match,),
        effects=given.effects,
        owner=person.name if given.owner is None else given.owner,
        reason=given.reason,
        agency=person.agency,
        created_by=person.name,
        created_at=utc_now(),
    )


def _own(person: Person, agency: str, match: Match, words: Catalogue) -> None:
    """403 for what would cover nothing, for as long as it lasts: all that is named belongs to other agencies."""
    if match.agency and agency not in match.agency:
        agency_for(person, match.agency[0], field="match.agency")
    of = {asset: words.agency(asset) for asset in match.asset}
    if not of or not {None, agency}.isdisjoint(of.values()):
        return
    # what its own sensor measures there speaks for it
    if not any(one.measures in of and words.agency(one.id) == agency for one in words.assets.values()):
        asset, other = next(iter(of.items()))
        said = say("other_agency_asset", asset=asset, other=other, name=person.name, agency=agency)
        raise Forbidden(said, field="match.asset")


@router.post(
    "/preview",
    summary="What a silence would cover now",
    openapi_extra=takes(SilenceWish, SILENCE_WISH),
    **gives(Preview, "The signals and incidents; nothing is changed"),
)
async def preview(center: Here, request: Request, reader: Reader) -> Response:
    """As if it were in force now, and no other."""
    window = await _wished(center, reader, await body_as(request, SilenceWish))
    async with center.engine.connect() as connection:
        words = await center.words.present(connection)
        return json_answer(await previews.preview(connection, reader, window, words))


@router.get("", summary="Silences, the newest first", **gives(Page[Silence], "A page of silences"))
async def listed(center: Here, reader: Reader, asked: Annotated[windows.Asked, Query()]) -> Response:
    """With owner, reason, end, and how many signals each covers; expired ones stay listed."""
    rows, following, now = await windows.page(center, reader, SILENCE, asked)
    return raw_page([window_view(row, now) for row in rows], following)


@router.get("/{silence_id}", summary="One silence", **gives(Silence, "The silence", 404, example=EXAMPLE))
async def one(center: Here, reader: Reader, silence_id: str) -> Response:
    """Also after it has expired."""
    async with center.engine.connect() as connection:
        now = await center_time(connection)
        return json_answer(window_view(await windows.one(connection, reader, SILENCE, silence_id), now))


@router.patch(
    "/{silence_id}",
    summary="Give it another end, reason or owner",
    openapi_extra=takes(Edit, EDIT),
    **gives(Silence, "The silence", 404, example=EXAMPLE),
)
async def edit(center: Here, request: Request, commander: Commander, silence_id: str) -> Response:
    """One that is over stays so."""
    given = await body_as(request, Edit)
    row, now = await windows.edit(center, request, commander, (SILENCE, silence_id), given)
    return json_answer(window_view(row, now))


@router.delete("/{silence_id}", summary="End it early", **gives(Silence, "The silence", 404, example=EXAMPLE))
async def end(center: Here, request: Request, commander: Commander, silence_id: str) -> Response:
    """What it covers and is still active returns at once. It stays listed as expired."""
    row, now = await windows.end(center, request, commander, (SILENCE, silence_id))
    return json_answer(window_view(row, now))


@router.get(
    "/{silence_id}/signals", summary="Signals that it has covered", **gives(Page[Covered], "A page of signals", 404)
)
async def covered(
    center: Here,
    reader: Reader,
    silence_id: str,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """The newest first; `ended_at: null` are covered now."""
    async with center.engine.connect() as connection:
        await windows.one(connection, reader, SILENCE, silence_id)
        query = previews.seen_covered(reader).where(suppressions.c.window_id == silence_id)
        if cursor:
            query = query.where(suppressions.c.id < keys_of(cursor, int)[0])
        query = query.order_by(suppressions.c.id.desc()).limit(limit + 1)
        rows, following = cut((await connection.execute(query)).all(), limit, "id")
    return raw_page([previews.covered_view(row) for row in rows], following)
