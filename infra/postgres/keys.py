"""API keys: made and revoked in one place; only their hash is kept."""

import secrets
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.reference import EDIT, Write, check_agency, put_reference
from infra.postgres.tables import reference
from schemas.errors import Invalid, Unknown
from schemas.reference import ApiKey, fingerprint
from schemas.sentences import say

ROLES = ("viewer", "operator", "supervisor", "integrator", "admin")
LONGEST_NAME = 80


class NewKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be made."""

    name: str
    roles: tuple[str, ...]
    """`viewer`, `operator`, `supervisor`, `integrator`, `admin`; a screen on a wall has `viewer` alone."""
    agency: str | None = None
    """Sees and handles what names this agency only, nothing that concerns the whole city; null: the whole city."""


async def issue(connection: AsyncConnection, wish: NewKey, by: str, now: datetime) -> tuple[ApiKey, str]:
    """A new key in the caller's transaction, and its secret, which nobody can read again. Raises Invalid."""
    await _check(connection, wish)
    secret = f"soc_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        id=f"key-{secrets.token_hex(4)}",
        sha256=fingerprint(secret),
        roles=tuple(dict.fromkeys(wish.roles)),
        name=wish.name.strip(),
        agency=wish.agency,
    )
    await put_reference(connection, Write("keys", key.id, msgspec.to_builtins(key), EDIT), by, now)
    return key, secret


async def _check(connection: AsyncConnection, wish: NewKey) -> None:
    if not wish.name.strip() or len(wish.name) > LONGEST_NAME:
        raise Invalid(say("key_name", longest=LONGEST_NAME), field="name")
    wrong = sorted(set(wish.roles) - set(ROLES))
    if not wish.roles:
        raise Invalid(say("no_role", known=", ".join(ROLES)), field="roles")
    if wrong:
        raise Invalid(say("key_roles_wrong", wrong=", ".join(wrong), known=", ".join(ROLES)), field="roles")
    await check_agency(connection, wish.agency)


def told(key: ApiKey) -> dict[str, Any]:
    """A key as the audit keeps it."""
    of = {"agency": key.agency} if key.agency else {}
    return {"name": key.name, "roles": list(key.roles), **of}


async def revoke(connection: AsyncConnection, key_id: str, by: str, now: datetime) -> ApiKey:
    """The key counts no more; what it was. Raises Unknown."""
    found = next((key for key in await issued(connection) if key.id == key_id), None)
    if found is None:
        raise Unknown(say("no_key", id=key_id))
    await put_reference(connection, Write("keys", key_id, None, EDIT), by, now)
    return found


async def issued(connection: AsyncConnection) -> list[ApiKey]:
    """All keys that count, by id."""
    query = select(reference.c.body).where(reference.c.name == "keys", reference.c.deleted.is_(False))
    bodies = (await connection.execute(query.order_by(reference.c.id))).scalars()
    return [msgspec.convert(body, ApiKey) for body in bodies]
