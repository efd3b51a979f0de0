"""Which parameters a query may have: others are refused, since a list with a misspelt filter shows everything."""

from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import HTTPConnection

from schemas.errors import Invalid
from schemas.sentences import say
from services.api.passing import passed_on

PAGING = frozenset(("limit", "cursor"))
"""Asked of any list by clients that read all of them in one way; one that has no pages comes whole."""


async def parameters_known(connection: HTTPConnection) -> None:
    """For every route below `/v1/` but those that ingest answers: raises Invalid, naming an unknown parameter."""
    route = connection.scope.get("route")
    if not isinstance(route, APIRoute) or not route.path.startswith("/v1/") or passed_on(route.path):
        return
    if not connection.query_params:
        return
    known = set(_names(route.dependant))
    taken = known | PAGING if connection.scope["method"] == "GET" else known
    for name in connection.query_params:
        if name not in taken:
            there = ", ".join(sorted(known))
            raise Invalid(say("unknown_parameter", known=there) if there else say("no_parameters"), field=name)


def _names(dependant: Dependant) -> Iterator[str]:
    """As the documents name them: of a model its fields."""
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (field.alias or name for name, field in kind.model_fields.items())
        else:
            yield parameter.alias
    for one in dependant.dependencies:
        yield from _names(one)
