"""Explanations as correlate would send them, and a recorder and a relay as processes of their own."""

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

import msgspec
from aiokafka import AIOKafkaProducer

from infra.clock import now_ms
from infra.kafka.admin import ensure_topics
from infra.kafka.clients import producer
from infra.postgres.migrate import upgrade
from schemas.ids import signal_id
from schemas.links import CAUSE, Explanation, Link, LinkTick
from schemas.signals import Signal
from schemas.times import to_ms
from schemas.topics import LINKS, SIGNAL_PARTITIONS, topics
from tests.contract.tree import ROOT
from tests.servers import Servers

START = datetime(2026, 5, 1, 8, 0, tzinfo=UTC)
PARTITION = crc32(b"city") % SIGNAL_PARTITIONS


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def signal(
    asset: str, seconds: float = 0, kind: str = "power.outage", cleared: float | None = None, **more: Any
) -> Signal:
    """A signal raised so many seconds after START, cleared at `cleared`."""
    return Signal(
        id=signal_id(asset, kind, at(seconds)),
        kind=kind,
        asset=asset,
        state="active" if cleared is None else "cleared",
        raised_at=at(seconds),
        cleared_at=None if cleared is None else at(cleared),
        **{"severity": "major", "zone": "z1", "domain": kind.partition(".")[0], "position": (106.6, 11.0), **more},
    )


def group(*members: Signal, cause: Signal | None = None, revision: int = 1, **more: Any) -> Explanation:
    """The group of these signals, under the group whose anchor is `cause`."""
    parent = Link(kind=CAUSE, rule="outage_darkens", cause=cause.id, effect=members[0].id, score=0.9) if cause else None
    return Explanation(
        group=members[0].id,
        region="city",
        signals=members,
        parent=parent,
        parent_group=cause.id if cause else None,
        revision=revision,
        **more,
    )


def gone(anchor: Signal, revision: int, became: Signal | None = None) -> Explanation:
    after = became.id if became else None
    return Explanation(group=anchor.id, region="city", signals=(), became=after, revision=revision)


def tick(seconds: float, told_ms: int | None = None) -> LinkTick:
    """A tick that detect and correlate told at a time of the wall clock, Unix milliseconds; now."""
    told_ms = now_ms() if told_ms is None else told_ms
    return LinkTick(now_ms=to_ms(at(seconds)), stages={"detect": told_ms, "correlate": told_ms})


class Town:
    """A database, topics and live stream of its own."""

    def __init__(self, servers: Servers) -> None:
        self.database_url = servers.fresh_database()
        self.kafka, self.redis_url = servers.kafka, servers.redis_url
        upgrade(self.database_url)

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "SOC_KAFKA_BOOTSTRAP": self.kafka,
            "SOC_DATABASE_URL": self.database_url,
            "SOC_REDIS_URL": self.redis_url,
        }

    def start(self, process: str) -> subprocess.Popen[bytes]:
        """Starts `services.<process>`; end it with `ended`."""
        return subprocess.Popen([sys.executable, "-m", f"services.{process}"], cwd=ROOT, env=self.environment())

    @contextmanager
    def running(self, *processes: str) -> Iterator[list[subprocess.Popen[bytes]]]:
        """The processes, killed at the end."""
        started = [self.start(process) for process in processes]
        try:
            yield started
        finally:
            for one in started:
                one.kill()
                one.wait(10)


@asynccontextmanager
async def sender(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    """A started producer; the topics exist."""
    ensure_topics(kafka, topics(["power", "reports"], []))
    found = producer(kafka)
    await found.start()
    try:
        yield found
    finally:
        await found.stop()


async def send(to: AIOKafkaProducer, records: Sequence[Explanation | LinkTick | bytes]) -> None:
    """Sends records of links in order, as correlate does: ticks to every partition."""
    for record in records:
        value = record if isinstance(record, bytes) else msgspec.json.encode(record)
        for partition in range(SIGNAL_PARTITIONS) if isinstance(record, LinkTick) else [PARTITION]:
            await to.send(LINKS, value, key=b"city", partition=partition)
    await to.flush()
