"""`/v1/session`: logging in and out with a cookie, and who one is."""

import secrets
from datetime import timedelta
from typing import Annotated

import msgspec
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import APIRouter, HTTPException, Request, Response
from sqlalchemy import select

from infra.clock import utc_now
from infra.postgres.tables import sessions, users
from infra.postgres.users import composed
from schemas.reference import fingerprint
from schemas.sentences import say
from schemas.times import At
from services.api.answers import body_as, gives, json_answer, takes
from services.api.audit import address_of, note
from services.api.center import Center, Here
from services.api.examples import LOGIN, SCREEN_LOGIN
from services.api.people import (
    LIFE,
    READ,
    SCREEN,
    Person,
    Reader,
    allow,
    cookie_of,
    own_origin,
    person_or_nobody,
    screen_of,
    token_of,
)

router = APIRouter(prefix="/v1/session", tags=["people"])
SCREEN_LIFE = timedelta(days=400)
"""Browsers keep no cookie for longer."""
LONGEST = 200
"""Characters of a name: tries are counted by it."""
_hasher = PasswordHasher()
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$Fh1vTc5Gz6Z0nGkQ0g3Hq3Jm1n8m0z5rJ0yq8m4Q0sE"
"""Checked for unknown names, so that they take as long as wrong passwords."""


class Login(msgspec.Struct, frozen=True):
    """Name and password."""

    user: Annotated[str, msgspec.Meta(max_length=LONGEST)]
    password: str


class ScreenLogin(msgspec.Struct, frozen=True):
    """A read-only API key."""

    key: str


class WhoAmI(msgspec.Struct, frozen=True, kw_only=True):
    """Who the request comes from."""

    name: str | None = None
    """null: nobody is logged in."""
    roles: list[str] = []
    agency: str | None = None
    expires_at: At | None = None
    """Sessions only."""


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, composed(password))
    except (VerificationError, InvalidHashError):
        return False


@router.post(
    "",
    summary="Log in",
    openapi_extra=takes(Login, LOGIN) | {"security": []},
    **gives(WhoAmI, "Logged in; the cookie is HttpOnly and SameSite=Strict", 429),
)
async def open_session(center: Here, request: Request) -> Response:
    """For the console, SSE and WebSocket in browsers. Five failures a minute, then wait."""
    if not own_origin(request):
        raise HTTPException(403, say("other_origin"))
    login = await body_as(request, Login)
    person = await _checked(center, request, login)
    token, now = secrets.token_urlsafe(32), utc_now()
    values = {"token_sha256": fingerprint(token), "user_name": person.name, "created_at": now, "expires_at": now + LIFE}
    async with center.engine.begin() as connection:
        await connection.execute(sessions.delete().where(sessions.c.expires_at < now))
        await connection.execute(sessions.insert().values(values))
        await note(connection, request, person, "session.opened", person.name)
    told = WhoAmI(name=person.name, roles=list(person.roles), agency=person.agency, expires_at=now + LIFE)
    return _with_cookie(request, told, token, LIFE)


def _with_cookie(request: Request, told: WhoAmI, token: str, life: timedelta) -> Response:
    answer, secure = json_answer(told), request.url.scheme == "https"
    seconds = int(life.total_seconds())
    name = cookie_of(request)
    answer.set_cookie(name, token, max_age=seconds, httponly=True, samesite="strict", secure=secure, path="/")
    return answer


@router.post(
    "/screen",
    summary="Log a screen in",
    openapi_extra=takes(ScreenLogin, SCREEN_LOGIN) | {"security": []},
    **gives(WhoAmI, "Logged in until the key is withdrawn", 429),
)
async def open_screen(center: Here, request: Request) -> Response:
    """For a wall: a key that has the role viewer alone becomes a cookie; others are refused. Five failures a minute."""
    if not own_origin(request):
        raise HTTPException(403, say("other_origin"))
    key = (await body_as(request, ScreenLogin)).key.strip()
    with center.logins.trying(f"{address_of(request)} screen", utc_now()) as tried:
        person = await screen_of(request, key)
        if person is None:
            tried.failed = True
            raise HTTPException(401, say("not_a_screen"))
    async with center.engine.begin() as connection:
        await note(connection, request, person, "session.opened", person.name)
    told = WhoAmI(name=person.name, roles=list(person.roles), agency=person.agency)
    return _with_cookie(request, told, SCREEN + key, SCREEN_LIFE)


async def _checked(center: Center, request: Request, login: Login) -> Person:
    name = composed(login.user)
    with center.logins.trying(f"{address_of(request)} {name}", utc_now()) as tried:
        query = select(users).where(users.c.name == name, users.c.disabled_at.is_(None))
        async with center.engine.connect() as connection:
            found = (await connection.execute(query)).one_or_none()
        stored = found.password_hash if found else NOBODY
        good = await center.logins.in_turn(_matches, stored, login.password)
        if found is None or not good:
            tried.failed = True
            raise HTTPException(401, say("wrong_password"))
    return Person(name=found.name, roles=(found.role,), agency=found.agency, by_cookie=True)


@router.get(
    "",
    summary="Who am I",
    openapi_extra={"security": [{}, {"key": []}, {"session": []}]},
    **gives(WhoAmI, "The user or the API key; without a session `name` is null"),
)
async def who_am_i(center: Here, request: Request) -> Response:
    """Roles decide what one may do."""
    person = await person_or_nobody(request)
    if person is None:
        return json_answer(WhoAmI())
    reader, expires = allow(person, READ), None
    if reader.by_cookie:
        token = fingerprint(token_of(request) or "")
        async with center.engine.connect() as connection:
            query = select(sessions.c.expires_at).where(sessions.c.token_sha256 == token)
            expires = (await connection.execute(query)).scalar_one_or_none()
    return json_answer(WhoAmI(name=reader.name, roles=list(reader.roles), agency=reader.agency, expires_at=expires))


@router.delete("", summary="Log out", status_code=204, response_class=Response)
async def close_session(center: Here, request: Request, reader: Reader) -> Response:
    """Ends this session everywhere."""
    token = token_of(request)
    if token:
        async with center.engine.begin() as connection:
            await connection.execute(sessions.delete().where(sessions.c.token_sha256 == fingerprint(token)))
            await note(connection, request, reader, "session.closed", reader.name)
    answer = Response(status_code=204)
    answer.delete_cookie(cookie_of(request), path="/")
    return answer
