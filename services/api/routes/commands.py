"""What people ask of incidents, and incidents opened by hand."""

from datetime import datetime
from typing import Annotated

import msgspec
from aiokafka.errors import KafkaError
from fastapi import APIRouter, Header, Request, Response

from city.incidents import Command, Moment
from infra.clock import utc_now
from infra.postgres.commands import obeyed, survivor
from schemas.cloudevents import CONTENT_TYPE
from schemas.errors import Invalid, Unavailable, Unknown
from schemas.events import REPORT_CATEGORIES, Report
from schemas.ids import digest
from schemas.incidents import Incident
from schemas.times import rfc3339
from schemas.topics import INBOX
from services.api.answers import JSON, body_as, gives, json_answer, takes
from services.api.audit import note
from services.api.center import Here
from services.api.examples import BY_HAND, COMMAND, INCIDENT
from services.api.people import Commander, Person
from services.api.repeats import Repeatable
from services.api.sight import sees

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])
Key = Annotated[str | None, Header(max_length=200, description="A repeat within a day gets the first answer again")]


class Commanded(Incident, frozen=True, kw_only=True):
    """The incident after the command; `acted_on` is its id when a merged id was named."""

    acted_on: str | None = None


class ByHand(msgspec.Struct, frozen=True, kw_only=True):
    """A telephone call, a visit, a message: what somebody told."""

    category: str
    """`crash`, `flood`, `leak`, `outage`, `smoke`, `noise`, `waste`, `other`."""
    lon: float
    lat: float
    text: str


class Reported(msgspec.Struct, frozen=True):
    """It is on its way; the signal `report.<category>` carries `event` among its sources."""

    event: str


@router.post(
    "/{incident_id}/commands",
    summary="Acknowledge, take, assign, resolve, note, close, reopen",
    openapi_extra=takes(Command, COMMAND),
    **gives(Commanded, "The incident after the command", 404, 409, example=INCIDENT),
)
async def command(
    center: Here, request: Request, commander: Commander, incident_id: str, idempotency_key: Key = None
) -> Response:
    """409, with the current incident, only if another command, a merge or a split came since `version`."""
    given = await body_as(request, Command)
    async with center.engine.begin() as connection:
        once = Repeatable(connection, commander.name, f"{incident_id} {idempotency_key}") if idempotency_key else None
        if once and (earlier := await once.first()):
            return earlier
        if not sees(commander, (await survivor(connection, incident_id)).incident):
            raise Unknown(f"there is no incident {incident_id}")
        after = await obeyed(connection, incident_id, given, _moment(commander))
        acted_on = None if after.id == incident_id else after.id
        answer = json_answer(msgspec.to_builtins(after) | {"acted_on": acted_on})
        if once:
            await once.keep(answer)
        said = {"named": incident_id, "version": given.version, "became": after.version}
        await note(connection, request, commander, f"incident.{given.command}", after.id, **said)
    return answer


@router.post(
    "",
    summary="Open an incident by hand",
    openapi_extra=takes(ByHand, BY_HAND),
    **gives(Reported, "Kafka has the report", status=202),
)
async def by_hand(center: Here, request: Request, commander: Commander, idempotency_key: Key = None) -> Response:
    """Kept as a citizen's report with its author; it may join an incident that is already there."""
    given, now = await body_as(request, ByHand), utc_now()
    if given.category not in REPORT_CATEGORIES:
        raise Invalid(f"is none of {', '.join(REPORT_CATEGORIES)}", field="category")
    event_id = "hand-" + (
        digest(commander.name, idempotency_key)
        if idempotency_key
        else digest(commander.name, rfc3339(now), given.text, getattr(request.state, "request_id", ""))
    )
    try:
        headers = [("content-type", CONTENT_TYPE.encode())]
        event = _event(given, commander, event_id, now)
        await center.producer.send_and_wait(INBOX, event, key=event_id.encode(), headers=headers)
    except KafkaError as error:
        raise Unavailable(f"Kafka did not take it: {error}") from None
    async with center.engine.begin() as connection:
        await note(connection, request, commander, "incident.by_hand", event_id)
    return json_answer(Reported(event_id), 202)


def _moment(commander: Person) -> Moment:
    return Moment(utc_now(), by=commander.name, agency=commander.agency)


def _event(given: ByHand, author: Person, event_id: str, now: datetime) -> bytes:
    report = Report(given.category, given.lon, given.lat, given.text, reporter=author.name)
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "/center/people",
        "type": "report.created",
        "time": now,
        "datacontenttype": JSON,
        "data": report,
    }
    return msgspec.json.encode(event)
