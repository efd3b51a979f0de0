"""API keys, found by the hash of what came with the request and kept for a few seconds."""

from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.clock import utc_now
from infra.postgres.keys import issued
from schemas.reference import ApiKey, fingerprint

FRESH = timedelta(seconds=5)
STALE = timedelta(minutes=10)
"""How long keys last that cannot be read again, so that live streams outlive a standstill of PostgreSQL."""


class KeyRing:
    """All keys by hash, read again when older than FRESH."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._keys: dict[str, ApiKey] = {}
        self._read_at: datetime | None = None

    async def find(self, secret: str) -> ApiKey | None:
        """The key with this secret, if there is one; raises SQLAlchemyError when no recent list can be had."""
        await self._refresh(utc_now())
        return self._keys.get(fingerprint(secret))

    async def _refresh(self, now: datetime) -> None:
        age = now - self._read_at if self._read_at else None
        if age is not None and age < FRESH:
            return
        try:
            self._keys = await self._read()
            self._read_at = now
        except SQLAlchemyError:
            if age is None or age > STALE:
                raise

    async def _read(self) -> dict[str, ApiKey]:
        async with self._engine.connect() as connection:
            return {key.sha256: key for key in await issued(connection)}
