"""The latest value of every sensor and quantity, in the hash `soc:values`."""

from collections.abc import Mapping
from typing import cast

import msgspec
from redis.asyncio import Redis

from infra.redis.entries import Text, read_entries

VALUES = "soc:values"
PORTION = 1000
_decode = msgspec.json.Decoder(tuple[int, float]).decode


async def write_values(redis: Redis, values: Mapping[str, tuple[int, float]]) -> None:
    """`<sensor>/<quantity>` → (Unix milliseconds, value); raises RedisError."""
    if values:
        await redis.hset(VALUES, mapping={name: msgspec.json.encode(value) for name, value in values.items()})


async def read_values(redis: Redis) -> dict[str, tuple[int, float]]:
    """All latest values that can be read, in portions, so that none takes as long as a server that is away.

    Raises RedisError.
    """
    values: dict[str, tuple[int, float]] = {}
    cursor = 0
    while True:
        cursor, found = cast("tuple[int, dict[Text, Text]]", await redis.hscan(VALUES, cursor, count=PORTION))
        values |= read_entries(VALUES, found, _decode)
        if not cursor:
            return values
