"""Whether everything that the center needs works: asked by `/readyz` and told in `/metrics`."""

import asyncio
from collections.abc import Awaitable

import msgspec
from aiokafka.errors import KafkaError
from httpx import HTTPError
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.clock import now_ms
from infra.redis.stages import EXPECTED, read_stages
from services.api.center import Center

PATIENCE_S = 2.0
OLD_S = 10.0


class Dependency(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing the center needs."""

    ready: bool
    detail: str = ""
    age_s: float | None = None
    """Stages: seconds since the last tick."""


class Readiness(msgspec.Struct, frozen=True):
    """Ready when every dependency is."""

    ready: bool
    dependencies: dict[str, Dependency]


async def _asked(question: Awaitable[object]) -> Dependency:
    try:
        async with asyncio.timeout(PATIENCE_S):
            await question
    except TimeoutError:
        return Dependency(False, f"no answer within {PATIENCE_S:.0f} s")
    except (SQLAlchemyError, RedisError, KafkaError, HTTPError, OSError) as error:
        return Dependency(False, str(error).splitlines()[0] if str(error) else type(error).__name__)
    return Dependency(True)


async def _postgres(center: Center) -> None:
    async with center.engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


async def _kafka(center: Center) -> None:
    await center.producer.client.fetch_all_metadata()


async def _stages(center: Center) -> dict[str, Dependency]:
    try:
        async with asyncio.timeout(PATIENCE_S):
            found = await read_stages(center.redis)
    except (RedisError, OSError, TimeoutError):
        found = {}
    now, told = now_ms(), {}
    for name in EXPECTED:
        if name == "ingest":  # which is asked itself
            continue
        stage = found.get(name)
        age = (now - stage.at_ms) / 1000 if stage else None
        ready = age is not None and age <= OLD_S
        told[name] = Dependency(ready, "" if ready else "no tick has passed lately", age)
    return told


async def readiness(center: Center) -> Readiness:
    """PostgreSQL, Redis, Kafka, ingest, and each stage with its age; takes at most 2 s."""
    names = ("postgres", "redis", "kafka", "ingest")
    questions = (_postgres(center), center.redis.ping(), _kafka(center), center.ingest.get("/healthz"))
    answers, stages = await asyncio.gather(
        asyncio.gather(*(_asked(question) for question in questions)), _stages(center)
    )
    found = dict(zip(names, answers, strict=True)) | stages
    return Readiness(all(one.ready for one in found.values()), found)
