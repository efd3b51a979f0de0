"""How the API answers: msgspec JSON, pages with cursors, and the same said in OpenAPI."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import msgspec
from fastapi import Request, Response

from schemas.errors import Invalid
from schemas.mended import taken
from schemas.refusals import checked
from schemas.sentences import say
from schemas.times import At
from services.api.unfit import fit

T = TypeVar("T")
JSON = "application/json"
MOST = 5000
"""Largest page."""
PROBLEM = "application/problem+json"
KEYS: dict[type, Any] = {datetime: At}
"""Times in cursors are aware."""
COMPONENT = "#/components/schemas/{name}"

published: list[Any] = []
"""Every type that an answer or a request names; its schemas are the components of the OpenAPI document."""

PROBLEMS = {
    400: "The request cannot be read.",
    401: "No valid API key or session came with the request.",
    403: "The key or user may not do this, or the request came from another origin.",
    404: "There is nothing with this id.",
    405: "There is nothing here for this method; `Allow` names those there are.",
    408: "Nothing more of the body has come for a while; send it again.",
    409: "Somebody changed it in between; read it again.",
    413: "The body is larger than what is taken here.",
    415: "The type or the coding of the body is not taken; `detail` names those that are.",
    422: "The input is not valid; `field` names what is wrong.",
    429: "Too many attempts; wait for `Retry-After` seconds.",
    503: "A server that this needs does not answer; retry after `Retry-After` seconds.",
}


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """One page of a list."""

    items: Sequence[T]
    next: str | None = None
    """Give it as `cursor` to get the page after this one; null on the last."""


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong (RFC 9457)."""

    title: str
    status: int
    detail: str = ""
    """One sentence for a person, in `Content-Language`: by `Accept-Language` `en` or `vi`, else `en`."""
    code: str = ""
    """What is wrong, by its name, which is the same in every language; empty where there is none."""
    type: str = "about:blank"
    instance: str = ""
    """The path of the request."""
    request_id: str = ""
    """Also in the header `X-Request-Id` and in the log."""
    field: str | None = None
    """Dotted path of what is wrong in the request."""
    current: Any = None
    """On a 409: the incident, or the row of reference data, as it is now."""


def json_answer(value: Any, status: int = 200, **headers: str) -> Response:
    """`value` as JSON, whatever msgspec encodes."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(msgspec.json.encode(value), status, named, JSON)


def raw_page(items: Sequence[Any], following: str | None) -> Response:
    """A page of rows that are JSON-ready already, as they came out of PostgreSQL."""
    return json_answer({"items": items, "next": following})


def cut(rows: Sequence[Any], limit: int, *columns: str) -> tuple[Sequence[Any], str | None]:
    """The rows of a page out of at most limit + 1 found, and the cursor after the last of them if more were found."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor_after(*(getattr(rows[limit - 1], name) for name in columns))


def cursor_after(*keys: Any) -> str:
    """An opaque cursor for the sort keys of the last row of a page."""
    return urlsafe_b64encode(msgspec.json.encode(keys)).decode().rstrip("=")


def keys_of(cursor: str, *kinds: type) -> tuple[Any, ...]:
    """The sort keys in a cursor, each of its type; raises Invalid."""
    try:
        keys = msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=list[Any])
        if len(keys) != len(kinds):
            raise ValueError
        fit(found := tuple(msgspec.convert(key, KEYS.get(kind, kind)) for key, kind in zip(keys, kinds, strict=True)))
    except (ValueError, RecursionError, Invalid):
        raise Invalid(say("not_cursor"), field="cursor") from None
    return found


async def body_as(request: Request, kind: type[T], *, change: bool = False) -> T:
    """The JSON body as `kind`, none at all like an empty object; raises Invalid naming the field.

    Null for what may be left out counts as left out, but not in a `change`, where that would be to keep it.
    """
    decode, body = msgspec.json.Decoder(kind).decode, await request.body() or b"{}"
    given = checked(decode, body) if change else taken(decode, body)[0]
    fit(msgspec.to_builtins(given, builtin_types=(datetime,)))
    return given


def schema_of(kind: Any) -> dict[str, Any]:
    """The schema of a type as OpenAPI refers to it; the type is published with the document."""
    if kind not in published:
        published.append(kind)
    found: dict[str, Any] = msgspec.json.schema_components([kind], ref_template=COMPONENT)[0][0]
    return found


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problem documents a route may answer with, for its `responses`."""
    content = {PROBLEM: {"schema": schema_of(Problem)}}
    return {status: {"description": PROBLEMS[status], "content": content} for status in statuses}


def gives(kind: Any, text: str, *statuses: int, status: int = 200, example: Any = None) -> dict[str, Any]:
    """Keyword arguments of a route that answers with `kind`: its `responses` and status."""
    content: dict[str, Any] = {"schema": schema_of(kind)}
    if example is not None:
        content["example"] = example
    told: dict[int | str, dict[str, Any]] = {status: {"description": text, "content": {JSON: content}}}
    every = sorted({401, 403, 422, 503, *statuses})
    return {"status_code": status, "response_class": Response, "responses": told | problems(*every)}


def also(given: dict[str, Any], status: int, kind: Any, text: str) -> dict[str, Any]:
    """What `gives` made, and one more answer that is no problem."""
    told = {status: {"description": text, "content": {JSON: {"schema": schema_of(kind)}}}}
    return given | {"responses": told | given["responses"]}


def takes(kind: Any, example: Any = None, *, examples: dict[str, Any] | None = None) -> dict[str, Any]:
    """`openapi_extra` of a route whose body is `kind`, with one example or several by name."""
    content: dict[str, Any] = {"schema": schema_of(kind)}
    if examples is None:
        content["example"] = example
    else:
        content["examples"] = {name: {"value": value} for name, value in examples.items()}
    return {"requestBody": {"required": True, "content": {JSON: content}}}
