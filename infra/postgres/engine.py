"""Engines: one per process, small pools, so that a dozen processes fit a default PostgreSQL."""

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def connect(database_url: str, *, pool: int = 4) -> AsyncEngine:
    """An async engine for `postgresql+psycopg://…`; connections are checked before use.

    JSONB is written and read by msgspec: structs and times are taken as they are.
    """
    return create_async_engine(
        database_url,
        pool_size=pool,
        max_overflow=2,
        pool_pre_ping=True,
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
