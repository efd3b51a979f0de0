"""Engines: one per process, small pools, so that a dozen processes fit a default PostgreSQL."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine


def connect(database_url: str, *, pool: int = 4) -> AsyncEngine:
    """An async engine for `postgresql+psycopg://…`; connections are checked before use."""
    return create_async_engine(database_url, pool_size=pool, max_overflow=2, pool_pre_ping=True)
