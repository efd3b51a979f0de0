"""The health of every edge, in the hash `soc:edges`: ingest writes it, the API shows it."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec
from redis.asyncio import Redis

EDGES = "soc:edges"
MEMORY = "soc:edge-memory:"
T = TypeVar("T")


class EdgeHealth(msgspec.Struct, kw_only=True):
    """How one edge does; counts are since ingest started."""

    state: str = "connecting"
    """`connecting`, `connected`, `waiting` (for Kafka), `failed` or `off`."""
    detail: str = ""
    """Why it is not connected, or what it passes over, for people."""
    detail_vi: str = ""
    since_ms: int = 0
    """Since when it is in this state, Unix milliseconds."""
    at_ms: int = 0
    """When this was written."""
    last_ms: int | None = None
    """When Kafka last acknowledged something of it."""
    received: int = 0
    """Messages, files, notifications or answers that came."""
    accepted: int = 0
    """Readings and events in them that Kafka has."""
    rejected: int = 0
    """What of them went to the dead letters."""
    duplicates: int = 0


_decode = msgspec.json.Decoder(EdgeHealth).decode


async def write_edges(redis: Redis, edges: Mapping[str, EdgeHealth]) -> None:
    """Replaces what is there; raises RedisError."""
    pipeline = redis.pipeline(transaction=True)
    pipeline.delete(EDGES)
    if edges:
        pipeline.hset(EDGES, mapping={name: msgspec.json.encode(one) for name, one in edges.items()})
    await pipeline.execute()


async def read_edges(redis: Redis) -> dict[str, EdgeHealth]:
    """The health of every edge by id; raises RedisError."""
    found = await redis.hgetall(EDGES)
    return {name if isinstance(name, str) else name.decode(): _decode(value) for name, value in found.items()}


async def recall(redis: Redis, edge: str, kind: type[T]) -> dict[str, T]:
    """What an edge remembers over restarts; raises RedisError."""
    found = await redis.get(f"{MEMORY}{edge}")
    return msgspec.json.decode(found, type=dict[str, kind]) if found else {}  # type: ignore[valid-type]


async def remember(redis: Redis, edge: str, items: Mapping[str, Any]) -> None:
    """Replaces what an edge remembers; raises RedisError."""
    await redis.set(f"{MEMORY}{edge}", msgspec.json.encode(items))
