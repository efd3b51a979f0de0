"""`/v1/indicators/traffic`: speed, travel time and level of service of every corridor, by direction."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.indicators.level_of_service import LEVELS, METHOD, METHOD_VI, Segment, Service, service
from city.indicators.levels import Level
from infra.clock import utc_now
from infra.postgres.tables import reference, rollups
from schemas.times import At
from services.api.answers import gives, json_answer
from services.api.center import Here
from services.api.moments import Time
from services.api.people import READ, may
from services.api.routes.assets import present

router = APIRouter(prefix="/v1/indicators", tags=["indicators"], dependencies=[Depends(may(READ))])
SPEED = "speed_kmh"


class Corridor(Service, frozen=True, kw_only=True):
    """One road in one direction."""

    name: str
    name_vi: str
    sensors: list[str]
    """Of speed, in the order of the segments' ids."""


class TrafficPage(msgspec.Struct, frozen=True, kw_only=True):
    """All corridors, the slowest against its free speed first; those without a level last."""

    method: str
    method_vi: str
    since: At
    until: At
    levels: tuple[Level, ...]
    corridors: list[Corridor]


@router.get("/traffic", summary="Level of service", **gives(TrafficPage, "Speed, travel time, level, by corridor"))
async def traffic(
    center: Here, at: Time | None = None, minutes: int = Query(15, ge=1, le=1440, description="The window")
) -> Response:
    """Over the full minutes before `at` (by default now): road segments whose asset says `length_m` and `free_kmh`.

    Segments belong to one corridor by their property `corridor`, else by their name up to its last comma.
    """
    until = (at or utc_now()).replace(second=0, microsecond=0)
    since = until - timedelta(minutes=minutes)
    async with center.engine.connect() as connection:
        bodies = [row.body for row in await connection.execute(present("assets").where(_kinds()))]
        speeds = await _speeds(connection, (since, until))
    found = _corridors(bodies, speeds)
    page = TrafficPage(method=METHOD, method_vi=METHOD_VI, since=since, until=until, levels=LEVELS, corridors=found)
    return json_answer(page)


def _kinds() -> Any:
    return reference.c.body["kind"].astext.in_(("road_segment", "sensor"))


async def _speeds(connection: AsyncConnection, span: tuple[datetime, datetime]) -> dict[str, float]:
    """Mean speed by sensor."""
    table = rollups.c
    query = select(table.sensor, func.sum(table.sum) / func.sum(table.count)).group_by(table.sensor)
    query = query.where(table.quantity == SPEED, table.minute >= span[0], table.minute < span[1])
    return {row[0]: row[1] for row in await connection.execute(query)}


def _corridors(bodies: list[dict[str, Any]], speeds: Mapping[str, float]) -> list[Corridor]:
    sensors = {
        one["measures"]: one["id"] for one in bodies if one.get("measures") and SPEED in (one.get("observes") or ())
    }
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in bodies:
        properties = one.get("properties") or {}
        if one["id"] in sensors and properties.get("length_m") and properties.get("free_kmh"):
            groups[properties.get("corridor") or _road(one["name"])].append(one)
    found = [_corridor(group, sensors, speeds) for group in groups.values()]
    return sorted(found, key=lambda one: (one.ratio is None, one.ratio or 0.0, one.name))


def _corridor(group: list[dict[str, Any]], sensors: Mapping[str, str], speeds: Mapping[str, float]) -> Corridor:
    group = sorted(group, key=lambda one: one["id"])
    segments = [
        Segment(
            id=one["id"],
            length_m=one["properties"]["length_m"],
            free_kmh=one["properties"]["free_kmh"],
            speed_kmh=speeds.get(sensors[one["id"]]),
        )
        for one in group
    ]
    first, own = group[0], service(segments)
    return Corridor(
        name=_road(first["name"]),
        name_vi=_road(first.get("name_vi") or first["name"]),
        sensors=[sensors[one["id"]] for one in group],
        **msgspec.structs.asdict(own),
    )


def _road(name: str) -> str:
    """`QL13 inbound, segment 1` → `QL13 inbound`."""
    return name.rpartition(",")[0] or name
