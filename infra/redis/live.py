"""The live stream `soc:live`: numbered change frames, which SSE and WebSocket resume from."""

from collections.abc import Iterable
from typing import Any

import msgspec
from redis.asyncio import Redis
from redis.exceptions import ResponseError

LIVE = "soc:live"
KEPT = 20_000
"""About so many frames stay."""


class Frame(msgspec.Struct, frozen=True):
    """One entry: its number is its id."""

    number: int
    incident: str
    change: msgspec.Raw
    """JSON of schemas.incidents.Change."""

    def encode(self) -> bytes:
        """The change frame as clients get it."""
        return b'{"frame":"change","number":%d,"change":%s}' % (self.number, bytes(self.change))


async def top(redis: Redis) -> int | None:
    """The newest number in the stream; None if there is no stream. Raises RedisError."""
    newest: Any = await redis.xrevrange(LIVE, count=1)
    return int(newest[0][0].partition(b"-")[0]) if newest else None


async def append(redis: Redis, frames: Iterable[Frame], *, create: bool = False) -> bool:
    """Adds the frames; one that is there already is refused silently. False if there is no stream to add to.

    Raises RedisError.
    """
    pipeline = redis.pipeline(transaction=False)
    for frame in frames:
        fields = {"incident": frame.incident, "frame": frame.encode()}
        pipeline.xadd(LIVE, fields, id=f"{frame.number}-0", maxlen=KEPT, approximate=True, nomkstream=not create)  # type: ignore[arg-type]
    answers = await pipeline.execute(raise_on_error=False)
    for answer in answers:
        if isinstance(answer, ResponseError) and "equal or smaller" in str(answer):
            continue
        if isinstance(answer, BaseException):
            raise answer
    return None not in answers


async def clear(redis: Redis) -> None:
    """Removes the stream: it belongs to another database. Raises RedisError."""
    await redis.delete(LIVE)
