"""`/v1/city`, `/v1/clock`, `/v1/map`: the city itself, its time, and the layers under its map."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Response
from fastapi.responses import FileResponse
from sqlalchemy import select

from infra.postgres.clocks import center_clock
from infra.postgres.tables import reference
from schemas.assets import City
from schemas.errors import Unknown
from schemas.sentences import say
from services.api.answers import gives, json_answer, problems
from services.api.center import Center, Here
from services.api.people import READ, may

router = APIRouter(prefix="/v1", tags=["city"], dependencies=[Depends(may(READ))])
GEOJSON = "application/geo+json"
PMTILES = "application/vnd.pmtiles"
TILES = "/v1/map/base.pmtiles"
BYTES: dict[str, Any] = {"content": {PMTILES: {"schema": {"type": "string", "format": "binary"}}}}
SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole file"} | BYTES,
    206: {"description": "The part that `Range` names"} | BYTES,
}


class PlayedCity(City, frozen=True, kw_only=True):
    """The city, and whether what happens in it is real."""

    exercise: str | None = None
    """Name of the exercise that this center plays (SOC_EXERCISE); null: it is real."""
    base_tiles: str | None = None
    """Where the tiles of the ground are to be had (SOC_BASE_TILES); null: there are none."""


@router.get("/city", summary="The city", **gives(PlayedCity, "Names, time zone, areas, agencies, map center", 404))
async def city(center: Here) -> Response:
    """As its folder says, with the exercise that is played."""
    query = select(reference.c.body).where(reference.c.name == "cities", reference.c.deleted.is_(False))
    async with center.engine.connect() as connection:
        found = (await connection.execute(query.order_by(reference.c.changed_at.desc()).limit(1))).scalar_one_or_none()
    if found is None:
        raise Unknown(say("no_city"))
    tiles = TILES if await asyncio.to_thread(_tiles_of(center).is_file) else None
    return json_answer({**found, "exercise": center.settings.exercise or None, "base_tiles": tiles})


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """How far the incidents have come."""

    now: datetime | None
    """Event time up to which they are complete; null before the first."""


@router.get("/clock", summary="How far the incidents have come", **gives(Clock, "Event time of the incidents"))
async def clock(center: Here) -> Response:
    """In a city of recordings the time of the recording, in a live one a moment ago."""
    async with center.engine.connect() as connection:
        return json_answer(Clock(now=await center_clock(connection)))


@router.get("/map", summary="Base layers of the map", **gives(dict[str, Any], "A GeoJSON FeatureCollection", 404))
async def base_map(center: Here) -> Response:
    """Boundaries, rivers, roads and parks, each feature with its source."""
    path = Path(center.settings.city) / "map.geojson"
    if not await asyncio.to_thread(path.is_file):
        raise Unknown(say("no_map"))
    content = await asyncio.to_thread(path.read_bytes)
    return Response(content, 200, {"Cache-Control": "private, max-age=300"}, GEOJSON)


def _tiles_of(center: Center) -> Path:
    """The file that the setting names; a folder, which is no file, without one."""
    return Path(center.settings.base_tiles)


@router.get(
    "/map/base.pmtiles",
    summary="Tiles of the ground",
    response_class=Response,
    responses=SHOWN | problems(401, 403, 404, 422, 503),
)
async def base_tiles(center: Here) -> Response:
    """The file that `SOC_BASE_TILES` names, as PMTiles 3; ask for parts of it with `Range`."""
    path = _tiles_of(center)
    if not await asyncio.to_thread(path.is_file):
        raise Unknown(say("no_base_tiles"))
    return FileResponse(path, headers={"Cache-Control": "private, max-age=300"}, media_type=PMTILES)
