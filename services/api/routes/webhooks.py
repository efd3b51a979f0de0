"""`/v1/webhooks`: endpoints that are told of changes, and what they were told; of an agency its own."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from city.delivery import probe
from infra.clock import utc_now
from infra.postgres import redelivery
from infra.postgres import webhook_store as store
from infra.postgres.reference import check_agency, names_in_force
from schemas.errors import Conflict, Unknown
from schemas.sentences import say
from services.api.answers import Page, body_as, cut, gives, json_answer, keys_of, raw_page, takes
from services.api.audit import note
from services.api.center import Here
from services.api.endpoint_forms import OWN, changed, made, moved, told
from services.api.examples import ENDPOINTS
from services.api.people import Teller, agency_for
from services.api.webhook_shapes import (
    Accepted,
    Attempt,
    Attempts,
    Delivery,
    DeliveryState,
    Endpoint,
    EndpointChange,
    NewEndpoint,
    ReplayWish,
    SentAgain,
    Wish,
    delivery_view,
    endpoint_view,
)


async def within_agency(center: Here, request: Request, teller: Teller) -> None:
    """Raises Unknown for an endpoint that is not of the teller's agency."""
    endpoint_id = request.path_params.get("endpoint_id")
    if teller.agency is None or endpoint_id is None:
        return
    async with center.engine.connect() as connection:
        if (await store.endpoint(connection, endpoint_id)).agency != teller.agency:
            raise Unknown(say("no_webhook", id=endpoint_id))


async def require_enabled(connection: AsyncConnection, endpoint_id: str) -> None:
    """Raises Unknown, and Conflict for an endpoint that is disabled: nothing is due there."""
    if (await store.endpoint(connection, endpoint_id)).disabled_at is not None:
        raise Conflict(say("disabled"))


async def shown(connection: AsyncConnection, row: store.Found) -> dict[str, Any]:
    """One endpoint beside what the city has now."""
    return endpoint_view(row, await names_in_force(connection))


router = APIRouter(prefix="/v1/webhooks", tags=["webhooks"], dependencies=[Depends(within_agency)])
SINCE = {"since": "2026-01-31T06:00:00Z"}


@router.post(
    "",
    summary="Register an endpoint",
    openapi_extra=takes(Wish, examples=ENDPOINTS),
    **gives(NewEndpoint, "Registered; the secret is shown this once", status=201),
)
async def register(center: Here, request: Request, teller: Teller) -> Response:
    """A webhook is POSTed changes, signed as Standard Webhooks says; the other forms tell people, in words. With an
    `agency`, or registered by its people or keys, it belongs to that: it is told only of what names it.
    """
    wish = await body_as(request, Wish)
    values = await made(wish, center.settings) | {"agency": agency_for(teller, wish.agency)}
    async with center.engine.begin() as connection:
        if teller.agency is None:
            await check_agency(connection, wish.agency)
        row = await store.add_endpoint(connection, values, utc_now())
        await note(connection, request, teller, "webhook.registered", row.id, **_registered(values))
        view = await shown(connection, row)
    secret = row.secrets[0] if row.secrets else None
    return json_answer(view | {"secret": secret}, 201, Location=f"/v1/webhooks/{row.id}")


def _registered(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told(values).items() if value}


@router.get("", summary="Endpoints", **gives(Page[Endpoint], "All endpoints, the oldest first"))
async def listed(center: Here, teller: Teller) -> Response:
    """Disabled ones too, with the reason; for people of an agency those of their agency."""
    async with center.engine.connect() as connection:
        known = await names_in_force(connection)
        found = await store.queued_endpoints(connection, teller.agency)
    return raw_page([endpoint_view(row, known) for row in found], None)


@router.get("/{endpoint_id}", summary="One endpoint", **gives(Endpoint, "The endpoint", 404))
async def one(center: Here, endpoint_id: str) -> Response:
    """Without its secret."""
    async with center.engine.connect() as connection:
        return json_answer(await shown(connection, await store.endpoint(connection, endpoint_id)))


@router.patch(
    "/{endpoint_id}",
    summary="Change an endpoint",
    openapi_extra=takes(EndpointChange, {"filters": {"severity": ["critical"]}}),
    **gives(Endpoint, "The endpoint as it is now", 404),
)
async def change(center: Here, request: Request, teller: Teller, endpoint_id: str) -> Response:
    """Another address, description, filters, …; form and secret stay. What waits goes to the new address, at once. The
    header `authorization` is for one server: with an address at another one it is gone unless it is given again.
    """
    wish = await body_as(request, EndpointChange, change=True)
    async with center.engine.connect() as connection:
        form = (await store.endpoint(connection, endpoint_id)).form
    values = await changed(wish, form, center.settings)
    async with center.engine.begin() as connection:
        values = moved(values, await store.endpoint(connection, endpoint_id, lock=True))
        row = await store.change_endpoint(connection, endpoint_id, values)
        if values.keys() & OWN:
            await redelivery.hasten(connection, endpoint_id, utc_now())
        await note(connection, request, teller, "webhook.changed", endpoint_id, **told(values))
        return json_answer(await shown(connection, row))


@router.delete("/{endpoint_id}", summary="Remove an endpoint", status_code=204, response_class=Response)
async def remove(center: Here, request: Request, teller: Teller, endpoint_id: str) -> Response:
    """With its deliveries."""
    async with center.engine.begin() as connection:
        await store.remove_endpoint(connection, endpoint_id)
        await note(connection, request, teller, "webhook.removed", endpoint_id)
    return Response(status_code=204)


@router.post("/{endpoint_id}/enable", summary="Enable it again", **gives(Endpoint, "The endpoint", 404))
async def enable(center: Here, request: Request, teller: Teller, endpoint_id: str) -> Response:
    """After it was disabled because it answered 410 or failed for days. What waits is tried now."""
    async with center.engine.begin() as connection:
        await store.set_enabled(connection, endpoint_id, None, utc_now())
        await redelivery.hasten(connection, endpoint_id, utc_now())
        await note(connection, request, teller, "webhook.enabled", endpoint_id)
        return json_answer(await shown(connection, await store.endpoint(connection, endpoint_id)))


@router.post("/{endpoint_id}/disable", summary="Tell it nothing for now", **gives(Endpoint, "The endpoint", 404))
async def disable(center: Here, request: Request, teller: Teller, endpoint_id: str) -> Response:
    """What waits is kept until it is enabled; what happens meanwhile is not queued."""
    async with center.engine.begin() as connection:
        await store.set_enabled(connection, endpoint_id, say("disabled_by", name=teller.name), utc_now())
        await note(connection, request, teller, "webhook.disabled", endpoint_id)
        return json_answer(await shown(connection, await store.endpoint(connection, endpoint_id)))


@router.post(
    "/{endpoint_id}/rotate",
    summary="Give it a new secret",
    **gives(NewEndpoint, "The endpoint; the new secret is shown this once", 404, 409),
)
async def rotate(center: Here, request: Request, teller: Teller, endpoint_id: str) -> Response:
    """The secret before signs beside the new one until the next rotation, so that a receiver can change over."""
    async with center.engine.begin() as connection:
        secret = await store.rotate_secret(connection, endpoint_id)
        await note(connection, request, teller, "webhook.rotated", endpoint_id)
        view = await shown(connection, await store.endpoint(connection, endpoint_id))
    return json_answer(view | {"secret": secret})


@router.post(
    "/{endpoint_id}/test", summary="Send it a test event", **gives(Accepted, "It is due now", 404, 409, status=202)
)
async def test(center: Here, request: Request, teller: Teller, endpoint_id: str) -> Response:
    """A delivery of the type `center.test`, whatever the filters, of people to the first level; it is among the
    deliveries under the id."""
    now = utc_now()
    async with center.engine.begin() as connection:
        await require_enabled(connection, endpoint_id)
        row = await store.add_probe(connection, endpoint_id, probe(now), now)
        await note(connection, request, teller, "webhook.tested", endpoint_id)
    return json_answer(Accepted(str(row.id)), 202)


@router.get(
    "/{endpoint_id}/deliveries", summary="What it was told", **gives(Page[Delivery], "A page of deliveries", 404)
)
async def deliveries(
    center: Here,
    endpoint_id: str,
    state: DeliveryState | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """The newest first, each with what came of its last attempt."""
    before = keys_of(cursor, int)[0] if cursor else 2**62
    async with center.engine.connect() as connection:
        await store.endpoint(connection, endpoint_id)
        found = await store.deliveries_of(connection, endpoint_id, before, limit + 1, state)
    rows, following = cut(found, limit, "id")
    return raw_page([delivery_view(row) for row in rows], following)


@router.get(
    "/{endpoint_id}/deliveries/{delivery_id}/attempts", summary="Attempts", **gives(Attempts, "Every attempt", 404)
)
async def attempts(center: Here, endpoint_id: str, delivery_id: int) -> Response:
    """Status, error, duration and the beginning of the answer."""
    async with center.engine.connect() as connection:
        found = await store.attempts_of(connection, endpoint_id, delivery_id)
    names = Attempt.__struct_fields__
    return json_answer({"items": [{name: getattr(row, name) for name in names} for row in found]})


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/replay",
    summary="Send it again",
    **gives(Accepted, "It is due now", 404, 409, status=202),
)
async def replay(center: Here, request: Request, teller: Teller, endpoint_id: str, delivery_id: int) -> Response:
    """The same bytes under the same id."""
    async with center.engine.begin() as connection:
        await require_enabled(connection, endpoint_id)
        await redelivery.replay(connection, endpoint_id, delivery_id, utc_now())
        await note(connection, request, teller, "webhook.replayed", f"{endpoint_id}/{delivery_id}")
    return json_answer(Accepted(str(delivery_id)), 202)


@router.post(
    "/{endpoint_id}/replay",
    summary="Send it everything again since a time",
    openapi_extra=takes(ReplayWish, SINCE),
    **gives(SentAgain, "They are due now", 404, 409, status=202),
)
async def replay_since(center: Here, request: Request, teller: Teller, endpoint_id: str) -> Response:
    """What was delivered or given up, in order for each incident, the same bytes under the same ids."""
    wish = await body_as(request, ReplayWish)
    async with center.engine.begin() as connection:
        await require_enabled(connection, endpoint_id)
        count = await redelivery.replay_since(connection, endpoint_id, wish.since, utc_now())
        await note(connection, request, teller, "webhook.replayed", endpoint_id, since=wish.since.isoformat())
    return json_answer(SentAgain(count), 202)
