"""The API process: REST, live streams, documents and console on one port."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Iterator

import httpx
import uvicorn
from aiokafka.errors import KafkaError
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from infra import log
from infra.clock import utc_now
from infra.kafka.clients import producer
from infra.postgres import engine as postgres
from infra.postgres.commands import Commands
from infra.postgres.words import StoredWords
from infra.process import run
from infra.redis import client as redis
from infra.settings import Settings
from schemas.errors import Invalid
from services.api import counting
from services.api.app import build
from services.api.backtests.queue import Backtests
from services.api.center import Center
from services.api.keys import KeyRing
from services.api.live.hub import Hub
from services.api.throttle import Throttle
from services.api.vitals import Vitals

POOL = 8
GRACE_S = 1
RETRY_S = 2.0
IDLE_S = 2.0
"""So long a connection to ingest waits for the next request: what was idle for 5 s is closed there, and what is sent on
it in that moment is lost. How many there are is not bounded: who posts slowly would take them from all others."""
UNREAD_S = 120.0
"""A connection ends when nothing of what was sent is taken for so long."""
_log = log.logger("api")


class Connection(HttpToolsProtocol):
    """One connection; who reads nothing of it does not keep it for ever."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The system ends it when what was sent is not taken in time: without, a frozen client is asked for ever."""
        super().connection_made(transport)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            given = transport.get_extra_info("socket")
            given.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * UNREAD_S))


class Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: `infra.process` has them."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none."""
        yield


async def connect_kafka(center: Center) -> None:
    """Connects the producer, trying again while Kafka is away or lets nobody in: people need the rest of the API."""
    while True:
        try:
            await center.producer.start()
            return
        except (KafkaError, OSError, Invalid) as error:
            _log.warning("kafka_away", reason=str(error), at=utc_now().isoformat())
        await asyncio.sleep(RETRY_S)


@contextlib.asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Center]:
    """The connections of this process; nothing but Kafka is asked before the first request."""
    engine = postgres.connect(settings.database_url, pool=POOL)
    cache = redis.connect(settings.redis_url, tries=2)
    timeout = httpx.Timeout(60.0, connect=2.0)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=20, keepalive_expiry=IDLE_S)
    ingest = httpx.AsyncClient(base_url=settings.ingest_url, timeout=timeout, limits=limits, trust_env=False)
    words = StoredWords()
    center = Center(
        settings=settings,
        engine=engine,
        redis=cache,
        producer=producer(settings.kafka),
        ingest=ingest,
        hub=Hub(cache, counting.TileCounts(engine).read),
        keys=KeyRing(engine),
        logins=Throttle(),
        commands=Commands(words),
        words=words,
        backtests=Backtests(engine, settings),
        vitals=Vitals(),
    )
    try:
        yield center
    finally:
        await center.backtests.end()
        await center.producer.stop()
        await ingest.aclose()
        await cache.aclose()
        await engine.dispose()


@contextlib.asynccontextmanager
async def at_work(center: Center) -> AsyncIterator[set[asyncio.Task[None]]]:
    """What goes on beside the server until the block ends; an error in it must end the process: see `ended`."""
    tasks = {asyncio.create_task(center.hub.run()), asyncio.create_task(connect_kafka(center))}
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def ended(serving: asyncio.Task[None], beside: set[asyncio.Task[None]]) -> None:
    """Returns when the server has ended; raises what ended a task beside it."""
    waiting = {serving, *beside}
    while serving in waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


def server_of(center: Center) -> Server:
    """Uvicorn for the application of this center, not started."""
    config = uvicorn.Config(
        build(center),
        host=center.settings.http_host,
        port=center.settings.http_port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=GRACE_S,
        server_header=False,
        ws_max_size=65_536,
        http=Connection,
    )
    return Server(config)


async def body(settings: Settings) -> None:
    """Serves until cancelled, or until something beside the server fails; then ends the live streams with a reason."""
    async with connected(settings) as center, at_work(center) as beside:
        server = server_of(center)
        serving = asyncio.create_task(server.serve())
        try:
            await ended(serving, beside)
        finally:
            center.hub.end("stopping")
            server.should_exit = True
            await asyncio.wait({serving})


if __name__ == "__main__":
    run("api", body)
