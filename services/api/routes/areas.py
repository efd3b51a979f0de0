"""`/v1/areas`: administrative areas with their dates, neighbours, and what is shared over borders."""

from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.region import Shared, shared
from infra.postgres.reference import present_city
from infra.postgres.tables import incidents
from schemas.assets import Area, Asset, Relation
from schemas.incidents import LIVE_STATES
from services.api.answers import Page, gives, raw_page
from services.api.center import Here
from services.api.people import READ, Reader, may
from services.api.routes.assets import present
from services.api.sight import seen

router = APIRouter(prefix="/v1/areas", tags=["city"], dependencies=[Depends(may(READ))])


class AreaView(Area, frozen=True, kw_only=True):
    """An area and what goes on in it."""

    live_incidents: int
    """Those that reach into one of its zones, as far as the reader may see them."""


@router.get("", summary="Areas", **gives(Page[AreaView], "Units of today, legacy districts, neighbours"))
async def areas(center: Here, reader: Reader) -> Response:
    """With the civil days between which each exists; an incident that reaches over a border counts on both sides."""
    async with center.engine.connect() as connection:
        city = await present_city(connection)
        zone = func.unnest(incidents.c.zones).label("zone")
        live = select(incidents.c.id, zone).where(incidents.c.state.in_(LIVE_STATES), seen(reader))
        touched: dict[str, set[str]] = {}
        for row in await connection.execute(live):
            touched.setdefault(row.zone, set()).add(row.id)
    return raw_page([_view(area, touched) for area in city.area_details], None)


def _view(area: Area, touched: dict[str, set[str]]) -> AreaView:
    inside: set[str] = set().union(*(touched.get(zone, set()) for zone in area.zones))
    return AreaView(**msgspec.structs.asdict(area), live_incidents=len(inside))


@router.get("/shared", summary="What is shared", **gives(Page[Shared], "Basins and corridors over borders"))
async def over_borders(center: Here) -> Response:
    """Each with where it crosses, and who must know on the other side."""
    async with center.engine.connect() as connection:
        city = await present_city(connection)
        assets: dict[str, Asset] = await _items(connection, "assets", Asset)
        relations: dict[str, Relation] = await _items(connection, "relations", Relation)
    return raw_page(shared(assets, relations.values(), city.area_details), None)


async def _items(connection: AsyncConnection, name: str, kind: type) -> dict[str, Any]:
    return {row.id: msgspec.convert(row.body, kind) for row in await connection.execute(present(name))}
