"""Preconditions of HTTP (RFC 9110 §13.1): nothing here has an ETag; one that is passed over would protect nothing."""

from starlette.requests import HTTPConnection

from schemas.errors import Invalid
from schemas.sentences import say
from services.api.passing import passed_on

HEADERS = ("If-Match", "If-Unmodified-Since")
CHANGES = frozenset(("POST", "PUT", "PATCH", "DELETE"))


async def unconditional(connection: HTTPConnection) -> None:
    """For every route but those that ingest answers: raises Invalid, naming the header, where a change asks for one."""
    if connection.scope.get("method") not in CHANGES or passed_on(connection.url.path):
        return
    for name in HEADERS:
        if connection.headers.get(name, "*") != "*":
            raise Invalid(say("no_precondition"), field=name)
