"""`/v1/incidents`: the list and one incident."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import incidents
from infra.postgres.whereabouts import whereabouts
from schemas.errors import Unknown
from schemas.incidents import Incident
from schemas.sentences import say
from services.api.answers import Page, cut, gives, json_answer, keys_of, raw_page
from services.api.center import Here
from services.api.examples import INCIDENT
from services.api.filters import Listed
from services.api.people import Person, Reader
from services.api.sight import seen

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])


@router.get(
    "",
    summary="Incidents, the newest change first",
    **gives(Page[Incident], "A page of incidents", example={"items": [INCIDENT], "next": None}),
)
async def listed(center: Here, reader: Reader, wanted: Annotated[Listed, Query()]) -> Response:
    """Without `state`, all but merged ones. A user of an agency sees those that name it, here and everywhere."""
    query = select(incidents.c.body, incidents.c.updated_at, incidents.c.id).where(wanted.condition(), seen(reader))
    if since := wanted.changed_since():
        query = query.where(incidents.c.updated_at >= since)
    order = tuple_(incidents.c.updated_at, incidents.c.id)
    if wanted.cursor:
        query = query.where(order < keys_of(wanted.cursor, datetime, str))
    query = query.order_by(incidents.c.updated_at.desc(), incidents.c.id.desc()).limit(wanted.limit + 1)
    async with center.engine.connect() as connection:
        rows, following = cut((await connection.execute(query)).all(), wanted.limit, "updated_at", "id")
    return raw_page([row.body for row in rows], following)


@router.get("/{incident_id}", summary="One incident", **gives(Incident, "The incident", 404, example=INCIDENT))
async def one(center: Here, reader: Reader, incident_id: str) -> Response:
    """A merged one says where it went in `merged_into`."""
    query = select(incidents.c.body).where(incidents.c.id == incident_id, seen(reader))
    async with center.engine.connect() as connection:
        found = (await connection.execute(query)).scalar_one_or_none()
    if found is None:
        raise Unknown(say("no_incident", id=incident_id))
    return json_answer(found)


async def survivor_id(connection: AsyncConnection, reader: Person, incident_id: str) -> str:
    """The incident that this one went into, itself if it was never merged; raises Unknown."""
    survivor = await whereabouts(connection, incident_id)
    query = select(incidents.c.id).where(incidents.c.id == survivor, seen(reader))
    if (await connection.execute(query)).one_or_none() is None:
        raise Unknown(say("no_incident", id=incident_id))
    return survivor
