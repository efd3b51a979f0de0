"""`/v1/sensors`: every sensor of the city and every one that ever sent."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import text

from schemas.assets import UNKNOWN_ZONE
from schemas.errors import Unknown
from schemas.sentences import say
from schemas.times import At
from services.api.answers import MOST, Page, cut, gives, json_answer, keys_of, raw_page
from services.api.center import Center, Here
from services.api.people import READ, may

router = APIRouter(prefix="/v1/sensors", tags=["sensors"], dependencies=[Depends(may(READ))])


class Sensor(msgspec.Struct, frozen=True, kw_only=True):
    """One instrument; `registered` when the city knows it: by its folder, or because somebody adopted it."""

    id: str
    registered: bool
    zone: str
    quantities: list[str]
    """Those that it is registered with; of an unregistered one those that it reports."""
    reports: list[str] = []
    """Quantities that it ever sent."""
    name: str | None = None
    name_vi: str | None = None
    measures: str | None = None
    """The asset it stands for."""
    kind: str | None = None
    agency: str | None = None
    position: tuple[float, float] | None = None
    origin: str | None = None
    """Who registered it: `city`, or `edit` where somebody adopted it."""
    revision: int = 0
    """Of its registration; 0: not registered."""
    first_at: At | None = None
    last_at: At | None = None
    """Time of its newest reading; null: it never sent."""
    readings: int = 0


SENSORS = text(
    """
    SELECT coalesce(asset.id, seen.id) AS id, asset.body, asset.origin, asset.revision, seen.zone,
           seen.quantities, seen.first_at, seen.last_at, coalesce(seen.readings, 0) AS readings
    FROM (SELECT id, body, origin, revision FROM reference WHERE name = 'assets' AND NOT deleted
          AND (body->>'kind' = 'sensor' OR jsonb_array_length(coalesce(body->'observes', '[]')) > 0)) asset
    FULL JOIN sensors_seen seen ON seen.id = asset.id
    WHERE coalesce(asset.id, seen.id) > :after
      AND (CAST(:id AS text) IS NULL OR coalesce(asset.id, seen.id) = :id)
      AND (CAST(:registered AS boolean) IS NULL OR (asset.id IS NOT NULL) = :registered)
      AND (CAST(:zone AS text) IS NULL OR coalesce(asset.body->>'zone', seen.zone) = :zone)
    ORDER BY 1 LIMIT :most
    """
)


class Instruments(BaseModel):
    """Filters of sensors."""

    model_config = ConfigDict(extra="forbid")

    registered: bool | None = Field(None, description="false: only those that send without being known to the city")
    zone: str | None = None
    cursor: str | None = None
    limit: int = Field(500, ge=1, le=MOST)


def _shown(row: Any) -> Sensor:
    body = row.body or {}
    return Sensor(
        id=row.id,
        registered=row.body is not None,
        zone=body.get("zone") or row.zone or UNKNOWN_ZONE,
        quantities=body.get("observes") or row.quantities or [],
        reports=row.quantities or [],
        name=body.get("name"),
        name_vi=body.get("name_vi"),
        measures=body.get("measures"),
        kind=body.get("kind"),
        agency=body.get("agency"),
        position=body.get("position"),
        origin=row.origin,
        revision=row.revision or 0,
        first_at=row.first_at,
        last_at=row.last_at,
        readings=row.readings,
    )


async def _found(center: Center, **wanted: Any) -> list[Sensor]:
    values = {"after": "", "id": None, "registered": None, "zone": None, "most": 1} | wanted
    async with center.engine.connect() as connection:
        return [_shown(row) for row in (await connection.execute(SENSORS, values)).all()]


@router.get("", summary="Sensors", **gives(Page[Sensor], "A page of sensors"))
async def listed(center: Here, sought: Annotated[Instruments, Query()]) -> Response:
    """Those that the city knows, and those that sent without being known (`registered: false`)."""
    after = keys_of(sought.cursor, str)[0] if sought.cursor else ""
    found = await _found(center, after=after, registered=sought.registered, zone=sought.zone, most=sought.limit + 1)
    page, following = cut(found, sought.limit, "id")
    return raw_page(page, following)


@router.get("/{sensor_id:path}", summary="One sensor", **gives(Sensor, "The sensor", 404))
async def one(center: Here, sensor_id: str) -> Response:
    """Registered or not."""
    return json_answer(await sensor_of(center, sensor_id))


async def sensor_of(center: Center, sensor_id: str) -> Sensor:
    """The sensor; raises Unknown."""
    found = await _found(center, id=sensor_id)
    if not found:
        raise Unknown(say("no_sensor", id=sensor_id))
    return found[0]
