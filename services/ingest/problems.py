"""Answers that say what was wrong and the way out (RFC 9457)."""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from infra.metrics import REFUSED
from schemas import sentences
from schemas.errors import Invalid
from schemas.sentences import Sentence, preferred, told

PROBLEM = "application/problem+json"


class Refused(Exception):
    """A request is answered with a problem."""

    def __init__(self, status: int, said: str, *, headers: dict[str, str] | None = None, **members: Any) -> None:
        """`members`: further members of the problem document, e.g. `field`; None ones are left out."""
        super().__init__(said)
        self.status, self.said, self.headers, self.members = status, said, headers or {}, members


def refused(error: Invalid) -> Refused:
    """The 422 of an Invalid."""
    return Refused(422, error.said, field=error.field)


def problem(request: Request, refusal: Refused) -> Response:
    """The problem document, in the language that the request prefers; counted."""
    REFUSED.labels(refusal.status).inc()
    body = {
        "type": "about:blank",
        "title": title(refusal.status),
        "status": refusal.status,
        "detail": refusal.said,
        "code": refusal.said.code if isinstance(refusal.said, Sentence) else None,
        **refusal.members,
    }
    given = {name: value for name, value in body.items() if value is not None}
    return _answer(request, refusal.status, given, media_type=PROBLEM, headers=refusal.headers)


def title(status: int) -> str:
    """What ingest calls a status."""
    return sentences.title(status, "ingest")


def json_answer(request: Request, status: int, body: Any) -> Response:
    """A JSON response; sentences in it are in the language that the request prefers."""
    return _answer(request, status, body, media_type="application/json", headers={})


def _answer(request: Request, status: int, body: Any, *, media_type: str, headers: Mapping[str, str]) -> Response:
    language = preferred(request.headers.get("accept-language"))
    said = {"Content-Language": language, "Vary": "Accept-Language", **headers}
    content = msgspec.json.encode(body, enc_hook=lambda sentence: told(sentence, language))
    return Response(content, status, said, media_type=media_type)
