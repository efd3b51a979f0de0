"""Passes `/v1/events` and `/v1/hooks/` to ingest unread, so that the center has one origin (DESIGN §9)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

import httpx
from fastapi import APIRouter, Header, HTTPException, Request, Response
from fastapi.responses import StreamingResponse

from schemas.cloudevents import BATCH, STRUCTURED
from schemas.errors import Unavailable
from schemas.sentences import say
from services.api.answers import problems, schema_of
from services.api.center import Here
from services.api.wire import Hooked, Taken

router = APIRouter(tags=["input"])
EVENTS, HOOKS = "/v1/events", "/v1/hooks/"
HOP = frozenset({"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length"})
PIECE_WITHIN_S = 30.0
"""A body of which nothing more comes for so long has ended without its end."""
TOLD = HOP | {"date", "server"}
"""Of an answer: what this server says itself."""
EVENT = {
    "specversion": "1.0",
    "id": "scada-20260131-0001",
    "source": "/power/scada",
    "type": "signal.raised",
    "time": "2026-01-31T08:00:00+07:00",
    "data": {"asset": "feeder-471", "kind": "power.outage", "severity": "major"},
}
SHAPE = {"type": "object", "required": ["specversion", "id", "source", "type"], "additionalProperties": True}
BODY = {
    "requestBody": {
        "required": True,
        "description": "CloudEvents 1.0: structured, batched, or binary with `ce-` headers (any other content type)",
        "content": {
            STRUCTURED: {"schema": SHAPE, "example": EVENT},
            BATCH: {"schema": {"type": "array", "items": SHAPE}, "example": [EVENT]},
        },
    }
}
ANSWERS = {
    202: {"description": "Kafka has them", "content": {"application/json": {"schema": schema_of(Taken)}}},
    **problems(400, 401, 403, 408, 413, 415, 422, 503),
}


@router.post(EVENTS, summary="Post events", status_code=202, openapi_extra=BODY, responses=ANSWERS)
async def events(center: Here, request: Request) -> Response:
    """Readings, signals, reports, works and warnings; 202 once Kafka has acknowledged them."""
    return await _passed(center.ingest, request)


HOOKED = {
    202: {"description": "Kafka has it", "content": {"application/json": {"schema": schema_of(Hooked)}}},
    **problems(400, 401, 403, 404, 408, 413, 415, 422, 503),
}


@router.post(HOOKS + "{name}", summary="Inbound webhooks", status_code=202, responses=HOOKED)
async def hooks(center: Here, request: Request, name: str) -> Response:
    """What other systems post in their own form, e.g. NGSI-LD notifications; `name` is the edge's id."""
    return await _passed(center.ingest, request)


CONSENT = {
    200: {
        "description": "Consent where `WebHook-Allowed-Origin` names who asked; `WebHook-Allowed-Rate` is `*`",
        "headers": {
            "WebHook-Allowed-Origin": {"schema": {"type": "string"}},
            "WebHook-Allowed-Rate": {"schema": {"type": "string"}},
        },
    },
    **problems(405, 503),
}


@router.options(HOOKS + "{name}", summary="May events be delivered here", response_class=Response, responses=CONSENT)
async def consent(
    center: Here, request: Request, name: str, webhook_request_origin: Annotated[str | None, Header()] = None
) -> Response:
    """The handshake of CloudEvents HTTP webhooks, without a key; each delivery needs one. 405: `name` is no hook."""
    return await _passed(center.ingest, request)


def passed_on(path: str) -> bool:
    """Whether ingest answers requests to this path; it has a limit of its own."""
    return path == EVENTS or path.startswith(HOOKS)


async def _passed(ingest: httpx.AsyncClient, request: Request) -> Response:
    headers = [(name, value) for name, value in request.headers.raw if name.decode("latin-1").lower() not in HOP]
    length = request.headers.get("content-length")
    if length is not None and request.method == "POST":
        headers.append((b"content-length", length.encode()))
    target = httpx.URL(quote(request.scope["path"]), query=request.url.query.encode() or None)
    content = _body(request) if request.method == "POST" else None
    passed = ingest.build_request(request.method, target, headers=headers, content=content)
    try:
        answer = await ingest.send(passed, stream=True)
    except TimeoutError:
        raise HTTPException(408, say("body_stalled", seconds=PIECE_WITHIN_S), {"Connection": "close"}) from None
    except httpx.TransportError as error:
        raise Unavailable(say("ingest_down", reason=type(error).__name__)) from None
    kept = {name: value for name, value in answer.headers.items() if name.lower() not in TOLD}
    return StreamingResponse(_answered(answer), answer.status_code, kept)


async def _body(request: Request) -> AsyncIterator[bytes]:
    pieces = aiter(request.stream())
    while True:
        async with asyncio.timeout(PIECE_WITHIN_S):
            piece = await anext(pieces, None)
        if piece is None:
            return
        if piece:
            yield piece


async def _answered(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()
