"""Members come and go while a batch is being written: every record is applied once, and no position goes back."""

import asyncio
from collections.abc import Callable, Sequence

from aiokafka import ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.kafka.admin import ensure_topics
from infra.kafka.clients import producer
from infra.postgres.engine import connect
from schemas.topics import Topic
from services.recorder.follower import Follower
from tests.servers import Servers
from tests.truth import Town
from tests.waiting import eventually

NAME = "test.follower.rebalanced"
TOPIC = Topic(name=NAME, description="", key="", records=(), partitions=1, retention_ms=None, writers=(), readers=())
FIRST = 20


class Applied:
    """What was applied; a record `slow` takes until it is let go."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.holds, self.let_go = asyncio.Event(), asyncio.Event()

    async def apply(self, _: AsyncConnection, records: Sequence[ConsumerRecord]) -> None:
        self.offsets += [record.offset for record in records]
        if records[-1].value == b"slow":
            self.holds.set()
            await self.let_go.wait()

    async def refuse(self, record: ConsumerRecord, error: Exception) -> None:
        raise AssertionError(record) from error

    def have(self, number: int) -> bool:
        return len(self.offsets) >= number


async def rebalanced(staying: Follower, change: Callable[[], object]) -> None:
    """Changes who is there, and waits until the one that stays has heard of it."""
    before = staying._positions
    change()
    await comes(lambda: staying._positions is not before, "a rebalance")


async def test_a_member_that_joins_and_leaves_while_a_batch_is_written_sets_nothing_back(
    shared_servers: Servers,
) -> None:
    town, found = Town(shared_servers), Applied()
    ensure_topics(town.kafka, [TOPIC])
    engine, to = connect(town.database_url), producer(town.kafka)
    await to.start()
    staying, leaving = (Follower(town.kafka, NAME, engine, found.apply, found.refuse) for _ in range(2))
    tasks = [asyncio.create_task(staying.run())]
    try:
        for _ in range(FIRST):
            await to.send_and_wait(NAME, b"quick", key=b"one")
        await comes(lambda: found.have(FIRST), "the first records are applied")
        await to.send_and_wait(NAME, b"slow", key=b"one")
        await found.holds.wait()
        await rebalanced(staying, lambda: tasks.append(asyncio.create_task(leaving.run())))
        await rebalanced(staying, tasks[1].cancel)
        found.let_go.set()
        await to.send_and_wait(NAME, b"quick", key=b"one")
        await comes(lambda: found.have(FIRST + 2) and found.offsets[-1] == FIRST + 1, "the last record is applied")
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await to.stop()
        await engine.dispose()
    assert found.offsets == list(range(FIRST + 2))


async def comes(probe: Callable[[], bool], what: str) -> None:
    async def found() -> bool:
        return probe()

    await eventually(found, what)
