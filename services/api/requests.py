"""What every request gets: an id, headers that protect browsers, a line in the metrics."""

import secrets
import time

import structlog
from prometheus_client import Counter, Histogram
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.api import bodies
from services.api.passing import passed_on

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self' ws: wss:; worker-src 'self' blob:; font-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
PROTECTION = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
REQUESTS = Counter("soc_api_requests_total", "Requests answered by the API", ["method", "route", "status"])
SECONDS = Histogram("soc_api_request_seconds", "Time until the API began to answer", ["method", "route"])
ID_LENGTH = 64


def request_id_of(scope: Scope) -> str:
    """The caller's X-Request-Id if it is a plain one, else a new one."""
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    plain = given.replace("-", "").isalnum() and given.isascii() and len(given) <= ID_LENGTH
    return given if plain else secrets.token_hex(8)


class Envelope:
    """Middleware in plain ASGI, so that streams pass through unbuffered."""

    def __init__(self, app: ASGIApp, body_limit: int) -> None:
        """`body_limit`: largest body of a request, bytes; what is passed on unread is ingest's to limit."""
        self.app, self._body_limit = app, body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wraps one request; WebSockets pass as they are."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if not passed_on(scope["path"]):
            receive = bodies.within(scope, receive, self._body_limit)
        request_id = request_id_of(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _head_only(send)
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, receive, _labelled(scope, send, request_id))


def _head_only(send: Send) -> Send:
    """What a HEAD gets of the answer to a GET; a stream ends with it."""
    over = False

    async def told(message: Message) -> None:
        nonlocal over
        if not over:
            over = message["type"] != "http.response.start"
            await send({"type": "http.response.body"} if over else message)

    return told


def _labelled(scope: Scope, send: Send, request_id: str) -> Send:
    began = time.monotonic()

    async def labelled(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = request_id
            for name, value in PROTECTION.items():
                headers.setdefault(name, value)
            if scope["path"].startswith("/v1/"):
                headers.setdefault("Cache-Control", "no-store")
            route = getattr(scope.get("route"), "path", "none")
            REQUESTS.labels(scope["method"], route, str(message["status"])).inc()
            SECONDS.labels(scope["method"], route).observe(time.monotonic() - began)
        await send(message)

    return labelled
