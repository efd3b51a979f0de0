"""The process `ingest`: the only writer of readings and events."""

import asyncio
import socket
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext

import uvicorn
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from city.watermark import Watermark
from infra import log, process
from infra.hosts import family_of
from infra.kafka.clients import consumer, producer
from infra.kafka.cluster import Given
from infra.memory import collect_seldom
from infra.redis.client import connect
from infra.redis.seen import Seen
from infra.redis.stages import heartbeat
from infra.settings import Settings
from schemas.errors import Unavailable
from services.ingest.clock import last_tick_ms
from services.ingest.edges.intake import Door as EdgeDoor
from services.ingest.edges.runner import Edges
from services.ingest.http import Door, Open
from services.ingest.inbox import GROUP, TOPICS, Inbox
from services.ingest.packer import Packer
from services.ingest.reference import Known

TICK_S = 1.0
MOVED_S = 0.2
"""After so long a recording's clock that moved is told of, so that what follows a replay is not a second behind it."""
RETRY_S = 1.0
_log = log.logger("ingest")


async def _opened(settings: Settings, door: Door, stack: AsyncExitStack) -> list[asyncio.Task[None]]:
    """Connects, opens the door; the tasks that must not end."""
    writer = await _started(settings.kafka)
    stack.push_async_callback(writer.stop)
    known = Known(settings.kafka, settings.pack_limit)
    await known.start(writer)
    stack.push_async_callback(known.stop)
    packer = Packer(writer, known.domains, await _watermark(settings, known))
    known.on_domains(packer.serve)
    redis = connect(settings.redis_url)
    stack.push_async_callback(redis.aclose)
    seen = Seen(redis)
    reader = consumer(settings.kafka, *TOPICS, group=GROUP)
    await reader.start()
    stack.push_async_callback(reader.stop)
    inbox = Inbox(reader, writer, packer, seen, lambda: known.judge)
    edges = Edges(lambda: known.edges, EdgeDoor(lambda: known.judge, packer, writer, seen, redis))
    door.opened = Open(known, packer, seen, edges)
    _log.info("ingest_open", domains=list(known.domains), clock=known.clock)
    work = (
        packer.run(),
        inbox.run(),
        edges.run(),
        known.follow(),
        known.failed(),
        _ticks(packer),
        heartbeat(settings.redis_url, "ingest"),
    )
    return [asyncio.ensure_future(each) for each in work]


async def _started(cluster: Given) -> AIOKafkaProducer:
    """A started producer, however long Kafka takes; the door says 503 meanwhile."""
    while True:
        writer = producer(cluster)
        try:
            await writer.start()
        except (KafkaError, OSError) as error:
            _log.warning("kafka_awaited", reason=repr(error))
            await writer.stop()
            await asyncio.sleep(RETRY_S)
        else:
            return writer


async def _watermark(settings: Settings, known: Known) -> Watermark | None:
    if known.clock != "events":
        return None
    domains = known.domains[:1]
    return Watermark(await last_tick_ms(settings.kafka, domains[0]) if domains else None)


async def _ticks(packer: Packer) -> None:
    """One a second, in a recording sooner if its clock moved; a second without Kafka has none."""
    lost = False
    while True:
        try:
            await packer.tick()
        except (KafkaError, OSError, Unavailable) as error:
            if not lost:
                _log.warning("tick_not_written", reason=repr(error))
            lost = True
        else:
            lost = False
        await _due(packer)


async def _due(packer: Packer) -> None:
    for _ in range(round(TICK_S / MOVED_S)):
        await asyncio.sleep(MOVED_S)
        if packer.moved:
            return


async def body(settings: Settings) -> None:
    """Serves until cancelled; ends with the first error of any part."""
    door = Door(settings.body_limit)
    config = uvicorn.Config(door.app(), log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = _Server(config)
    async with AsyncExitStack() as stack:
        listener = stack.enter_context(_listener(settings.ingest_host, settings.ingest_port))
        serving = asyncio.create_task(server.serve([listener]))
        stack.push_async_callback(_ended, server, serving)
        opening = asyncio.create_task(_opened(settings, door, stack))
        stack.callback(opening.cancel)
        await asyncio.wait({serving, opening}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            raise Unavailable("the HTTP server ended")
        work = opening.result()
        for task in work:
            stack.callback(task.cancel)
        done, _ = await asyncio.wait({serving, *work}, return_when=asyncio.FIRST_COMPLETED)
        done.pop().result()
        raise Unavailable("a part of ingest ended")


def _listener(host: str, port: int) -> socket.socket:
    """Listens; port 0 takes a free one. Raises Unavailable if the port is in use."""
    try:
        listener = socket.create_server((host, port), family=family_of(host), backlog=1024)
    except OSError as error:
        raise Unavailable(f"port {port} of {host} cannot be listened on: {error.strerror}") from None
    _log.info("ingest_listens", host=host, port=listener.getsockname()[1])
    return listener


class _Server(uvicorn.Server):
    """Leaves signals to the process."""

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        return nullcontext()


async def _ended(server: uvicorn.Server, serving: asyncio.Task[None]) -> None:
    server.should_exit = True
    await asyncio.wait({serving}, timeout=2)


def main() -> None:
    """Runs ingest."""
    collect_seldom()
    process.run("ingest", body)


if __name__ == "__main__":
    main()
