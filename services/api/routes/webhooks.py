"""`/v1/webhooks`: endpoints that are told of changes, and what they were told."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Row

from infra.clock import utc_now
from infra.outbound.guard import vetted_address
from infra.postgres import webhook_store as store
from schemas.times import At
from services.api.answers import Page, body_as, cut, gives, json_answer, keys_of, raw_page, takes
from services.api.audit import note
from services.api.center import Here
from services.api.examples import WEBHOOK
from services.api.people import CONNECT, Connector, may

router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=[Depends(may(CONNECT))])


class Filters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which changes are told; an empty list lets everything through."""

    kinds: list[str] = []
    """Kinds of change: `opened`, `updated`, `merged`, `resolved`, …"""
    severity: list[str] = []
    domain: list[str] = []
    agency: list[str] = []
    zone: list[str] = []
    state: list[str] = []


class Wish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An endpoint to register."""

    url: str
    description: str = ""
    filters: Filters = Filters()


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A registered endpoint."""

    id: str
    url: str
    description: str
    filters: dict[str, list[str]]
    created_at: At
    disabled_at: At | None
    disabled_reason: str | None
    failing_since: At | None


class NewEndpoint(Endpoint, frozen=True, kw_only=True):
    """A registered endpoint with its secret, which is shown this once."""

    secret: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One change on its way to one endpoint."""

    id: int
    message_id: str
    """The header `webhook-id`: stable over retries and replays."""
    incident_id: str
    version: int
    state: str
    """`waiting`, `delivered`, `failed`, `unsaid`."""
    attempts: int
    created_at: At
    next_at: At
    body: str
    """The bytes that are signed and sent."""


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One try."""

    at: At
    status: int | None
    error: str | None
    duration_ms: int
    response: str | None


class Attempts(msgspec.Struct, frozen=True):
    """The attempts of one delivery, the oldest first."""

    items: list[Attempt]


class Accepted(msgspec.Struct, frozen=True):
    """It is on its way; the deliveries say what came of it."""

    id: str


def _endpoint(row: Row[Any]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Endpoint.__struct_fields__}


def _delivery(row: Row[Any]) -> dict[str, Any]:
    names = [name for name in Delivery.__struct_fields__ if name != "body"]
    return {name: getattr(row, name) for name in names} | {"body": row.body.decode()}


@router.post(
    "",
    summary="Register an endpoint",
    openapi_extra=takes(Wish, WEBHOOK),
    **gives(NewEndpoint, "Registered; the secret is shown this once", status=201),
)
async def register(center: Here, request: Request, connector: Connector) -> Response:
    """Changes are POSTed to it, signed as Standard Webhooks says."""
    wish = await body_as(request, Wish)
    await vetted_address(wish.url, allow_private=center.settings.webhook_allow_private)
    filters = {name: value for name, value in msgspec.to_builtins(wish.filters).items() if value}
    async with center.engine.begin() as connection:
        row = await store.add_endpoint(connection, wish.url, filters, wish.description, utc_now())
        await note(connection, request, connector, "webhook.registered", row.id)
    return json_answer(_endpoint(row) | {"secret": row.secrets[0]}, 201, Location=f"/v1/webhooks/{row.id}")


@router.get("", summary="Endpoints", **gives(Page[Endpoint], "All endpoints, the oldest first"))
async def listed(center: Here) -> Response:
    """Disabled ones too, with the reason."""
    async with center.engine.connect() as connection:
        return raw_page([_endpoint(row) for row in await store.all_endpoints(connection)], None)


@router.get("/{endpoint_id}", summary="One endpoint", **gives(Endpoint, "The endpoint", 404))
async def one(center: Here, endpoint_id: str) -> Response:
    """Without its secret."""
    async with center.engine.connect() as connection:
        return json_answer(_endpoint(await store.endpoint(connection, endpoint_id)))


@router.delete("/{endpoint_id}", summary="Remove an endpoint", status_code=204, response_class=Response)
async def remove(center: Here, request: Request, connector: Connector, endpoint_id: str) -> Response:
    """With its deliveries."""
    async with center.engine.begin() as connection:
        await store.remove_endpoint(connection, endpoint_id)
        await note(connection, request, connector, "webhook.removed", endpoint_id)
    return Response(status_code=204)


@router.post("/{endpoint_id}/enable", summary="Enable it again", **gives(Endpoint, "The endpoint", 404))
async def enable(center: Here, request: Request, connector: Connector, endpoint_id: str) -> Response:
    """After it was disabled because it answered 410 or failed for days."""
    async with center.engine.begin() as connection:
        await store.set_enabled(connection, endpoint_id, None, utc_now())
        await note(connection, request, connector, "webhook.enabled", endpoint_id)
        return json_answer(_endpoint(await store.endpoint(connection, endpoint_id)))


@router.get(
    "/{endpoint_id}/deliveries", summary="What it was told", **gives(Page[Delivery], "A page of deliveries", 404)
)
async def deliveries(
    center: Here, endpoint_id: str, cursor: str | None = None, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> Response:
    """The newest first."""
    before = keys_of(cursor, int)[0] if cursor else 2**62
    async with center.engine.connect() as connection:
        await store.endpoint(connection, endpoint_id)
        found = await store.deliveries_of(connection, endpoint_id, before, limit + 1)
    rows, following = cut(found, limit, "id")
    return raw_page([_delivery(row) for row in rows], following)


@router.get(
    "/{endpoint_id}/deliveries/{delivery_id}/attempts", summary="Attempts", **gives(Attempts, "Every attempt", 404)
)
async def attempts(center: Here, endpoint_id: str, delivery_id: int) -> Response:
    """Status, error, duration and the beginning of the answer."""
    async with center.engine.connect() as connection:
        await store.endpoint(connection, endpoint_id)
        found = await store.attempts_of(connection, delivery_id)
    names = Attempt.__struct_fields__
    return json_answer({"items": [{name: getattr(row, name) for name in names} for row in found]})


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/replay",
    summary="Send it again",
    **gives(Accepted, "It is due now", 404, status=202),
)
async def replay(center: Here, request: Request, connector: Connector, endpoint_id: str, delivery_id: int) -> Response:
    """The same bytes under the same id."""
    async with center.engine.begin() as connection:
        await store.replay(connection, endpoint_id, delivery_id, utc_now())
        await note(connection, request, connector, "webhook.replayed", f"{endpoint_id}/{delivery_id}")
    return json_answer(Accepted(str(delivery_id)), 202)
