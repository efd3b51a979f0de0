"""`/v1/changes`: the past as it was told: what happened in a stretch of time, and what stood when it began."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, true, tuple_, union

from infra.postgres.tables import changes, incidents
from schemas.errors import Invalid
from schemas.incidents import LIVE_STATES, Change, Incident
from schemas.sentences import say
from services.api.answers import MOST, Page, cut, gives, keys_of, raw_page
from services.api.center import Here
from services.api.moments import Time, check_from_to
from services.api.people import Reader
from services.api.sight import seen

router = APIRouter(prefix="/v1/changes", tags=["incidents"])
INCIDENT = changes.c.body["incident"]


class Stretch(BaseModel):
    """Which changes."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    start: Time = Field(alias="from", description="Recorded at or after this time")
    end: Time = Field(alias="to", description="Recorded before this time")
    cursor: str | None = Field(None, description="`next` of the page before")
    limit: int = Field(500, ge=1, le=1000)


@router.get("", summary="Changes of all incidents, the oldest first", **gives(Page[Change], "A page of changes"))
async def listed(center: Here, reader: Reader, stretch: Annotated[Stretch, Query()]) -> Response:
    """By the time of recording. With `/v1/changes/standing` at `from`, every moment of the stretch can be shown again:
    a change holds its incident whole, as it was after it. A user of an agency gets those of incidents that name it."""
    check_from_to(stretch.start, stretch.end)
    order = tuple_(changes.c.at, changes.c.incident_id, changes.c.version)
    query = select(changes.c.body, changes.c.at, changes.c.incident_id, changes.c.version)
    query = query.join(incidents, incidents.c.id == changes.c.incident_id).where(seen(reader))
    query = query.where(changes.c.at >= stretch.start, changes.c.at < stretch.end)
    if stretch.cursor:
        query = query.where(order > keys_of(stretch.cursor, datetime, str, int))
    async with center.engine.connect() as connection:
        found = (await connection.execute(query.order_by(order).limit(stretch.limit + 1))).all()
    rows, following = cut(found, stretch.limit, "at", "incident_id", "version")
    return raw_page([row.body for row in rows], following)


@router.get("/standing", summary="Incidents as they stood", **gives(Page[Incident], "Live ones, as they were then"))
async def standing(center: Here, reader: Reader, at: Time) -> Response:
    """All that were open, acknowledged or in progress just before a time of recording, each as it was then."""
    # one that is not live now and has not changed since was not live then either, nor was one recorded since
    recorded = select(incidents.c.id).where(seen(reader), incidents.c.created_at < at)
    changed, live = incidents.c.updated_at >= at, incidents.c.state.in_(LIVE_STATES)
    # apart and materialized: the planner cannot know how few lasted at one moment, and would walk them all by their ids
    possible = union(recorded.where(changed), recorded.where(live)).cte("possible").prefix_with("MATERIALIZED")
    told = select(INCIDENT.label("body")).where(changes.c.incident_id == possible.c.id, changes.c.at < at)
    newest = told.order_by(changes.c.version.desc()).limit(1).lateral("newest")
    query = select(newest.c.body).select_from(possible.join(newest, true())).order_by(possible.c.id)
    query = query.where(newest.c.body["state"].astext.in_(LIVE_STATES)).limit(MOST + 1)
    async with center.engine.connect() as connection:
        found = (await connection.execute(query)).scalars().all()
    if len(found) > MOST:
        raise Invalid(say("too_many_standing", most=MOST), field="at")
    return raw_page(found, None)
