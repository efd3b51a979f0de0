"""`/v1/keys`: API keys of integrators and screens; for admins."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response

from infra.clock import utc_now
from infra.postgres import keys
from infra.postgres.keys import NewKey
from schemas.reference import ApiKey
from services.api.answers import Page, body_as, gives, json_answer, takes
from services.api.audit import note
from services.api.center import Here
from services.api.people import ADMIN, Person, may

router = APIRouter(prefix="/v1/keys", tags=["people"], dependencies=[Depends(may(ADMIN))])
Admin = Annotated[Person, Depends(may(ADMIN))]


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """An API key; its secret is nowhere."""

    id: str
    name: str
    """Who uses it; what it does is written down under this name."""
    roles: tuple[str, ...]
    agency: str | None
    """Sees and handles what names this agency only; null: the whole city."""


class IssuedKey(Key, frozen=True, kw_only=True):
    """A key that was made just now."""

    secret: str
    """Shown this once."""


WISH = {"name": "Wall of the operations room", "roles": ["viewer"]}


def _shown(key: ApiKey) -> Key:
    return Key(id=key.id, name=key.name or key.id, roles=key.roles, agency=key.agency)


@router.get("", summary="API keys", **gives(Page[Key], "Every key that counts"))
async def listed(center: Here) -> Response:
    """Without their secrets."""
    async with center.engine.connect() as connection:
        return json_answer(Page(items=[_shown(key) for key in await keys.issued(connection)]))


@router.post(
    "",
    summary="Make a key",
    openapi_extra=takes(NewKey, WISH),
    **gives(IssuedKey, "The key, its secret", status=201),
)
async def make(center: Here, request: Request, admin: Admin) -> Response:
    """It counts within seconds; the secret is in this answer and nowhere else."""
    given = await body_as(request, NewKey)
    async with center.engine.begin() as connection:
        key, secret = await keys.issue(connection, given, admin.name, utc_now())
        await note(connection, request, admin, "key.made", key.id, **keys.told(key))
    return json_answer(IssuedKey(**msgspec.structs.asdict(_shown(key)), secret=secret), 201)


@router.delete("/{key_id}", summary="Revoke a key", **gives(Key, "The key that was", 404))
async def end(center: Here, request: Request, admin: Admin, key_id: Annotated[str, Path()]) -> Response:
    """What uses it is refused within seconds."""
    async with center.engine.begin() as connection:
        key = await keys.revoke(connection, key_id, admin.name, utc_now())
        await note(connection, request, admin, "key.revoked", key.id, name=key.name)
    return json_answer(_shown(key))
