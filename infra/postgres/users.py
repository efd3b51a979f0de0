"""People who may sign in: made and changed in one place; of a password only its hash is kept."""

from datetime import datetime
from typing import Any
from unicodedata import normalize

import msgspec
from sqlalchemy import Row, Select, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.reference import check_agency
from infra.postgres.tables import sessions, users
from schemas.errors import Conflict, Invalid, Unknown
from schemas.sentences import say
from schemas.times import At

ROLES = ("admin", "supervisor", "operator", "viewer")
SHORTEST_PASSWORD, LONGEST_NAME = 10, 80


class User(msgspec.Struct, frozen=True, kw_only=True):
    """A person; the password is nowhere."""

    name: str
    role: str
    """`admin`, `supervisor`, `operator`, `viewer`."""
    agency: str | None = None
    """Sees and handles what names this agency only, nothing that concerns the whole city; null: the whole city."""
    created_at: At
    disabled_at: At | None = None
    """May not sign in since then."""
    sessions: int = 0
    """Sessions that are open now."""


class NewUser(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A person who may sign in from now on."""

    name: str
    role: str
    agency: str | None = None
    password: str
    """At least 10 characters; only its hash is kept."""


class UserChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is to be different about a person; what is left out stays."""

    role: str | msgspec.UnsetType = msgspec.UNSET
    agency: str | msgspec.UnsetType | None = msgspec.UNSET
    enabled: bool | msgspec.UnsetType = msgspec.UNSET
    """`false`: may not sign in any more; `true`: may again."""
    password: str | msgspec.UnsetType = msgspec.UNSET


def composed(text: str) -> str:
    """A name or a password as it is kept: some Vietnamese keyboards write letters and their marks apart (RFC 8265)."""
    return normalize("NFC", text)


def checked_password(password: str) -> str:
    """The password. Raises Invalid if it is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(say("password_short", shortest=SHORTEST_PASSWORD), field="password")
    return password


def told(wish: UserChange) -> dict[str, Any]:
    """A change as the audit keeps it: that there is another password, never which."""
    said: dict[str, Any] = msgspec.to_builtins(wish)
    return {**said, "password": "another one"} if "password" in said else said


async def listed(connection: AsyncConnection, now: datetime) -> list[User]:
    """Everybody, by name."""
    return [_user(row) for row in await connection.execute(_people(now).order_by(users.c.name))]


async def one(connection: AsyncConnection, name: str, now: datetime) -> User:
    """A person. Raises Unknown."""
    found = (await connection.execute(_people(now).where(users.c.name == composed(name)))).one_or_none()
    if found is None:
        raise Unknown(say("no_user", name=name))
    return _user(found)


def _people(now: datetime) -> Select[Any]:
    """Users, each with how many sessions are open."""
    opened = select(func.count()).where(sessions.c.user_name == users.c.name, sessions.c.expires_at > now)
    return select(users, opened.scalar_subquery().label("sessions"))


async def add(connection: AsyncConnection, wish: NewUser, password_hash: str, now: datetime) -> None:
    """A new person in the caller's transaction. Raises Invalid naming the field, and Conflict."""
    name = composed(wish.name)
    if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME:
        raise Invalid(say("user_name", longest=LONGEST_NAME), field="name")
    await _check(connection, wish.role, wish.agency)
    row = {"name": name, "role": wish.role, "agency": wish.agency, "password_hash": password_hash, "created_at": now}
    made = await connection.execute(insert(users).values(row).on_conflict_do_nothing().returning(users.c.name))
    if made.one_or_none() is None:
        raise Conflict(say("user_exists", name=name), field="name")


async def change(
    connection: AsyncConnection, name: str, wish: UserChange, password_hash: str | None, now: datetime
) -> None:
    """Another role, agency or password, or whether the person may sign in; all sessions of theirs end.

    Raises Unknown, Invalid naming the field, and Conflict where nobody would be left who may do this.
    """
    name = composed(name)
    everybody = {row.name: row for row in await connection.execute(select(users).with_for_update())}
    found = everybody.get(name)
    if found is None:
        raise Unknown(say("no_user", name=name))
    values = _values(wish, password_hash, found, now)
    after = {**found._mapping, **values}
    await _check(connection, after["role"], after["agency"])
    others = [one for one in everybody.values() if one.name != name]
    if _rules(found._mapping) and not _rules(after) and not any(_rules(one._mapping) for one in others):
        raise Conflict(say("last_admin", name=name), field="role")
    if values:
        await connection.execute(update(users).where(users.c.name == name).values(**values))
        await connection.execute(sessions.delete().where(sessions.c.user_name == name))


def _values(wish: UserChange, password_hash: str | None, found: Row[Any], now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if wish.role is not msgspec.UNSET:
        values["role"] = wish.role
    if wish.agency is not msgspec.UNSET:
        values["agency"] = wish.agency
    if wish.enabled is not msgspec.UNSET:
        values["disabled_at"] = None if wish.enabled else found.disabled_at or now
    if password_hash is not None:
        values["password_hash"] = password_hash
    return values


def _rules(row: Any) -> bool:
    """Whether it is an admin of the whole city who may sign in."""
    return row["role"] == "admin" and row["disabled_at"] is None and row["agency"] is None


async def _check(connection: AsyncConnection, role: str, agency: str | None) -> None:
    if role not in ROLES:
        raise Invalid(say("value_none_of", value=role, known=", ".join(ROLES)), field="role")
    await check_agency(connection, agency)


def _user(row: Row[Any]) -> User:
    return User(
        name=row.name,
        role=row.role,
        agency=row.agency,
        created_at=row.created_at,
        disabled_at=row.disabled_at,
        sessions=row.sessions,
    )
