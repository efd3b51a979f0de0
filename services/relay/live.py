"""Keeps the live stream in Redis equal to the numbered changes; what is missing is filled in from PostgreSQL."""

from collections.abc import Sequence

import msgspec
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.publishing import Waiting, last_number, numbered_changes
from infra.redis.client import Guard, connect
from infra.redis.live import KEPT, Frame, append, clear, top
from schemas.topics import CHANGES

FILLED_AT_ONCE = 500


class Envelope(msgspec.Struct, frozen=True):
    """The part of a CloudEvent that goes into a frame."""

    data: msgspec.Raw


_decode = msgspec.json.Decoder(Envelope).decode


class Live:
    """Appends frames; while Redis is away nothing is appended, and all of it when it is back."""

    def __init__(self, redis_url: str, engine: AsyncEngine) -> None:
        """Connects at the first append."""
        self._redis: Redis = connect(redis_url)
        self._engine = engine
        self._guard = Guard("nothing is shown live")
        self._whole = False

    async def append(self, rows: Sequence[Waiting]) -> None:
        """Adds the changes among the rows."""
        if self._guard.resting:
            return
        frames = [_frame(row) for row in rows if row.topic == CHANGES and row.value]
        if frames or not self._whole:
            self._whole = bool(await self._guard.attempt(self._add(frames)))

    async def _add(self, frames: list[Frame]) -> bool:
        if self._whole and await append(self._redis, frames):
            return True
        await self._fill()
        return True

    async def _fill(self) -> None:
        """Adds every numbered change that is not there; starts anew if the stream knows numbers that we do not."""
        async with self._engine.connect() as connection:
            newest = await top(self._redis)
            if newest is not None and newest > await last_number(connection):
                await clear(self._redis)
                newest = None
            rows = await numbered_changes(connection, newest or 0, KEPT)
        for start in range(0, len(rows), FILLED_AT_ONCE):
            part = rows[start : start + FILLED_AT_ONCE]
            found = [Frame(row.number, row.incident_id, msgspec.Raw(msgspec.json.encode(row.body))) for row in part]
            await append(self._redis, found, create=True)


def _frame(row: Waiting) -> Frame:
    return Frame(row.number, row.incident_id or row.key, _decode(row.value or b"").data)
