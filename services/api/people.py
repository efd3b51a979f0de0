"""Who asks, and what he may do: API keys, session cookies, roles, origins."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from fastapi import Depends, HTTPException
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import HTTPConnection

from infra.clock import utc_now
from infra.postgres.tables import sessions, users
from schemas.reference import fingerprint
from schemas.sentences import Sentence, say
from services.api.center import center_of

COOKIE = "soc_session"
"""Where the address has a port, `_` and that port follow."""
LIFE = timedelta(hours=12)
SCREEN = "key:"
"""Begins a cookie that carries a read-only API key: a screen on a wall has no person and no shift."""
WATCHING = ("viewer",)
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Forbidden(HTTPException):
    """403: what was asked for in this field is not his to ask for."""

    def __init__(self, said: Sentence, field: str | None = None) -> None:
        """Both as the answer has them."""
        super().__init__(403, said)
        self.field = field


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A user or an API key, as it is written into changes and audit."""

    name: str
    roles: tuple[str, ...]
    agency: str | None = None
    by_cookie: bool = False
    key: str | None = None
    """The id of the API key; None: a user."""

    @property
    def owner(self) -> str:
        """Whose something is: names of keys are not unique, and no user's begins with a space."""
        return self.name if self.key is None else f" {self.key}"


class Right(msgspec.Struct, frozen=True):
    """What a route asks of whoever comes: one of these roles, and to be of the whole city unless it says otherwise."""

    roles: frozenset[str]
    of_agency: bool = False
    """People and keys of an agency have it too, and the route shows and changes only what they may see."""

    async def holder(self, connection: HTTPConnection) -> Person:
        """Who sent this, if he has the right; 401 for nobody, 403 for others."""
        return allow(await person_of(connection), self)


READ = Right(frozenset({"viewer", "operator", "supervisor", "admin", "integrator"}), of_agency=True)
COMMAND = Right(frozenset({"operator", "supervisor", "admin", "integrator"}), of_agency=True)
TELL = Right(frozenset({"supervisor", "admin", "integrator"}), of_agency=True)
"""Webhooks; of an agency its own."""
CONNECT = Right(TELL.roles)
"""Sensors that are adopted, backtests, and the audit."""
EDIT = Right(frozenset({"supervisor", "admin"}))
ADMIN = Right(frozenset({"admin"}))
SEE_REFUSED = Right(READ.roles)
"""Dead letters: bytes of any feed and of any incident."""
SEND_REFUSED = Right(COMMAND.roles)


def own_origin(connection: HTTPConnection) -> bool:
    """Whether a browser that says where it comes from (Origin) comes from this server itself."""
    origin = connection.headers.get("origin")
    if origin is None:
        return connection.headers.get("sec-fetch-site", "same-origin") in {"same-origin", "none"}
    return urlsplit(origin).netloc == connection.headers.get("host", "")


def cookie_of(connection: HTTPConnection) -> str:
    """The name of the cookie under this address: browsers keep cookies apart by host, not by port, and the exercise
    beside the real center has its sessions too."""
    _, _, port = connection.headers.get("host", "").rpartition(":")
    return f"{COOKIE}_{port}" if port.isdecimal() else COOKIE


def token_of(connection: HTTPConnection) -> str | None:
    """What the cookie holds; also under the bare name, for whoever sends it by himself."""
    return connection.cookies.get(cookie_of(connection)) or connection.cookies.get(COOKIE)


async def person_of(connection: HTTPConnection) -> Person:
    """Who sent this; 401 for nobody, 403 when a cookie came from another origin where that matters."""
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret:
        return await _by_key(connection, secret.strip())
    token = token_of(connection)
    if token is None:
        raise _nobody(say("nobody"))
    if _origin_matters(connection) and not own_origin(connection):
        raise HTTPException(403, say("other_origin"))
    return await _by_token(connection, token)


def _origin_matters(connection: HTTPConnection) -> bool:
    if connection.scope["type"] == "websocket" or connection.url.path.startswith("/v1/live"):
        return True
    return connection.scope.get("method", "GET") not in SAFE


def _nobody(said: Sentence) -> HTTPException:
    return HTTPException(401, said, {"WWW-Authenticate": "Bearer"})


async def _by_key(connection: HTTPConnection, secret: str) -> Person:
    key = await center_of(connection).keys.find(secret)
    if key is None:
        raise _nobody(say("key_unknown"))
    return Person(name=key.name or key.id, roles=key.roles, agency=key.agency, key=key.id)


async def person_or_nobody(connection: HTTPConnection) -> Person | None:
    """Like `person_of`, but a browser without a session, or with an ended one, is nobody instead of a 401."""
    if "authorization" in connection.headers:
        return await person_of(connection)
    token = token_of(connection)
    return None if token is None else await _of_token(connection, token)


async def _by_token(connection: HTTPConnection, token: str) -> Person:
    person = await _of_token(connection, token)
    if person is None:
        raise _nobody(say("session_ended"))
    return person


async def screen_of(connection: HTTPConnection, secret: str) -> Person | None:
    """The screen with this key; None for an unknown key and for one that may do more than look."""
    key = await center_of(connection).keys.find(secret)
    if key is None or key.roles != WATCHING:
        return None
    return Person(name=key.name or key.id, roles=WATCHING, agency=key.agency, by_cookie=True, key=key.id)


async def _of_token(connection: HTTPConnection, token: str) -> Person | None:
    if token.startswith(SCREEN):
        return await screen_of(connection, token.removeprefix(SCREEN))
    query = (
        select(users.c.name, users.c.role, users.c.agency)
        .join(sessions, sessions.c.user_name == users.c.name)
        .where(sessions.c.token_sha256 == fingerprint(token), sessions.c.expires_at > utc_now())
        .where(users.c.disabled_at.is_(None))
    )
    async with center_of(connection).engine.connect() as reading:
        found = (await reading.execute(query)).one_or_none()
    if found is None:
        return None
    return Person(name=found.name, roles=(found.role,), agency=found.agency, by_cookie=True)


def allow(person: Person, right: Right) -> Person:
    """The person, if he has the right; else 403."""
    if right.roles.isdisjoint(person.roles):
        raise HTTPException(403, say("needs_role", roles=", ".join(sorted(right.roles))))
    if person.agency is not None and not right.of_agency:
        raise HTTPException(403, say("whole_city", name=person.name, agency=person.agency))
    return person


async def is_still(connection: HTTPConnection, person: Person, right: Right) -> bool:
    """Whether what came with the request still makes it this person, with this right; yes while nobody can tell."""
    try:
        return await right.holder(connection) == person
    except HTTPException:
        return False
    except SQLAlchemyError:
        return True


def agency_for(person: Person, named: str | None, field: str | None = None) -> str | None:
    """For which agency somebody makes something, None for the whole city: the one he names, else his own. 403 where
    he belongs to one and names another.
    """
    if person.agency is not None and named not in (None, person.agency):
        raise Forbidden(say("other_agency", name=person.name, agency=person.agency), field=field)
    return named or person.agency


def may(right: Right) -> Callable[[HTTPConnection], Awaitable[Person]]:
    """A dependency that lets only those in who have the right."""
    return right.holder


Reader = Annotated[Person, Depends(may(READ))]
Commander = Annotated[Person, Depends(may(COMMAND))]
Teller = Annotated[Person, Depends(may(TELL))]
Connector = Annotated[Person, Depends(may(CONNECT))]
Editor = Annotated[Person, Depends(may(EDIT))]
