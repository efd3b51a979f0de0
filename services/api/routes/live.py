"""`/v1/live`: what happens, as it happens, over Server-Sent Events and WebSocket."""

import re
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, get_origin

from fastapi import APIRouter, Header, HTTPException, Query, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse
from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError

from schemas.errors import CenterError
from services.api.answers import problems, schema_of
from services.api.center import Here, center_of
from services.api.filters import Followed, box_of
from services.api.live.frames import AnyFrame
from services.api.live.session import Session
from services.api.people import READ, Reader, allow, is_still, person_of
from services.api.query_faults import asked_wrongly

router = APIRouter(tags=["live"])
POLICY, UNAVAILABLE, DONE = 1008, 1013, 1000
REASON_BYTES = 123
"""A close frame holds no more beside its code (RFC 6455 §5.5)."""
NUMBER = re.compile("[0-9]{1,18}")
SEVERAL = {name for name, field in Followed.model_fields.items() if get_origin(field.annotation) is list}
"""Filters that may be given several times."""
STREAM: dict[str, Any] = {
    "response_class": StreamingResponse,
    "responses": {
        200: {
            "description": "Events named after their frame; `id` is what to resume from",
            "content": {"text/event-stream": {"schema": schema_of(AnyFrame)}},
        },
        **problems(401, 403, 422, 503),
    },
}


@router.get("/v1/live", summary="Live frames as Server-Sent Events", **STREAM)
async def live(
    center: Here,
    request: Request,
    reader: Reader,
    wanted: Annotated[Followed, Query()],
    last_event_id: Annotated[str | None, Header(description="The number to resume after")] = None,
) -> StreamingResponse:
    """Frames `snapshot`, `change`, `values`, `tiles`, `reset`, `ping`; the stream ends after a `reset` that says so."""
    box_of(wanted.bbox)
    if last_event_id and NUMBER.fullmatch(last_event_id):
        wanted = wanted.model_copy(update={"since": int(last_event_id)})
    session = Session(center, wanted, reader, partial(is_still, request, reader, READ))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(session), 200, headers, "text/event-stream")


async def _events(session: Session) -> AsyncIterator[bytes]:
    yield b"retry: 1000\n\n"
    async for frame in session.frames():
        yield frame.sse()


@router.websocket("/v1/live/ws")
async def live_ws(socket: WebSocket) -> None:
    """The same frames over WebSocket, one JSON text each; the query takes the same filters and `since`."""
    try:
        reader = allow(await person_of(socket), READ)
    except HTTPException as error:
        await socket.close(POLICY, _short(str(error.detail)))
        return
    except SQLAlchemyError:
        await socket.close(UNAVAILABLE, "PostgreSQL does not answer")
        return
    await socket.accept()
    try:
        wanted = _followed(socket)
    except (ValidationError, CenterError) as error:
        await socket.close(POLICY, _short(_why(error)))
        return
    session = Session(center_of(socket), wanted, reader, partial(is_still, socket, reader, READ))
    try:
        async for frame in session.frames():
            await socket.send_text(frame.json.decode())
        await socket.close(DONE)
    except (WebSocketDisconnect, RuntimeError):
        return


def _short(reason: str) -> str:
    return reason.encode()[:REASON_BYTES].decode(errors="ignore")


def _why(error: ValidationError | CenterError) -> str:
    """The filter and what is wrong with it; a client reads it only once the socket is open."""
    if isinstance(error, CenterError):
        return str(error)
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {asked_wrongly(first)}"


def _followed(socket: WebSocket) -> Followed:
    query = socket.query_params
    wanted = Followed.model_validate({name: query.getlist(name) if name in SEVERAL else query[name] for name in query})
    box_of(wanted.bbox)
    return wanted
