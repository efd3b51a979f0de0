"""`/v1/duty`: the roster of people who are told away from the desk, and who of them is on duty."""

from datetime import timedelta
from typing import Annotated
from uuid import uuid4
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response

from city.duty import unreachable, watches
from infra.clock import utc_now
from infra.postgres import duty_store as store
from infra.postgres.reference import present_city
from infra.postgres.webhook_store import ways_to_duty
from schemas.duty import Duty, OnDuty, Turn
from services.api.answers import Page, body_as, gives, json_answer, raw_page, takes
from services.api.audit import note
from services.api.center import Here
from services.api.editing import Revision
from services.api.examples import DUTY
from services.api.moments import Time
from services.api.people import COMMAND, Commander, Connector, Person, may

router = APIRouter(prefix="/v1/duty", tags=["duty"], dependencies=[Depends(may(COMMAND))])
Hours = Annotated[int, Query(ge=1, le=24 * 31, description="So far ahead it looks")]


@router.get("", summary="The duty roster", **gives(Page[Duty], "All turns of duty, in the order in which they begin"))
async def listed(center: Here, commander: Commander) -> Response:
    """Those of before too; for people of an agency its own and those of the whole city."""
    async with center.engine.connect() as connection:
        return raw_page(_shown(await store.roster(connection), commander), None)


def _shown(roster: list[Duty], commander: Person) -> list[Duty]:
    return [one for one in roster if commander.agency is None or one.agency in (None, commander.agency)]


@router.get("/now", summary="Who is on duty", **gives(OnDuty, "Who is, who will be, and when nobody is"))
async def now(center: Here, commander: Commander, at: Time | None = None, hours: Hours = 24) -> Response:
    """For the whole city and each agency that one may see: gaps, and people whom no endpoint tells, are seen before
    they matter."""
    since = at or utc_now()
    async with center.engine.connect() as connection:
        city, roster = await present_city(connection), _shown(await store.roster(connection), commander)
        ways = await ways_to_duty(connection)
    agencies = [one.id for one in city.agencies if commander.agency in (None, one.id)]
    found = watches(roster, agencies, ZoneInfo(city.time_zone), since, since + timedelta(hours=hours))
    return json_answer(msgspec.structs.replace(found, unreachable=unreachable(roster, ways, found)))


@router.post(
    "",
    summary="Put a turn of duty into the roster",
    openapi_extra=takes(Turn, DUTY),
    **gives(Duty, "The turn of duty", status=201),
)
async def add(center: Here, request: Request, connector: Connector) -> Response:
    """Once, or again and again by a rule of RFC 5545 on the city's clock, also where that is changed."""
    turn = await body_as(request, Turn)
    async with center.engine.begin() as connection:
        made = await store.add(connection, f"duty-{uuid4().hex[:20]}", turn)
        await note(connection, request, connector, "duty.added", made.id, **msgspec.to_builtins(turn))
    return json_answer(made, 201, Location=f"/v1/duty/{made.id}")


@router.put(
    "/{duty_id}",
    summary="Change a turn of duty",
    openapi_extra=takes(Turn, DUTY),
    **gives(Duty, "The turn of duty as it is now", 404, 409),
)
async def change(
    center: Here, request: Request, connector: Connector, duty_id: str, revision: Revision = None
) -> Response:
    """Whole: what is left out is as in a new one."""
    turn = await body_as(request, Turn)
    async with center.engine.begin() as connection:
        made = await store.change(connection, duty_id, turn, revision)
        await note(connection, request, connector, "duty.changed", duty_id, **msgspec.to_builtins(turn))
    return json_answer(made)


@router.delete("/{duty_id}", summary="Take a turn of duty out of the roster", status_code=204, response_class=Response)
async def remove(
    center: Here, request: Request, connector: Connector, duty_id: str, revision: Revision = None
) -> Response:
    """It ends now, with all its repetitions."""
    async with center.engine.begin() as connection:
        gone = await store.remove(connection, duty_id, revision)
        await note(connection, request, connector, "duty.removed", duty_id, **msgspec.to_builtins(gone))
    return Response(status_code=204)
