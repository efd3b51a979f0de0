"""The latest value of every sensor and quantity, in the hash `soc:values`."""

from collections.abc import Mapping

import msgspec
from redis.asyncio import Redis

VALUES = "soc:values"
_decode = msgspec.json.Decoder(tuple[int, float]).decode


async def write_values(redis: Redis, values: Mapping[str, tuple[int, float]]) -> None:
    """`<sensor>/<quantity>` → (Unix milliseconds, value); raises RedisError."""
    if values:
        await redis.hset(VALUES, mapping={name: msgspec.json.encode(value) for name, value in values.items()})


async def read_values(redis: Redis) -> dict[str, tuple[int, float]]:
    """All latest values; raises RedisError."""
    found = await redis.hgetall(VALUES)
    return {name.decode() if isinstance(name, bytes) else name: _decode(value) for name, value in found.items()}
