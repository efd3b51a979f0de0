"""How many signals a second the recorder takes from Kafka into PostgreSQL: stories of ten, their ends, one storm."""

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.engine import connect
from infra.postgres.tables import offsets
from schemas.links import Explanation, LinkTick
from schemas.signals import Signal
from schemas.topics import LINKS
from tests.servers import Servers, running_servers
from tests.truth import PARTITION, Town, group, send, sender, signal, tick

STORIES, EFFECTS, STORM = 1_000, 9, 11_600
DEADLINE_S = 180.0


def _stories(cleared: float | None = None, revision: int = 1) -> Iterator[Explanation]:
    """A cause and its effects each, all stories mixed; `cleared`: when all of it ended."""
    causes = [signal(f"feeder-{story}", story / 10, cleared=cleared) for story in range(STORIES)]
    yield from (group(cause, revision=revision) for cause in causes)
    for effect in range(EFFECTS):
        for story, cause in enumerate(causes):
            yield _effect(f"lamp-{story}-{effect}", story / 10 + effect, cause, cleared, revision)


def _effect(asset: str, at: float, cause: Signal, cleared: float | None, revision: int) -> Explanation:
    found = signal(asset, at, "traffic.signal_dark", cleared=cleared, position=(106.6, 11.0), zone=f"zone-{at % 9}")
    return group(found, cause=cause, revision=revision)


def _storm() -> Iterator[Explanation]:
    cause = signal("substation", 5000)
    yield group(cause)
    for number in range(STORM):
        yield _effect(f"storm-{number}", 5000 + number * 60 / STORM, cause, None, 1)


async def _position(engine: AsyncEngine) -> int:
    where = (offsets.c.consumer == "recorder") & (offsets.c.topic == LINKS) & (offsets.c.partition == PARTITION)
    async with engine.connect() as connection:
        return int((await connection.execute(select(offsets.c.next_offset).where(where))).scalar() or 0)


async def _until(engine: AsyncEngine, wanted: int) -> int:
    """The position once it is at least `wanted`."""
    deadline = time.monotonic() + DEADLINE_S
    while (found := await _position(engine)) < wanted:
        assert time.monotonic() < deadline, f"the recorder is at {found} of {wanted}"
        await asyncio.sleep(0.01)
    return found


async def _recorded(town: Town, records: list[Explanation | LinkTick]) -> dict[str, float]:
    """Signals a second of a recorder that finds them all waiting, from its first batch to its last."""
    engine = connect(town.database_url)
    before = await _position(engine)
    async with sender(town.kafka) as to:
        await send(to, records)
    with town.running("recorder") as (started,):
        recorder = psutil.Process(started.pid)
        first = await _until(engine, before + 1)
        begun, used = time.perf_counter(), _used_s(recorder)
        last = await _until(engine, before + len(records))
        seconds, used = time.perf_counter() - begun, _used_s(recorder) - used
    await engine.dispose()
    return {"signals_per_s": round((last - first) / seconds), "signals_per_cpu_s": round((last - first) / used)}


def _used_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


async def _all(servers: Servers) -> dict[str, Any]:
    town = Town(servers)
    return {
        "stories": await _recorded(town, [*_stories(), tick(1000)]),
        "their_ends": await _recorded(town, [*_stories(cleared=900, revision=2), tick(1001)]),
        "storm": await _recorded(town, [*_storm(), tick(1002)]),
    }


def run() -> dict[str, Any]:
    """The figures; takes about a minute."""
    with tempfile.TemporaryDirectory() as directory, running_servers(Path(directory)) as servers:
        return asyncio.run(_all(servers))


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
