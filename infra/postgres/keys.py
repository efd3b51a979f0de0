"""API keys: made and revoked in one place; only their hash is kept."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.reference import EDIT, Write, put_reference
from infra.postgres.tables import reference
from schemas.errors import Invalid, Unknown
from schemas.reference import ApiKey, fingerprint
from schemas.sentences import say

ROLES = ("viewer", "operator", "supervisor", "integrator", "admin")
LONGEST_NAME = 80


async def issue(
    connection: AsyncConnection, name: str, roles: Sequence[str], by: str, now: datetime
) -> tuple[ApiKey, str]:
    """A new key in the caller's transaction, and its secret, which nobody can read again. Raises Invalid."""
    if not name.strip() or len(name) > LONGEST_NAME:
        raise Invalid(say("key_name", longest=LONGEST_NAME), field="name")
    wrong = sorted(set(roles) - set(ROLES))
    if not roles:
        raise Invalid(say("no_role", known=", ".join(ROLES)), field="roles")
    if wrong:
        raise Invalid(say("key_roles_wrong", wrong=", ".join(wrong), known=", ".join(ROLES)), field="roles")
    secret = f"soc_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        id=f"key-{secrets.token_hex(4)}",
        sha256=fingerprint(secret),
        roles=tuple(dict.fromkeys(roles)),
        name=name.strip(),
    )
    await put_reference(connection, Write("keys", key.id, msgspec.to_builtins(key), EDIT), by, now)
    return key, secret


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
