"""`/v1/incidents/{id}/cap`: the incident as a CAP 1.2 alert, for a person to publish."""

from datetime import timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from city.cap_alert import Publication, alert_of
from infra.clock import utc_now
from infra.postgres.reference import present_city
from infra.postgres.tables import incidents, reference
from schemas.incidents import Incident
from services.api.answers import problems
from services.api.center import Here
from services.api.people import Reader
from services.api.routes.assets import present
from services.api.routes.incidents import survivor_id

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])
CAP = "application/cap+xml"
SHOWN: dict[int | str, dict[str, Any]] = {
    200: {"description": "A CAP 1.2 message", "content": {CAP: {"schema": {"type": "string"}}}}
}


class Publishing(BaseModel):
    """What the publisher decides."""

    model_config = ConfigDict(extra="forbid")

    sender: str | None = Field(None, description="Domain name of the publisher; default `<city id>.invalid`")
    hours: float = Field(6.0, gt=0, le=72, description="After so many it expires")
    radius_km: float = Field(0.0, ge=0, le=200, description="Of the circle around the incident; 0 is the point")
    references: str = Field("", description="`sender,identifier,sent` of earlier messages that still hold: an Update")


@router.get(
    "/cap",
    summary="As a CAP 1.2 alert",
    response_class=Response,
    responses=SHOWN | problems(401, 403, 404, 422, 503),
)
async def cap(center: Here, reader: Reader, incident_id: str, publishing: Annotated[Publishing, Query()]) -> Response:
    """Nothing is sent anywhere: whether to publish is a person's decision. In an exercise its status is `Exercise`."""
    async with center.engine.connect() as connection:
        survivor = await survivor_id(connection, reader, incident_id)
        body = (await connection.execute(select(incidents.c.body).where(incidents.c.id == survivor))).scalar_one()
        city = await present_city(connection)
        incident = msgspec.convert(body, Incident)
        named = present("assets").where(reference.c.id.in_(incident.zones))
        zones = [(row.body["name"], row.body.get("name_vi") or "") for row in await connection.execute(named)]
    publication = Publication(
        sender=publishing.sender or f"{city.id}.invalid",
        sent=utc_now().astimezone(ZoneInfo(city.time_zone)),
        expires=timedelta(hours=publishing.hours),
        exercise=center.settings.exercise or None,
        references=publishing.references,
        radius_km=publishing.radius_km,
    )
    return Response(alert_of(incident, publication, zones), media_type=CAP)
