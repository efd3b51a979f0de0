"""Which events came before: the courtesy check of `source`+`id` at the edge (DESIGN D10)."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from redis.asyncio import Redis

from infra.redis.client import Guard

PREFIX = b"soc:seen:"
DAY_S = 86_400


def seen_key(source: str, event_id: str) -> bytes:
    """The Redis key of an event."""
    return PREFIX + blake2b(f"{source}\x1f{event_id}".encode(), digest_size=16).hexdigest().encode()


class Seen:
    """Remembers events for a day; without Redis it knows none, and the guarantee behind it takes over."""

    def __init__(self, redis: Redis) -> None:
        """`redis`: from `infra.redis.client.connect`."""
        self._redis = redis
        self._guard = Guard("duplicates are not recognised at the edge")

    async def known(self, keys: Sequence[bytes]) -> set[bytes]:
        """Those of `keys` that were remembered."""
        if not keys or self._guard.resting:
            return set()
        found: list[Any] = await self._guard.attempt(self._redis.mget(list(keys))) or []
        return {key for key, value in zip(keys, found, strict=False) if value is not None}

    async def remember(self, keys: Sequence[bytes]) -> None:
        """Call once Kafka has acknowledged the events."""
        if not keys or self._guard.resting:
            return
        pipeline = self._redis.pipeline(transaction=False)
        for key in keys:
            pipeline.set(key, b"1", ex=DAY_S)
        await self._guard.attempt(pipeline.execute())
