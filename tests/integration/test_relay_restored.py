"""A database restored from a backup, and a log that was lost: what stands is in both again."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from city.incidents import Tracked
from infra.clock import utc_now
from infra.kafka.admin import ensure_topics
from infra.kafka.reference import ReferenceReader
from infra.postgres.engine import connect
from infra.postgres.incident_rows import change_row, incident_row, plain
from infra.postgres.reference import Write, put_reference
from infra.postgres.tables import changes, incidents, outbox
from schemas.assets import Asset
from schemas.reference import REFERENCE_TYPES
from schemas.topics import INCIDENTS, reference_topic, topics
from tests.changes import a_change
from tests.servers import Servers
from tests.truth import Town, sender
from tests.waiting import eventually


class Scene(Town):
    """A town with assets of its own in database and log."""

    def __init__(self, servers: Servers) -> None:
        super().__init__(servers)
        self.engine: AsyncEngine = connect(self.database_url)

    async def put(self, *names: str, lost: bool = False) -> None:
        """Writes assets (`lost`: deletes them), as an import or an edit does."""
        async with self.engine.begin() as connection:
            for name in names:
                body = plain(Asset(id=name, kind="sensor", name=name, zone="z1"))
                await put_reference(
                    connection, Write("assets", name, None if lost else body, "city"), "test", utc_now()
                )

    async def relayed(self) -> None:
        """Runs the relay until nothing waits."""
        waits = select(func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))

        async def none() -> bool:
            async with self.engine.connect() as connection:
                return (await connection.execute(waits)).scalar_one() == 0

        with self.running("relay"):
            await eventually(none, "everything is published")

    async def in_log(self) -> set[str]:
        reader = ReferenceReader(self.kafka, REFERENCE_TYPES)
        await reader.start()
        await reader.stop()
        return set(reader.snapshot("assets").items)


@pytest.fixture
async def scene(servers: Servers) -> AsyncIterator[Scene]:
    ensure_topics(servers.kafka, topics(["power"]))
    found = Scene(servers)
    yield found
    await found.engine.dispose()


BACKUP = "CREATE TABLE saved_{0} AS SELECT * FROM {0}"
RESTORE = "DELETE FROM {0}; INSERT INTO {0} OVERRIDING SYSTEM VALUE SELECT * FROM saved_{0}"


async def carry_out(scene: Scene, *statements: str) -> None:
    async with scene.engine.begin() as connection:
        for statement in "; ".join(statements).split("; "):
            await connection.execute(text(statement))


async def waiting_for(scene: Scene, topic: str) -> list[str]:
    async with scene.engine.connect() as connection:
        return list((await connection.execute(select(outbox.c.key).where(outbox.c.topic == topic))).scalars())


async def test_after_a_restore_nothing_is_lost_and_the_log_has_what_the_database_has(scene: Scene) -> None:
    await scene.put("kept", "changed-since")
    await scene.relayed()
    await carry_out(scene, *(BACKUP.format(table) for table in ("outbox", "reference")))
    await scene.put(*(f"made-since-{number}" for number in range(20)))
    await scene.put("changed-since", lost=True)
    await scene.relayed()
    assert await scene.in_log() >= {"kept", "made-since-0"}
    await carry_out(scene, *(RESTORE.format(table) for table in ("outbox", "reference")))
    await scene.put("made-after")
    await scene.relayed()
    assert await scene.in_log() == {"kept", "changed-since", "made-after"}


async def test_a_log_made_anew_gets_what_stands(scene: Scene) -> None:
    async with scene.engine.begin() as connection:
        for name, state in (("inc-standing", "open"), ("inc-over", "closed")):
            made = a_change(id=name, state=state)
            row = change_row(msgspec.structs.replace(made, incident_id=name))
            await connection.execute(insert(changes).values({**row, "body": plain(row["body"])}))
            tracked = Tracked(incident=made.incident, region="city", created_at=made.at)
            await connection.execute(insert(incidents).values(incident_row(tracked)))
    await scene.put("asset-of-before")
    await scene.relayed()
    async with sender(scene.kafka) as to:  # as if it had never been there
        await to.send_and_wait(reference_topic("assets"), None, key=b"asset-of-before")
    await carry_out(scene, "UPDATE offsets SET topic = 'relay-of-another-log' WHERE consumer = 'relay'")
    await scene.put("asset-of-after")
    await scene.relayed()
    assert await scene.in_log() >= {"asset-of-before", "asset-of-after"}
    assert await waiting_for(scene, INCIDENTS) == ["inc-standing"]


async def test_a_log_of_the_same_past_is_told_nothing_again(scene: Scene) -> None:
    await scene.put("once")
    await scene.relayed()
    await scene.put("twice")
    await scene.relayed()
    assert await waiting_for(scene, reference_topic("assets")) == ["once", "twice"]
