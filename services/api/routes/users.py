"""`/v1/users`: people who may sign in, their roles and agencies; for admins."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Path, Request, Response

from infra.clock import utc_now
from infra.embedded.credentials import hashed
from infra.postgres import users
from infra.postgres.users import NewUser, User, UserChange, checked_password
from services.api.answers import Page, body_as, gives, json_answer, takes
from services.api.audit import note
from services.api.center import Center, Here
from services.api.people import ADMIN, Person, may

router = APIRouter(prefix="/v1/users", tags=["people"], dependencies=[Depends(may(ADMIN))])
Admin = Annotated[Person, Depends(may(ADMIN))]
WISH = {"name": "lan", "role": "operator", "agency": "water", "password": "ten or more characters"}
CHANGE = {"role": "supervisor"}


async def _hash(center: Center, password: str) -> str:
    return await center.logins.in_turn(hashed, checked_password(password))


@router.get("", summary="People", **gives(Page[User], "Everybody, by name"))
async def listed(center: Here) -> Response:
    """Those who are disabled too: what they did stays under their names."""
    async with center.engine.connect() as connection:
        return json_answer(Page(items=await users.listed(connection, utc_now())))


@router.post(
    "", summary="Add a person", openapi_extra=takes(NewUser, WISH), **gives(User, "The person", 409, 429, status=201)
)
async def add(center: Here, request: Request, admin: Admin) -> Response:
    """May sign in at once."""
    given = await body_as(request, NewUser)
    password_hash, now = await _hash(center, given.password), utc_now()
    async with center.engine.begin() as connection:
        await users.add(connection, given, password_hash, now)
        found = await users.one(connection, given.name, now)
        await note(connection, request, admin, "user.added", found.name, role=found.role, agency=found.agency)
    return json_answer(found, 201)


@router.patch(
    "/{name:path}",
    summary="Change a person",
    openapi_extra=takes(UserChange, CHANGE),
    **gives(User, "The person as it is now", 404, 409, 429),
)
async def change(center: Here, request: Request, admin: Admin, name: Annotated[str, Path()]) -> Response:
    """Another role, agency or password, or no longer let in; all sessions of theirs end. The last admin stays one."""
    wish = await body_as(request, UserChange, change=True)
    password_hash = None if wish.password is msgspec.UNSET else await _hash(center, wish.password)
    now = utc_now()
    async with center.engine.begin() as connection:
        await users.change(connection, name, wish, password_hash, now)
        found = await users.one(connection, name, now)
        await note(connection, request, admin, "user.changed", found.name, **users.told(wish))
    return json_answer(found)
