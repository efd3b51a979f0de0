"""The age of the pipeline: when each stage last passed a tick on, in the hash `soc:stages`."""

import asyncio
from collections.abc import Mapping

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from infra import log
from infra.clock import now_ms
from infra.redis.entries import read_entries

STAGES = "soc:stages"
EXPECTED = ("ingest", "detect", "correlate", "recorder", "relay", "telemetry", "webhooks")
"""Every stage of a center: one that is not to be found stands still, however quiet it looks."""
BEAT_S = 1.0
_log = log.logger("redis")


class Stage(msgspec.Struct, frozen=True):
    """Where a stage stands."""

    now_ms: int
    """Event time of the newest tick that it has passed on, Unix milliseconds."""
    at_ms: int
    """Wall clock at which it did."""
    behind_ms: int = 0
    """How long the tick had waited since the stage before: one with a backlog passes old ones on all the time."""


_decode = msgspec.json.Decoder(Stage).decode


async def pass_on(redis: Redis, stages: Mapping[str, Stage]) -> None:
    """Writes where stages stand; raises RedisError."""
    await redis.hset(STAGES, mapping={name: msgspec.json.encode(stage) for name, stage in stages.items()})


async def read_stages(redis: Redis) -> dict[str, Stage]:
    """Where every stage stands, as far as it can be read; raises RedisError."""
    return read_entries(STAGES, await redis.hgetall(STAGES), _decode)


async def heartbeat(redis_url: str, stage: str) -> None:
    """Says once a second that a process without ticks of its own is alive; survives Redis being away."""
    redis = Redis.from_url(redis_url)
    away = False
    while True:
        now = now_ms()
        try:
            await pass_on(redis, {stage: Stage(now, now)})
        except RedisError as error:
            if not away:
                _log.warning("heartbeat_lost", stage=stage, reason=str(error))
            away = True
        else:
            away = False
        await asyncio.sleep(BEAT_S)
