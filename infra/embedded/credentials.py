"""The first users and the first API key: random, written once, while there is no user at all."""

import os
import secrets
from datetime import datetime
from pathlib import Path

import msgspec
from argon2 import PasswordHasher
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres import keys
from infra.postgres.tables import users
from infra.postgres.users import composed

FIRST_USERS = ("admin", "operator", "viewer")
KEY_ROLES = ("integrator", "operator")
BY = "first start"


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """`credentials.json`."""

    url: str
    api_key: str
    users: dict[str, str]


def hashed(password: str) -> str:
    """argon2id, as the users table keeps it."""
    return PasswordHasher().hash(composed(password))


def _write(path: Path, credentials: Credentials) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(credentials)) + b"\n")


async def write_first_credentials(engine: AsyncEngine, url: str, path: Path, now: datetime) -> bool:
    """Makes admin, operator, viewer and one key, and writes them to `path` (mode 600); False if there is a user."""
    async with engine.begin() as connection:
        if (await connection.execute(select(func.count()).select_from(users))).scalar_one():
            return False
        passwords = {name: secrets.token_urlsafe(18) for name in FIRST_USERS}
        rows = [
            {"name": name, "password_hash": hashed(password), "role": name, "created_at": now}
            for name, password in passwords.items()
        ]
        await connection.execute(insert(users), rows)
        _, secret = await keys.issue(connection, keys.NewKey("First key", KEY_ROLES), BY, now)
        _write(path, Credentials(url=url, api_key=secret, users=passwords))
    return True
