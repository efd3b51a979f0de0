"""`/v1/incidents/{id}/deliveries`: which endpoints were told of an incident, and what came of it."""

from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from fastapi import APIRouter, Query, Response

from infra.postgres.webhook_store import deliveries_about
from schemas.times import At
from services.api.answers import Page, gives, raw_page
from services.api.center import Here
from services.api.people import Reader
from services.api.routes.incidents import survivor_id

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the incident on its way to one endpoint; neither its address nor its bytes are shown here."""

    endpoint: str
    description: str
    """Of the endpoint; without one the host of its address, or its form."""
    version: int
    state: str
    """`waiting`, `delivered`, `failed`, `unsaid`, `withheld` (exercise)."""
    attempts: int
    created_at: At
    tried_at: At | None
    """Of the last attempt."""


@router.get("/deliveries", summary="Who was told by webhook", **gives(Page[Told], "The newest first", 404))
async def deliveries_of_incident(
    center: Here, reader: Reader, incident_id: str, limit: Annotated[int, Query(ge=1, le=1000)] = 200
) -> Response:
    """Whoever may see the incident may see that it was told; addresses, bytes and replays are under `/v1/webhooks`."""
    async with center.engine.connect() as connection:
        await survivor_id(connection, reader, incident_id)
        rows = await deliveries_about(connection, incident_id, limit)
    told = [
        Told(
            endpoint=row.endpoint_id,
            description=row.description or urlsplit(row.url).hostname or row.form,
            version=row.version,
            state=row.state,
            attempts=row.attempts,
            created_at=row.created_at,
            tried_at=row.tried_at,
        )
        for row in rows
    ]
    return raw_page(told, None)
