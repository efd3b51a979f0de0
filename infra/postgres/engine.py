"""Engines: one per process, small pools, so that a dozen processes fit a default PostgreSQL."""

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def connect(database_url: str, *, pool: int = 4, idle_s: int | None = None) -> AsyncEngine:
    """An async engine for `postgresql+psycopg://…`; connections are checked before use.

    JSONB is written and read by msgspec: structs and times are taken as they are. `idle_s`: PostgreSQL ends a
    transaction in which the process does nothing for so many seconds, so that a frozen one holds nobody up.
    """
    options = {} if idle_s is None else {"options": f"-c idle_in_transaction_session_timeout={idle_s}s"}
    return create_async_engine(
        database_url,
        pool_size=pool,
        max_overflow=2,
        pool_pre_ping=True,
        connect_args=options,
        json_serializer=_json,
        json_deserializer=msgspec.json.decode,
    )


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
