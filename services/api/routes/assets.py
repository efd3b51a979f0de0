"""`/v1/assets` and `/v1/relations`: the things of the city and how they depend on each other."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, Float, Select, func, literal_column, select

from infra.postgres.incident_rows import searchable
from infra.postgres.tables import reference
from schemas.assets import Asset
from schemas.errors import Unknown
from schemas.sentences import say
from services.api.answers import MOST, Page, cut, gives, json_answer, keys_of, raw_page
from services.api.center import Center, Here
from services.api.filters import Several, box_of
from services.api.people import READ, may

router = APIRouter(tags=["city"], dependencies=[Depends(may(READ))])
BODY = reference.c.body


class RelationView(msgspec.Struct, frozen=True, kw_only=True):
    """An edge of the dependency graph: `from_id` acts on `to_id`."""

    id: str
    from_id: str
    relation: str
    to_id: str


class Things(BaseModel):
    """Filters of assets."""

    model_config = ConfigDict(extra="forbid")

    kind: Several = Field([], description="`feeder`, `road_segment`, `sensor`, …")
    zone: Several = []
    agency: Several = []
    bbox: str | None = Field(None, description="west,south,east,north in degrees")
    q: str | None = Field(None, max_length=200, description="Part of id or name; diacritics may be left out")
    cursor: str | None = None
    limit: int = Field(500, ge=1, le=MOST)


class Edges(BaseModel):
    """Filters of relations."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    relation: Several = Field([], description="`feeds`, `controls`, …")
    from_id: str | None = Field(None, alias="from", description="The asset that acts")
    to_id: str | None = Field(None, alias="to", description="The asset acted on")
    cursor: str | None = None
    limit: int = Field(500, ge=1, le=MOST)


def present(name: str) -> Select[Any]:
    """Reference rows of one kind that are not deleted, by id."""
    query = select(reference.c.id, BODY, reference.c.origin, reference.c.revision)
    return query.where(reference.c.name == name, reference.c.deleted.is_(False)).order_by(reference.c.id)


async def page_of(center: Center, query: Select[Any], cursor: str | None, limit: int) -> tuple[Any, str | None]:
    """The rows of a page of reference data and the cursor after it."""
    if cursor:
        query = query.where(reference.c.id > keys_of(cursor, str)[0])
    async with center.engine.connect() as connection:
        return cut((await connection.execute(query.limit(limit + 1))).all(), limit, "id")


def _bare(words: ColumnElement[str]) -> ColumnElement[str]:
    """As `searchable` has it; `lower` alone would know no letters but those of ASCII."""
    marked = func.normalize(words, literal_column("NFD"))
    return func.lower(func.translate(func.regexp_replace(marked, "[\u0300-\u036f]", "", "g"), "đĐ", "dd"))


@router.get("/v1/assets", summary="Assets of the city", **gives(Page[Asset], "A page of assets"))
async def assets(center: Here, things: Annotated[Things, Query()]) -> Response:
    """By id; sensors are assets too."""
    query = present("assets")
    for name in ("kind", "zone", "agency"):
        if wanted := getattr(things, name):
            query = query.where(BODY[name].astext.in_(wanted))
    if box := box_of(things.bbox):
        lon, lat = (BODY["position"][index].astext.cast(Float) for index in (0, 1))
        query = query.where(lon.between(box[0], box[2]), lat.between(box[1], box[3]))
    if things.q:
        words = func.concat_ws(" ", reference.c.id, BODY["name"].astext, BODY["name_vi"].astext)
        query = query.where(_bare(words).contains(searchable(things.q), autoescape=True))
    rows, following = await page_of(center, query, things.cursor, things.limit)
    return raw_page([row.body for row in rows], following)


@router.get("/v1/assets/{asset_id:path}", summary="One asset", **gives(Asset, "The asset", 404))
async def asset(center: Here, asset_id: str) -> Response:
    """With its geometry and properties."""
    async with center.engine.connect() as connection:
        found = (await connection.execute(present("assets").where(reference.c.id == asset_id))).one_or_none()
    if found is None:
        raise Unknown(say("no_asset", id=asset_id))
    return json_answer(found.body)


@router.get("/v1/relations", summary="The dependency graph", **gives(Page[RelationView], "A page of relations"))
async def relations(center: Here, edges: Annotated[Edges, Query()]) -> Response:
    """`from_id` acts on `to_id`."""
    query = present("relations")
    if wanted := edges.relation:
        query = query.where(BODY["relation"].astext.in_(wanted))
    for name in ("from_id", "to_id"):
        if value := getattr(edges, name):
            query = query.where(BODY[name].astext == value)
    rows, following = await page_of(center, query, edges.cursor, edges.limit)
    return raw_page([{"id": row.id, **row.body} for row in rows], following)
