"""The recorder and the relay are killed in the middle of batches: every signal once, every change once, in order."""

import asyncio
import json
import signal as signals
import time
from collections import Counter
from typing import Any

from redis.asyncio import Redis
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.kafka.clients import consumer
from infra.postgres.engine import connect
from infra.postgres.fence import Place, position
from infra.postgres.tables import changes, incidents, outbox
from infra.redis.live import LIVE
from schemas.links import Explanation
from schemas.topics import CHANGES, LINKS
from tests.servers import Servers
from tests.truth import PARTITION, Town, group, send, sender, signal, tick

CHUNK = 15
CHUNKS = 8
STORIES = CHUNK * CHUNKS
NAME = "killed"


def chunk(number: int) -> tuple[list[Explanation], list[Explanation]]:
    """Effects and causes as strangers, then the effects under their causes: opened twice, merged."""
    apart, linked = [], []
    for story in range(number * CHUNK, (number + 1) * CHUNK):
        cause = signal(f"{NAME}-feeder-{story}", story)
        effect = signal(f"{NAME}-lamp-{story}", story + 20, "traffic.signal_dark")
        apart += [group(effect), group(cause)]
        linked.append(group(effect, cause=cause, revision=2))
    return apart, linked


class Killed:
    """The recorder and the relay, each killed and started again on demand."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._running = {name: town.start(name) for name in ("recorder", "relay")}

    def kill(self, *, again: bool = True) -> None:
        for name, process in list(self._running.items()):
            process.send_signal(signals.SIGKILL)
            process.wait(10)
            if again:
                self._running[name] = self._town.start(name)


async def count(engine: AsyncEngine, query: Any) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(query)).scalar_one())


async def reached(engine: AsyncEngine, query: Any, wanted: int, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while (found := await count(engine, query)) < wanted:
        assert time.monotonic() < deadline, f"{found} of {wanted} within {seconds} s"
        await asyncio.sleep(0.02)


async def test_every_change_is_made_and_published_once_in_order_however_often_they_die(servers: Servers) -> None:
    town = Town(servers)
    engine = connect(town.database_url)
    redis = Redis.from_url(town.redis_url)
    await redis.delete(LIVE)
    ours = select(func.count()).where(incidents.c.search.like(f"%{NAME}-%"))
    merged = ours.where(incidents.c.state == "merged")
    processes = Killed(town)
    try:
        async with sender(town.kafka) as to:
            for number in range(CHUNKS):
                apart, linked = chunk(number)
                await send(to, apart)
                if number % 3 == 1:
                    processes.kill()
                await reached(engine, ours, 2 * CHUNK * (number + 1))
                await send(to, linked)
                if number % 3 == 2:
                    processes.kill()
            await send(to, [tick(1000)])
        await reached(engine, merged, STORIES)
        published = select(func.count()).select_from(outbox).where(outbox.c.published_at.is_not(None))
        await reached(engine, published, await count(engine, select(func.count()).select_from(outbox)))
    finally:
        processes.kill(again=False)
    async with engine.connect() as connection:
        stored = (await connection.execute(select(changes).order_by(changes.c.number))).all()
    assert {row.kind for row in stored} >= {"opened", "merged"}
    assert await count(engine, merged) == STORIES
    assert await count(engine, ours) == 2 * STORIES
    wanted = [(row.incident_id, row.version) for row in stored]
    sent = await read_committed(town.kafka, {row.incident_id for row in stored})
    assert Counter(sent) == Counter(wanted), "a change is missing on Kafka, or there twice"
    for name in {row.incident_id for row in stored}:
        versions = [version for incident, version in sent if incident == name]
        assert versions == sorted(versions), f"{name} is out of order"
    entries: Any = await redis.xrange(LIVE)
    frames = [json.loads(fields[b"frame"]) for _, fields in entries]
    assert [frame["number"] for frame in frames] == [row.number for row in stored]
    await engine.dispose()
    await redis.aclose()


async def read_committed(kafka: str, names: set[str]) -> list[tuple[str, int]]:
    """(incident, version) of these incidents' changes, in order within each."""
    reader = consumer(kafka, CHANGES, isolation_level="read_committed")
    await reader.start()
    found = []
    while batches := await reader.getmany(timeout_ms=2000):
        for records in batches.values():
            for record in (one for one in records if one.key.decode() in names):
                data = json.loads(record.value)["data"]
                found.append((data["incident_id"], data["version"]))
    await reader.stop()
    return found


async def test_a_recorder_that_froze_does_not_apply_what_another_has_applied(servers: Servers) -> None:
    town = Town(servers)
    engine = connect(town.database_url)
    total = select(func.count()).select_from(changes)
    with town.running("recorder") as (frozen,):
        async with sender(town.kafka) as to:
            await send(to, [group(signal(f"{NAME}-frozen-0"))])
            await reached(engine, total, 1)
            start = await count(engine, total)
            frozen.send_signal(signals.SIGSTOP)
            with town.running("recorder"):
                await send(to, [group(signal(f"{NAME}-frozen-{number}")) for number in range(1, 20)])
                await reached(engine, total, start + 19)
                frozen.send_signal(signals.SIGCONT)
                await send(to, [group(signal(f"{NAME}-frozen-{number}")) for number in range(20, 30)])
                await reached(engine, total, start + 29)
    async with engine.begin() as connection:
        doubled = select(changes.c.incident_id).group_by(changes.c.incident_id).having(func.count() > 1)
        frozen_ones = doubled.where(changes.c.body["incident"]["root_asset"].astext.like(f"{NAME}-frozen-%"))
        assert (await connection.execute(frozen_ones)).all() == []
        assert await position(connection, Place("recorder", LINKS, PARTITION)) > 0
    await engine.dispose()
