"""The process `telemetry`: latest values and rollups and indicators."""

import asyncio
from contextlib import AsyncExitStack

from infra import process
from infra.kafka.clients import UNHURRIED_MS, consumer, producer
from infra.kafka.reference import ReferenceReader
from infra.postgres.engine import connect as connect_database
from infra.redis.client import connect as connect_redis
from infra.settings import Settings
from schemas.errors import Unavailable
from services.telemetry.follow import Follower
from services.telemetry.indicators import work
from services.telemetry.retention import retain

GROUP = "telemetry"


async def body(settings: Settings) -> None:
    """Follows until cancelled; ends with the first error of any part."""
    async with AsyncExitStack() as stack:
        engine = connect_database(settings.database_url, pool=3)
        stack.push_async_callback(engine.dispose)
        redis = connect_redis(settings.redis_url)
        stack.push_async_callback(redis.aclose)
        reference = ReferenceReader(settings.kafka, ("assets",))
        stack.push_async_callback(reference.stop)
        await reference.start()
        writer = producer(settings.kafka)
        stack.push_async_callback(writer.stop)
        await writer.start()
        options = {"metadata_max_age_ms": 5_000, "fetch_max_wait_ms": UNHURRIED_MS}
        reader = consumer(settings.kafka, group=GROUP, **options)
        stack.push_async_callback(reader.stop)
        await reader.start()
        follower = Follower(engine, redis, writer, lambda: reference.snapshot("assets").items)
        running = (follower.run(reader), reference.failed(), retain(engine, settings), work(engine))
        tasks = [asyncio.ensure_future(each) for each in running]
        for task in tasks:
            stack.callback(task.cancel)
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
        raise Unavailable("a part of telemetry ended")


def main() -> None:
    """Runs telemetry."""
    process.run("telemetry", body)


if __name__ == "__main__":
    main()
