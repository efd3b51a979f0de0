"""What people ask of incidents, and incidents opened by hand."""

import asyncio
from datetime import datetime
from typing import Annotated, Any

import msgspec
from aiokafka.errors import KafkaError
from fastapi import APIRouter, Header, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from city.incidents import RESHAPING, Command, Moment
from city.incidents.deadlines import deadlines_of
from city.judge import check_report
from infra.clock import utc_now
from infra.postgres.clocks import recorded_clock
from infra.postgres.reference import present_city
from schemas.cloudevents import KAFKA_HEADERS
from schemas.errors import CenterError, Invalid, Unavailable
from schemas.events import TEXT, Report
from schemas.ids import digest, report_asset
from schemas.incidents import Incident
from schemas.sentences import say
from schemas.signals import BY_HAND as PEOPLE
from schemas.times import At, rfc3339
from schemas.topics import REPORTS_BY_HAND
from services.api.answers import JSON, Problem, body_as, gives, json_answer, takes
from services.api.audit import note
from services.api.center import Center, Here
from services.api.examples import BY_HAND, COMMANDS, INCIDENT, RESULTS, TOGETHER
from services.api.people import Commander, Person
from services.api.problems import of_center
from services.api.repeats import Claim, Repeatable
from services.api.routes.incidents import survivor_id

MOST_AT_ONCE = 500
SENT_WITHIN_S = 20.0
"""Shorter than a key stays claimed (`CLAIMED`)."""
router = APIRouter(prefix="/v1/incidents", tags=["incidents"])
AGAIN = "A repeat within a day gets the first answer again; another request with it 422"
Key = Annotated[str | None, Header(max_length=200, description=AGAIN)]


class Commanded(Incident, frozen=True, kw_only=True):
    """The incident after the command; `acted_on` is its id when a merged id was named."""

    acted_on: str | None = None


class ByHand(msgspec.Struct, frozen=True, kw_only=True):
    """A telephone call, a visit, a message: what somebody told."""

    category: str
    """`crash`, `flood`, `leak`, `outage`, `smoke`, `noise`, `waste`, `other`."""
    lon: float
    lat: float
    text: Annotated[str, msgspec.Meta(max_length=TEXT)]


class Reported(msgspec.Struct, frozen=True):
    """It is on its way; the signal `report.<category>` carries `event` among its sources."""

    event: str
    asset: str
    """Where that signal is raised: `GET /v1/signals?asset=` has it, with its incident, once it is judged."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One of several incidents, as the person saw it."""

    id: str
    version: int


class Together(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One command for several incidents; the other fields are those of Command."""

    command: str
    """acknowledge, take, assign, note, severity, shelve, unshelve, resolve, close, reopen."""
    incidents: Annotated[list[Target], msgspec.Meta(min_length=1, max_length=MOST_AT_ONCE)]
    assignee: str | None = None
    note: str | None = None
    attachment: str | None = None
    severity: str | None = None
    until: At | None = None


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the command at one incident."""

    id: str
    status: int
    """As the command alone would have been answered: 200, 404, 409, 422."""
    incident: Commanded | None = None
    """After the command; null if it was refused."""
    problem: Problem | None = None
    """Why it was refused."""


class Results(msgspec.Struct, frozen=True):
    """One result for each incident, in the order given."""

    results: list[Result]


@router.post(
    "/{incident_id}/commands",
    summary="Acknowledge, assign, note, shelve, merge, split, undo, close, …",
    openapi_extra=takes(Command, examples=COMMANDS),
    **gives(Commanded, "The incident after the command", 404, 409, example=INCIDENT),
)
async def command(
    center: Here, request: Request, commander: Commander, incident_id: str, idempotency_key: Key = None
) -> Response:
    """409, with the current incident, only if another command, a merge or a split came since `version`."""
    return await _carried_out(
        Asked(center, request, commander, idempotency_key), incident_id, await body_as(request, Command)
    )


@router.post(
    "/commands",
    summary="One command for several incidents",
    openapi_extra=takes(Together, TOGETHER),
    **gives(Results, "A result for each, whether it was carried out or refused", example=RESULTS),
)
async def commands(center: Here, request: Request, commander: Commander, idempotency_key: Key = None) -> Response:
    """Each incident by itself: what is refused at one is carried out at the others."""
    given = await body_as(request, Together)
    asked = Asked(center, request, commander, idempotency_key)
    said = {name: value for name, value in msgspec.to_builtins(given).items() if name != "incidents"}
    results = []
    for target in given.incidents:
        wish = msgspec.convert({**said, "version": target.version}, Command)
        results.append(await _result(asked, target.id, wish))
    return json_answer({"results": results})


class Asked(msgspec.Struct, frozen=True):
    """Who asks, where, under which `Idempotency-Key`."""

    center: Center
    request: Request
    commander: Person
    key: str | None

    def once(self, connection: AsyncConnection, incident_id: str, wish: Command) -> Repeatable | None:
        """The command under its key, if it has one."""
        if not self.key:
            return None
        return Repeatable(connection, self.commander.owner, f"{incident_id} {self.key}", _digest(wish))


def _digest(wish: Command | ByHand) -> str:
    return digest(msgspec.json.encode(wish).decode())


async def _result(asked: Asked, incident_id: str, wish: Command) -> dict[str, Any]:
    try:
        if wish.command in RESHAPING:
            raise Invalid(say("one_at_a_time", command=wish.command), field="command")
        answer = await _carried_out(asked, incident_id, wish)
    except CenterError as error:
        answer = of_center(asked.request, error)
    kind = "incident" if answer.status_code == 200 else "problem"
    return {"id": incident_id, "status": answer.status_code, kind: msgspec.Raw(bytes(answer.body))}


async def _carried_out(asked: Asked, incident_id: str, wish: Command) -> Response:
    """The command, its audit and its repeatable answer in one transaction."""
    commander = asked.commander
    async with asked.center.engine.begin() as connection:
        # also of a repeat: what it answers may be of an incident that is out of sight by now
        for named in (incident_id, wish.incident):
            if named is not None:
                await survivor_id(connection, commander, named)
        once = asked.once(connection, incident_id, wish)
        if once and (earlier := await once.first()):
            return earlier
        after = await asked.center.commands.obeyed(connection, incident_id, wish, await _moment(connection, commander))
        acted_on = None if after.id == incident_id else after.id
        answer = json_answer(msgspec.to_builtins(after) | {"acted_on": acted_on})
        if once:
            await once.keep(answer)
        said = {"named": incident_id, "became": after.version, **msgspec.to_builtins(wish)}
        told = {name: value for name, value in said.items() if value not in (None, (), []) and name != "command"}
        await note(connection, asked.request, commander, f"incident.{wish.command}", after.id, **told)
    return answer


async def _moment(connection: AsyncConnection, commander: Person) -> Moment:
    """Recorded by the wall clock, its timers by that of the incidents."""
    city = await present_city(connection)
    clock = await recorded_clock(connection, city)
    return Moment(utc_now(), by=commander.name, agency=commander.agency, deadlines=deadlines_of(city), clock=clock)


@router.post(
    "",
    summary="Open an incident by hand",
    openapi_extra=takes(ByHand, BY_HAND),
    **gives(Reported, "Kafka has the report", status=202),
)
async def by_hand(center: Here, request: Request, commander: Commander, idempotency_key: Key = None) -> Response:
    """Kept as a citizen's report with its author, in a city of recordings at the time of the recording; it may join an
    incident that is already there. Written down by somebody of an agency it names that agency."""
    given, now = await body_as(request, ByHand), utc_now()
    report, asked = _report(given, commander), _digest(given)
    apart = idempotency_key or f"{rfc3339(now)} {getattr(request.state, 'request_id', '')}"
    event_id = "hand-" + digest(commander.owner, apart, asked)
    answer = json_answer(Reported(event_id, report_asset(PEOPLE, event_id)), 202)
    claim = Claim(center.engine, commander.owner, f" {idempotency_key}", asked) if idempotency_key else None
    since = await claim.first() if claim else now
    if isinstance(since, Response):
        return since
    try:
        async with center.engine.connect() as connection:
            at = await recorded_clock(connection, await present_city(connection)) or now
        await _send(center, event_id, _event(report, event_id, at))
    except CenterError:
        if claim:
            await claim.release(since)
        raise
    async with center.engine.begin() as connection:
        if claim is None or await claim.keep(connection, since, answer):
            await note(connection, request, commander, "incident.by_hand", event_id)
    return answer


async def _send(center: Center, event_id: str, event: bytes) -> None:
    """Returns once Kafka has it, with no connection of the pool in hand: Kafka may be slow.

    What was given up may still arrive; it is harmless, since of an id only one is taken.
    """
    try:
        async with asyncio.timeout(SENT_WITHIN_S):
            await center.producer.send_and_wait(REPORTS_BY_HAND, event, key=event_id.encode(), headers=KAFKA_HEADERS)
    except TimeoutError:
        raise Unavailable(say("kafka_unacknowledged")) from None
    except KafkaError as error:
        raise Unavailable(say("kafka_refused", reason=error)) from None


def _report(given: ByHand, author: Person) -> Report:
    """What is told as a report that ingest will take. Raises Invalid naming the field."""
    report = Report(given.category, given.lon, given.lat, given.text, reporter=author.name, agency=author.agency)
    check_report(report)
    return report


def _event(report: Report, event_id: str, at: datetime) -> bytes:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": PEOPLE,
        "type": "report.created",
        "time": at,
        "datacontenttype": JSON,
        "data": report,
    }
    return msgspec.json.encode(event)
