"""`/healthz`, `/readyz`, `/metrics`: whether this process and everything behind it works."""

import asyncio
from collections.abc import Awaitable

import msgspec
from aiokafka.errors import KafkaError
from fastapi import APIRouter, Response
from httpx import HTTPError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from infra.clock import now_ms
from infra.redis.stages import EXPECTED, read_stages
from services.api.answers import gives, json_answer
from services.api.center import Center, Here

router = APIRouter(tags=["health"])
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


@router.get("/healthz", summary="This process is alive", openapi_extra={"security": []})
async def healthz() -> dict[str, str]:
    """Asks nothing of anybody."""
    return {"status": "alive"}


@router.get("/metrics", summary="Metrics for Prometheus", openapi_extra={"security": []})
async def metrics() -> Response:
    """Of this process."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


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


@router.get(
    "/readyz",
    summary="Everything it needs works",
    openapi_extra={"security": []},
    **gives(Readiness, "Every dependency by name; 503 with the same body until all are ready"),
)
async def readyz(center: Here) -> Response:
    """PostgreSQL, Redis, Kafka, ingest, and each stage with its age."""
    names = ("postgres", "redis", "kafka", "ingest")
    questions = (_postgres(center), center.redis.ping(), _kafka(center), center.ingest.get("/healthz"))
    answers = await asyncio.gather(*(_asked(question) for question in questions))
    found = dict(zip(names, answers, strict=True)) | await _stages(center)
    ready = all(one.ready for one in found.values())
    return json_answer(Readiness(ready, found), 200 if ready else 503)
