"""Reads the numbered change frames that the relay appends to the Redis stream `soc:live`."""

from typing import Any

import msgspec
from redis.asyncio import Redis

from infra import log
from services.api.live.frames import Sent, from_stream

KEY = "soc:live"
BATCH = 500
BLOCK_MS = 200
"""Well below the second after which Redis counts as away: on a busy machine an answer may be late by most of that."""
_log = log.logger("api")


def _read(entries: list[Any]) -> list[Sent]:
    found = []
    for entry_id, fields in entries:
        number = int(entry_id.split(b"-")[0])
        try:
            found.append(from_stream(number, fields[b"frame"]))
        except (msgspec.DecodeError, KeyError) as error:
            _log.error("live_frame_refused", number=number, reason=str(error))
    return found


async def newest(redis: Redis) -> int:
    """The highest number in the stream, 0 when it is empty; raises RedisError."""
    entries: Any = await redis.xrevrange(KEY, count=1)
    return int(entries[0][0].split(b"-")[0]) if entries else 0


async def oldest(redis: Redis) -> int:
    """The lowest number in the stream, 0 when it is empty; raises RedisError."""
    entries: Any = await redis.xrange(KEY, count=1)
    return int(entries[0][0].split(b"-")[0]) if entries else 0


async def after(redis: Redis, number: int) -> list[Sent]:
    """Everything kept with a higher number; raises RedisError."""
    found: list[Sent] = []
    while True:
        entries: Any = await redis.xrange(KEY, min=f"({number}-0", count=BATCH)
        found += _read(entries)
        if len(entries) < BATCH:
            return found
        number = int(entries[-1][0].split(b"-")[0])


async def wait_after(redis: Redis, number: int) -> list[Sent]:
    """What comes after `number`, waiting a fifth of a second for it; raises RedisError."""
    answer: Any = await redis.xread({KEY: f"{number}-0"}, count=BATCH, block=BLOCK_MS)
    return [frame for _, entries in answer or [] for frame in _read(entries)]
