"""Starts the relay: waits for its turn, then publishes what is written to the outbox."""

import asyncio
import logging
from datetime import timedelta

import psycopg
from aiokafka.errors import KafkaError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra import log
from infra.clock import utc_now
from infra.kafka.reference import ReferenceReader
from infra.postgres import publishing
from infra.postgres.engine import connect
from infra.postgres.reference import alone
from infra.postgres.refusals import is_away
from infra.postgres.restating import restate
from infra.postgres.turn import Turn, open_turn
from infra.process import run
from infra.redis.stages import heartbeat
from infra.settings import Settings
from schemas.errors import Unavailable
from schemas.reference import REFERENCE_TYPES
from schemas.topics import reference_topic
from services.relay.live import Live
from services.relay.publisher import Publisher

POLL_S = 0.5
BACKOFF_S = 1.0
UPKEEP_EVERY = timedelta(hours=1)
CITIES = reference_topic("cities")
_log = log.logger("relay")


class Relay:
    """One turn of being active."""

    def __init__(self, engine: AsyncEngine, live: Live, publisher: Publisher, turn: Turn) -> None:
        self._engine, self._live, self._publisher, self._turn = engine, live, publisher, turn
        self._upkeep_at = utc_now()

    async def run(self) -> None:
        """Publishes until it fails or is cancelled."""
        await self._look_at_agencies()
        await self._live.append([])
        while True:
            if utc_now() >= self._upkeep_at:
                await self._upkeep()
            if not await self._batch():
                await self._turn.news(POLL_S)

    async def _batch(self) -> int:
        async with self._engine.begin() as connection:
            rows = await publishing.take(connection, self._publisher.published)
        await self._live.append(rows)
        if rows:
            await self._publisher.publish(rows)
            async with self._engine.begin() as connection:
                await publishing.mark(connection, rows, utc_now())
            if any(row.topic == CITIES for row in rows):
                await self._look_at_agencies()
        return len(rows)

    async def _look_at_agencies(self) -> None:
        async with self._engine.connect() as connection:
            agencies = await publishing.topic_agencies(connection)
        await self._publisher.serve(agencies)

    async def _upkeep(self) -> None:
        async with self._engine.begin() as connection:
            ended = await publishing.forget(connection, utc_now())
        _log.info("relay_upkeep", forgotten=ended)
        self._upkeep_at = utc_now() + UPKEEP_EVERY


async def _active(settings: Settings, engine: AsyncEngine, live: Live) -> None:
    """Waits for the turn and relays until something fails."""
    turn = await open_turn(settings.database_url)
    try:
        while not await turn.mine():
            await turn.news(BACKOFF_S)
        async with engine.begin() as connection:
            identity = await publishing.identity(connection)
        publisher = Publisher(settings.kafka, identity, settings.exercise)
        try:
            await publisher.start()
            _log.info("relay_active")
            await _agree(settings, engine, publisher)
            async with engine.begin() as connection:
                await publishing.settle(connection, publisher.published, utc_now())
            await Relay(engine, live, publisher, turn).run()
        finally:
            await publisher.stop()
    finally:
        await turn.close()


async def _agree(settings: Settings, engine: AsyncEngine, publisher: Publisher) -> None:
    """Where the log and the database are not of one past, for one of them was lost, the log is told again what stands:
    else the streams would judge by other reference data than people see, or by none."""
    async with engine.connect() as connection:
        if await publishing.agrees(connection, publisher.published):
            return
    reader = ReferenceReader(settings.kafka, REFERENCE_TYPES)
    await reader.start()
    known = {name: reader.snapshot(name).items.keys() for name in REFERENCE_TYPES}
    await reader.stop()
    async with engine.begin() as connection:
        await alone(connection)
        rows = await restate(connection, known, utc_now())
    _log.warning("log_and_database_apart", log_came_to=publisher.published, told_again=rows)


async def relay(settings: Settings) -> None:
    """Relays until cancelled; when Kafka or PostgreSQL is away the outbox waits."""
    engine = connect(settings.database_url)
    beat = asyncio.create_task(heartbeat(settings.redis_url, "relay"))
    live, away = Live(settings.redis_url, engine), ""
    try:
        while True:
            try:
                await _active(settings, engine, live)
            except (KafkaError, DBAPIError, psycopg.OperationalError, Unavailable) as error:
                if isinstance(error, DBAPIError) and not is_away(error):
                    raise
                if away != type(error).__name__:
                    _log.warning("relay_waits", reason=str(error), error=type(error).__name__)
                away = type(error).__name__
                await engine.dispose()  # where it only reads, another server may have its name by now
                await asyncio.sleep(BACKOFF_S)
    finally:
        beat.cancel()
        await engine.dispose()


def main() -> None:
    """`python -m services.relay`."""
    # Kafka 4 calls a transaction that follows at once on another a lack of replicas, and the client warns of each such
    # retry (aio-libs/aiokafka#1172). What does not pass in the end is raised, and told by us.
    logging.getLogger("aiokafka.producer.sender").setLevel(logging.ERROR)
    run("relay", relay)


if __name__ == "__main__":
    main()
