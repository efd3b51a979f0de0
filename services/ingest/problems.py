"""Answers that say what was wrong and the way out (RFC 9457)."""

from typing import Any

import msgspec
from starlette.responses import Response

from infra.metrics import REFUSED
from schemas.errors import Invalid

PROBLEM = "application/problem+json"
TITLES = {
    400: "The request cannot be read",
    401: "An API key is needed",
    403: "This API key may not write events",
    404: "There is nothing here",
    405: "This address takes POST only",
    413: "The body is too large",
    415: "This content type is not taken",
    422: "The input is not valid",
    503: "Kafka does not answer at the moment",
}


class Refused(Exception):
    """A request is answered with a problem."""

    def __init__(self, status: int, detail: str, *, headers: dict[str, str] | None = None, **members: Any) -> None:
        """`members`: further members of the problem document, e.g. `field`; None ones are left out."""
        super().__init__(detail)
        self.status, self.detail, self.headers, self.members = status, detail, headers or {}, members


def refused(error: Invalid) -> Refused:
    """The 422 of an Invalid."""
    return Refused(422, error.detail, field=error.field)


def problem(refusal: Refused) -> Response:
    """The problem document; counted."""
    REFUSED.labels(refusal.status).inc()
    title = TITLES.get(refusal.status, "Refused")
    body = {"type": "about:blank", "title": title, "status": refusal.status, "detail": refusal.detail}
    body |= {name: value for name, value in refusal.members.items() if value is not None}
    return Response(msgspec.json.encode(body), refusal.status, refusal.headers, media_type=PROBLEM)


def json_answer(status: int, body: Any) -> Response:
    """A JSON response."""
    return Response(msgspec.json.encode(body), status, media_type="application/json")
