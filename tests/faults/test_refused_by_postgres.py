"""Records that can be decoded and PostgreSQL does not take: for ever, or only for now."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from aiokafka import ConsumerRecord
from prometheus_client import REGISTRY
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infra.kafka.admin import ensure_topics
from infra.kafka.clients import producer
from infra.kafka.dead_letters import Origin, letter_of, send_dead_letter
from infra.postgres import outbox, tables
from infra.postgres.engine import connect
from infra.postgres.fence import Place, position
from infra.postgres.tables import dead_letters, incidents, sheets
from infra.settings import Settings
from schemas.errors import Invalid
from schemas.ids import incident_id
from schemas.topics import CHANGES, FIXED, INCIDENTS, Topic
from services.recorder.follower import Follower
from services.relay.__main__ import relay
from tests.servers import Servers
from tests.truth import Town, group, send, sender, signal
from tests.waiting import eventually

LONGEST_IDLE_S = 1


@pytest.fixture
async def town(servers: Servers) -> AsyncIterator[Town]:
    yield Town(servers)


@asynccontextmanager
async def engine_of(town: Town, idle_s: int | None = None) -> AsyncIterator[AsyncEngine]:
    engine = connect(town.database_url, idle_s=idle_s)
    try:
        yield engine
    finally:
        await engine.dispose()


async def test_a_record_that_postgres_cannot_keep_becomes_a_dead_letter_and_the_rest_is_applied(town: Town) -> None:
    noise = random.Random(7).randbytes(3_000).hex()  # what does not pack is too large for an entry of an index
    poison = [group(signal("odd-1", kind=f"power.{noise}")), group(signal("odd-2", zone="odd\x00zone"))]
    good = [group(signal(f"refused-{number}", number)) for number in range(4)]
    with town.running("recorder"):
        async with sender(town.kafka) as to, engine_of(town) as engine:
            await send(to, [*good[:2], *poison, *good[2:]])

            async def applied() -> bool:
                names = [incident_id(one.group) for one in good]
                async with engine.connect() as connection:
                    query = select(incidents.c.id).where(incidents.c.id.in_(names))
                    return len((await connection.execute(query)).all()) == len(good)

            async def letters() -> bool:
                async with engine.connect() as connection:
                    rows = (await connection.execute(select(dead_letters.c.reason, dead_letters.c.value))).all()
                reasons = " ".join(sorted(row.reason for row in rows if b'"odd-' in row.value))
                return "U+0000" in reasons and "index row size" in reasons

            await eventually(applied, "the good ones before and after it")
            await eventually(letters, "the poison is dead letters")


async def test_a_dead_letter_whose_field_cannot_be_kept_is_kept_otherwise(town: Town) -> None:
    said = Invalid("must be understood", field="data.0.a\x00_")
    letter = letter_of(Origin("edges.odd", 0, 1, b"odd", b"[]"), "ingest", said)
    with town.running("recorder"):
        async with sender(town.kafka) as to, engine_of(town) as engine:
            await send_dead_letter(to, letter)

            async def there() -> bool:
                async with engine.connect() as connection:
                    rows = await connection.execute(
                        select(dead_letters.c.field).where(dead_letters.c.topic == "edges.odd")
                    )
                    return rows.scalars().all() == ["data.0.a\\0_"]

            await eventually(there, "the letter")


class Sheets:
    """Writes each record down as a sheet; `hold` is awaited within the first transaction."""

    def __init__(self, hold_s: float = 0.0) -> None:
        self.hold_s, self.attempts = hold_s, 0
        self.refused: list[bytes] = []

    async def apply(self, connection: AsyncConnection, records: Sequence[ConsumerRecord]) -> None:
        self.attempts += 1
        hold_s, self.hold_s = self.hold_s, 0.0
        await asyncio.sleep(hold_s)
        rows = [{"digest": record.value.decode(), "body": {}} for record in records]
        await connection.execute(insert(sheets), rows)

    async def refuse(self, record: ConsumerRecord, _: Exception) -> None:
        self.refused.append(record.value)


@asynccontextmanager
async def followed(town: Town, engine: AsyncEngine, found: Sheets, name: str) -> AsyncIterator[Callable[[], bool]]:
    """A follower of a topic of its own with one record; gives whether it waits for PostgreSQL. Fails if it ends."""
    topic = Topic(
        name=f"test.follower.{name}",
        description="",
        key="",
        records=(),
        partitions=1,
        retention_ms=None,
        writers=(),
        readers=(),
    )
    ensure_topics(town.kafka, [topic])
    to = producer(town.kafka)
    await to.start()
    await to.send_and_wait(topic.name, b"good", key=b"good")
    await to.stop()
    follower = Follower(town.kafka, topic.name, engine, found.apply, found.refuse)
    task = asyncio.create_task(follower.run())
    try:
        yield lambda: _alive(task) and follower._away
    finally:
        task.cancel()
        await asyncio.wait({task})


def _alive(task: asyncio.Task[None]) -> bool:
    return not task.done() or task.result() is None


async def kept(town: Town, name: str) -> tuple[list[str], int]:
    """The sheets, and the position of the follower."""
    async with engine_of(town) as engine, engine.begin() as connection:
        found = (await connection.execute(select(sheets.c.digest))).scalars().all()
        return list(found), await position(connection, Place("recorder", f"test.follower.{name}", 0))


async def test_a_recorder_frozen_within_a_transaction_applies_the_record_when_it_thaws(town: Town) -> None:
    found = Sheets(hold_s=2.5 * LONGEST_IDLE_S)
    async with engine_of(town, LONGEST_IDLE_S) as engine, followed(town, engine, found, "frozen"):

        async def done() -> bool:
            return (await kept(town, "frozen"))[1] == 1

        await eventually(done, "the record is passed")
    assert (await kept(town, "frozen"), found.refused) == ((["good"], 1), [])
    assert found.attempts == 2


async def test_while_the_server_only_reads_records_wait_and_a_new_connection_is_tried(town: Town) -> None:
    found = Sheets()
    async with engine_of(town) as own, engine_of(town) as engine:
        await reads_only(own, True)
        async with followed(town, engine, found, "reader") as waits:

            async def waiting() -> bool:
                return waits() or bool(found.refused)

            await eventually(waiting, "it waits")
            assert told_to_wait("reader") == 1
            await reads_only(own, False)

            async def done() -> bool:
                return (await kept(town, "reader"))[1] == 1

            await eventually(done, "the record is passed")
    assert (await kept(town, "reader"), found.refused) == ((["good"], 1), [])
    assert told_to_wait("reader") == 0


def told_to_wait(name: str) -> float | None:
    """What the metrics say of a follower."""
    return REGISTRY.get_sample_value("soc_recorder_waits", {"topic": f"test.follower.{name}"})


async def test_while_the_server_only_reads_the_relay_waits_and_then_publishes(town: Town) -> None:
    settings = Settings(database_url=town.database_url, kafka_bootstrap=town.kafka, redis_url=town.redis_url)
    ensure_topics(town.kafka, [one for one in FIXED if one.name in (CHANGES, INCIDENTS)])
    async with engine_of(town) as engine:
        async with engine.begin() as connection:
            await outbox.write(connection, [outbox.row(INCIDENTS, "inc-1", None, datetime.now(UTC))])
        await reads_only(engine, True)
        relaying = asyncio.create_task(relay(settings))
        try:
            ended, _ = await asyncio.wait({relaying}, timeout=4)
            assert not ended, relaying
            await reads_only(engine, False)

            async def published() -> bool:
                async with engine.connect() as connection:
                    query = select(tables.outbox.c.published_at)
                    return (await connection.execute(query)).scalar_one() is not None

            await eventually(published, "the row is published")
        finally:
            relaying.cancel()
            await asyncio.wait({relaying})


async def reads_only(engine: AsyncEngine, yes: bool) -> None:
    """From the next connection on, as where the one that wrote has become a reader."""
    async with engine.begin() as connection:
        name = (await connection.execute(text("SELECT current_database()"))).scalar_one()
        await connection.execute(text("SET TRANSACTION READ WRITE"))
        await connection.execute(
            text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {"on" if yes else "off"}')
        )
