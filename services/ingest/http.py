"""`POST /v1/events`: CloudEvents in three modes, answered once Kafka has them."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from city.judge import Accepted, Judge
from infra.clock import now_ms
from infra.redis.seen import Seen, seen_key
from schemas.cloudevents import (
    BATCH,
    BINARY_MARK,
    STRUCTURED,
    CloudEvent,
    decode_batch,
    decode_binary,
    decode_structured,
)
from schemas.errors import Invalid, Unavailable
from schemas.refusals import checked
from schemas.sentences import say
from services.ingest.body import read
from services.ingest.edges.ngsi_ld.edge import posted
from services.ingest.edges.runner import Edges
from services.ingest.packer import Packer
from services.ingest.problems import Refused, json_answer, problem, refused, title
from services.ingest.reference import Known, may_write

ACKNOWLEDGED_WITHIN_S = 5.0
RETRY_AFTER_S = 5
FAULTS_NAMED = 100
"""Records of one pack that an answer names; the rest is counted."""
ORIGIN = re.compile(r"[A-Za-z0-9._:\-\[\]]{1,253}")
"""A name of a host: who asks to deliver to a hook."""
NOT_NOW = {"Retry-After": str(RETRY_AFTER_S)}


class Open(msgspec.Struct):
    """What the address needs once Kafka answers."""

    known: Known
    packer: Packer
    seen: Seen
    edges: Edges


class Door:
    """The HTTP side of ingest; it answers 503 until `opened` is set."""

    def __init__(self, body_limit: int) -> None:
        """`body_limit`: largest body, bytes."""
        self._body_limit = body_limit
        self.opened: Open | None = None

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/v1/events", self._answering(self._post), methods=["POST"]),
                Route("/v1/hooks/{edge}", self._answering(self._hook), methods=["POST", "OPTIONS"]),
                Route("/healthz", self._healthz),
                Route("/readyz", self._readyz),
            ],
            exception_handlers={HTTPException: _http_problem},
        )

    async def _healthz(self, request: Request) -> Response:
        return json_answer(request, 200, {"alive": True})

    async def _readyz(self, request: Request) -> Response:
        return json_answer(request, 200 if self.opened else 503, {"kafka": self.opened is not None})

    def _answering(self, handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            try:
                return await handler(request)
            except Refused as refusal:
                return problem(request, refusal)
            except Invalid as error:
                return problem(request, refused(error))
            except (Unavailable, TimeoutError):
                return problem(request, Refused(503, say("try_again", seconds=RETRY_AFTER_S), headers=NOT_NOW))
            except ClientDisconnect:
                return problem(request, Refused(400, say("cut_off")))

        return endpoint

    async def _post(self, request: Request) -> Response:
        opened, body = await self._let_in(request)
        answer = await _take(opened, _decoded(request, body))
        return json_answer(request, 202, answer)

    async def _hook(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return self._consent(request)
        opened, body = await self._let_in(request)
        intake = opened.edges.hook(request.path_params["edge"])
        if intake is None:
            raise Refused(404, say("no_edge"))
        outcome = await asyncio.wait_for(posted(intake, body), ACKNOWLEDGED_WITHIN_S)
        return json_answer(request, 202, outcome)

    def _consent(self, request: Request) -> Response:
        """Consent to deliveries, which CloudEvents HTTP webhooks ask for first, without a key: no secret is told."""
        if self.opened is None:
            raise Unavailable(say("kafka_not_yet"))
        if self.opened.edges.hook(request.path_params["edge"]) is None:
            raise Refused(405, say("no_edge"), headers={"Allow": ""})
        origin = request.headers.get("webhook-request-origin", "")
        headers = {"Allow": "POST, OPTIONS"}
        if ORIGIN.fullmatch(origin):
            headers |= {"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"}
        return Response(None, 200, headers)

    async def _let_in(self, request: Request) -> tuple[Open, bytes]:
        if self.opened is None:
            raise Unavailable(say("kafka_not_yet"))
        _authorise(request, self.opened.known)
        return self.opened, await read(request, self._body_limit)


async def _http_problem(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    return problem(request, Refused(status, title(status), headers=getattr(error, "headers", None)))


def _authorise(request: Request, known: Known) -> None:
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    given = key.strip() if kind.lower() == "bearer" else ""
    holder = known.holder(given) if given else None
    if holder is None:
        raise Refused(401, say("key_unknown" if given else "send_key"), headers={"WWW-Authenticate": "Bearer"})
    if not may_write(holder):
        raise Refused(403, say("key_roles", id=holder.id, roles=", ".join(holder.roles)))


def _decoded(request: Request, body: bytes) -> list[CloudEvent | Invalid]:
    """The events of a request, in order, errors in the place of bad ones. Raises Refused or Invalid."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind in {STRUCTURED, BATCH}:
        checked(bytes.decode, body)
        return decode_batch(body) if kind == BATCH else [decode_structured(body)]
    if BINARY_MARK in request.headers:
        return [decode_binary({**request.headers}, body)]
    raise Refused(415, say("content_type", given=kind or "–", structured=STRUCTURED, batch=BATCH))


async def _take(opened: Open, events: list[CloudEvent | Invalid]) -> dict[str, Any]:
    keys = [seen_key(event.source, event.id) if isinstance(event, CloudEvent) else b"" for event in events]
    known = await opened.seen.known([key for key in keys if key])
    accepted, rejected, taken, duplicates = [], [], [], 0
    judge, now = opened.known.judge, now_ms()
    for index, (event, key) in enumerate(zip(events, keys, strict=True)):
        if key and key in known:
            duplicates += 1
            continue
        judged = _judged(judge, event, now)
        if isinstance(judged, Invalid):
            rejected.append(_rejection(index, event, judged))
            continue
        accepted.append(judged)
        rejected += _faults(index, judged)
        taken.append(key)
        known.add(key)
    if rejected and not accepted and not duplicates:
        first = rejected[0]
        raise Refused(422, first["detail"], field=first.get("field"), rejected=rejected)
    if accepted:
        await asyncio.wait_for(asyncio.shield(opened.packer.add(accepted)), ACKNOWLEDGED_WITHIN_S)
        await opened.seen.remember(taken)
    return {"accepted": len(accepted), "rejected": rejected, "duplicates": duplicates}


def _judged(judge: Judge, event: CloudEvent | Invalid, now: int) -> Accepted | Invalid:
    if isinstance(event, Invalid):
        return event
    try:
        return judge.accept(event, now)
    except Invalid as error:
        return error


def _rejection(index: int, event: CloudEvent | Invalid, error: Invalid) -> dict[str, Any]:
    found = {"index": index, "id": event.id if isinstance(event, CloudEvent) else None}
    if error.field is None:
        return {**found, "detail": error.said}
    return {**found, "detail": say("at_field", field=error.field, detail=error.said), "field": error.field}


def _faults(index: int, accepted: Accepted) -> list[dict[str, Any]]:
    """Records of a pack that were not taken while others were."""
    named = [
        {
            "index": index,
            "id": accepted.id,
            "record": fault.record,
            "field": f"data.{fault.record}.{fault.field}".rstrip("."),
            "detail": say("in_record_field", record=fault.record, field=fault.field, detail=fault.detail),
        }
        for fault in accepted.faults[:FAULTS_NAMED]
    ]
    more = len(accepted.faults) - len(named)
    if more:
        named.append({"index": index, "id": accepted.id, "detail": say("more_records", number=more)})
    return named
