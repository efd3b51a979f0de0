"""Telemetry on real servers: latest values, exact rollups over kills, sensors seen, poison, Redis away."""

import asyncio
import json
import signal
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pyarrow.parquet as pq
import pytest
from kafka import KafkaProducer, TopicPartition
from redis import Redis
from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.kafka.admin import admin
from infra.postgres.clocks import move_clock
from infra.postgres.engine import connect
from infra.postgres.rollup_export import Wanted, export
from infra.postgres.rollup_store import TABLES, RollupRow, Span, add, position, write
from infra.postgres.tables import metadata
from infra.settings import Settings
from schemas.errors import Conflict
from schemas.readings import Pack, Run, Tick
from schemas.times import from_ms
from schemas.topics import DEAD_LETTERS, readings_topic
from services.telemetry.fold import MONTH_MS, MOST_OF_PACK, Fold
from services.telemetry.retention import drop_expired
from services.telemetry.seen import KEPT, SLACK, Seen
from tests.intake import publish_reference, reference, running_process, stored
from tests.servers import Servers
from tests.waiting import until

RIVER = readings_topic("river")
MINUTE = 1_767_250_800_000
LAST_YEAR = MINUTE - 400 * 86_400_000


class Telemetry:
    """Writes packs as ingest would, and reads what telemetry made of them."""

    def __init__(self, servers: Servers, database: str) -> None:
        self.servers, self.database = servers, database
        self.engine = create_engine(database)

    def settings(self, **more: str) -> dict[str, str]:
        given = {
            "kafka_bootstrap": self.servers.kafka,
            "redis_url": self.servers.redis_url,
            "database_url": self.database,
        }
        return {**given, **more}

    def send(self, *records: Pack | Tick | bytes, partition: int = 1) -> None:
        producer = KafkaProducer(bootstrap_servers=self.servers.kafka)
        for record in records:
            value = record if isinstance(record, bytes) else msgspec.json.encode(record)
            producer.send(RIVER, value=value, partition=partition)
        producer.flush()
        producer.close()

    def rows(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query)))

    def count(self, sensor: str) -> int:
        (row,) = self.rows(f"SELECT coalesce(sum(count), 0) FROM rollups WHERE sensor = '{sensor}'")
        return int(row[0])

    def passed(self, sensor: str, count: int) -> bool:
        return self.count(sensor) > count


@pytest.fixture(scope="module")
def telemetry(servers: Servers) -> Iterator[Telemetry]:
    publish_reference(servers.kafka, reference())
    found = Telemetry(servers, servers.fresh_database())
    metadata.create_all(found.engine)
    yield found
    found.engine.dispose()


def readings(sensor: str, *values: float, start: int = MINUTE, step: int = 10_000) -> Pack:
    names, times = [f"{sensor}/stage_m"] * len(values), [start + step * index for index in range(len(values))]
    return Pack("river", "zone-a", names, times, list(values), [Run("/test", sensor, len(values))])


def test_rollups_values_sensors_and_dead_letters(telemetry: Telemetry, tmp_path: Path) -> None:
    uneven = msgspec.structs.replace(readings("uneven-1", 1.0), values=[])
    telemetry.send(
        readings("gauge-1", 1.0, 3.0, 2.0), b"poison", uneven, readings("wild-1", *[5.0] * 12), Tick(MINUTE + 120_000)
    )
    with running_process("services.telemetry", tmp_path, **telemetry.settings()):
        until(lambda: telemetry.count("wild-1") == 12, "rollups")
        assert telemetry.rows("SELECT quantity, count, sum, min, max, last FROM rollups WHERE sensor = 'gauge-1'") == [
            ("stage_m", 3, 6.0, 1.0, 3.0, 2.0)
        ]
        assert len(telemetry.rows("SELECT 1 FROM rollups WHERE sensor = 'wild-1'")) == 2
        seen = telemetry.rows(
            "SELECT id, quantities, zone, registered, readings FROM sensors_seen"
            " WHERE id IN ('gauge-1', 'wild-1') ORDER BY id"
        )
        assert seen == [("gauge-1", ["stage_m"], "zone-a", True, 3), ("wild-1", ["stage_m"], "zone-a", False, 12)]
        redis = Redis.from_url(telemetry.servers.redis_url)
        assert json.loads(redis.hget("soc:values", "gauge-1/stage_m") or "[]") == [MINUTE + 20_000, 2.0]
        until(lambda: redis.hget("soc:stages", "telemetry"), "the stage's age")
        assert [each["field"] for each in letters(telemetry)] == [None, "names"]


def test_the_latest_values_are_there_again_after_a_restart_in_which_redis_kept_nothing(
    telemetry: Telemetry, tmp_path: Path
) -> None:
    redis = Redis.from_url(telemetry.servers.redis_url)
    telemetry.send(readings("hourly-1", 1.0, 4.0))
    with running_process("services.telemetry", tmp_path, **telemetry.settings()):
        until(lambda: telemetry.count("hourly-1") == 2, "rollups")
    redis.delete("soc:values")
    redis.hset("soc:values", "gauge-1/stage_m", json.dumps([MINUTE + 90_000, 9.0]))
    with running_process("services.telemetry", tmp_path, **telemetry.settings()):
        until(lambda: redis.hget("soc:values", "hourly-1/stage_m"), "the value from before")
        assert json.loads(redis.hget("soc:values", "hourly-1/stage_m") or "[]") == [MINUTE + 10_000, 4.0]
        assert json.loads(redis.hget("soc:values", "gauge-1/stage_m") or "[]")[1] == 9.0, "what it has is left"


def letters(telemetry: Telemetry) -> list[dict[str, Any]]:
    found = asyncio.run(stored(telemetry.servers.kafka, DEAD_LETTERS))
    return [each for each in found if each["stage"] == "telemetry"]


def test_what_postgres_cannot_keep_becomes_a_dead_letter_and_the_rest_is_counted(
    telemetry: Telemetry, tmp_path: Path
) -> None:
    noise = Random(7).randbytes(3_000).hex()  # what does not pack is too large for an entry of an index
    good, many = [readings("good-1", 1.0, start=MINUTE + n) for n in range(9)], MOST_OF_PACK + 1
    decades = readings("decades-1", *[1.0] * many, start=0, step=MONTH_MS)
    telemetry.send(*good[:6], readings(noise, 1.0), readings("huge-1", *[1.7e308] * 2), decades, *good[6:])
    with running_process("services.telemetry", tmp_path, **telemetry.settings()):
        until(lambda: telemetry.count("good-1") == len(good), "the good ones before and after it")
    reasons = {each["reason"][:15] for each in letters(telemetry)}
    assert reasons >= {"PostgreSQL refu", "a value is beyo", "the readings of"}
    assert telemetry.count("huge-1") == telemetry.count("decades-1") == 0


async def test_months_are_made_in_portions_and_a_batch_ends_with_the_pack_that_brings_many(engine: AsyncEngine) -> None:
    fold = Fold(Seen())
    fold.add(readings("decades-2", *[1.0] * 99, start=0, step=MONTH_MS))
    assert not fold.full
    fold.add(readings("decades-2", *[1.0] * 150, start=0, step=MONTH_MS))
    assert fold.full
    made = Fold(Seen())
    made.add(readings("decades-3", *[1.0] * 45, start=0, step=2 * MONTH_MS))
    commits: list[Connection] = []
    event.listen(engine.sync_engine, "commit", commits.append)
    await write(engine, {}, made.rollups(), [])
    assert len(commits) == 4, "a transaction has no room for the locks of hundreds of new tables"


def test_rollups_are_exact_over_kills_and_a_missing_redis(telemetry: Telemetry, tmp_path: Path) -> None:
    sent = 0
    for redis_url in (telemetry.servers.redis_url, "redis://127.0.0.1:1", telemetry.servers.redis_url):
        with running_process("services.telemetry", tmp_path, **telemetry.settings(redis_url=redis_url)) as process:
            for _ in range(5):
                starts = [MINUTE + 10 * (sent + 100 * n) for n in range(20)]
                telemetry.send(*[readings("exact-1", *[1.0] * 100, start=start, step=10) for start in starts])
                sent += 2000
            until(partial(telemetry.passed, "exact-1", sent - 10_000), "some are counted")
            process.kill()
    with running_process("services.telemetry", tmp_path, **telemetry.settings()):
        until(lambda: telemetry.count("exact-1") >= sent, "all are counted")
    assert telemetry.count("exact-1") == sent


def test_a_reading_that_is_sent_again_counts_once_also_after_a_restart(telemetry: Telemetry, tmp_path: Path) -> None:
    again = readings("twice-1", 1.0, 3.0)
    for turn in range(2):
        with running_process("services.telemetry", tmp_path, **telemetry.settings()):
            for n in range(2):
                late = readings("twice-1", 8.0, start=MINUTE + 4_000 * turn + 1_000 * n + 1_000)
                telemetry.send(again, again, late, readings("marker-1", 1.0, start=MINUTE + 2 * turn + n))
                until(partial(telemetry.passed, "marker-1", 2 * turn + n), "both are there")
    counted = telemetry.rows("SELECT count, sum, min, max, last FROM rollups WHERE sensor = 'twice-1'")
    assert counted == [(6, 36.0, 1.0, 8.0, 3.0)]


def test_readings_that_kafka_no_longer_keeps_hold_up_no_others(telemetry: Telemetry, tmp_path: Path) -> None:
    with running_process("services.telemetry", tmp_path, **telemetry.settings()) as process:
        telemetry.send(readings("before-1", 1.0))
        until(lambda: telemetry.count("before-1") == 1, "the first reading")
        process.send_signal(signal.SIGSTOP)
        telemetry.send(readings("on-its-way-1", 1.0))
        telemetry.send(readings("lost-1", 1.0))
        with admin(telemetry.servers.kafka) as client:
            client.delete_records({TopicPartition(RIVER, 1): -1})
        telemetry.send(readings("after-1", 1.0))
        process.send_signal(signal.SIGCONT)
        until(lambda: telemetry.count("after-1") == 1, "the reading after the hole")
        assert telemetry.count("lost-1") == 0


def test_a_reading_is_known_once_its_batch_is_written_among_the_last_thousand_of_its_name() -> None:
    def counted(*packs: Pack, written: bool = True) -> int:
        fold = Fold(seen)
        for each in packs:
            fold.add(each)
        if written:
            fold.keep()
        return sum(row.count for row in fold.rollups())

    seen, first = Seen(), readings("known-1", *[1.0] * 10)
    assert [counted(first, written=False), counted(first), counted(first)] == [10, 10, 0]
    between = readings("known-1", *[1.0] * 19, step=5_000)
    assert [counted(between, between), counted(between)] == [9, 0]
    later = readings("known-1", *[1.0] * (KEPT + SLACK), start=MINUTE + 1_000_000)
    assert counted(later) == KEPT + SLACK
    assert 0 < counted(later) <= SLACK, "the oldest are forgotten"
    assert counted(first) == 10, "what is older than all that is known is counted, late as it is"


def test_late_readings_are_counted_in_their_minute_and_hour_and_change_no_later_last(
    telemetry: Telemetry, tmp_path: Path
) -> None:
    with running_process("services.telemetry", tmp_path, **telemetry.settings()):
        telemetry.send(readings("late-1", 5.0, start=MINUTE + 50_000))
        until(lambda: telemetry.count("late-1") == 1, "the first")
        telemetry.send(
            readings("late-1", 9.0, 1.0, start=MINUTE, step=10_000), readings("late-1", 7.0, start=LAST_YEAR)
        )
        until(lambda: telemetry.count("late-1") == 4, "what came late")
    minutes = telemetry.rows("SELECT count, sum, max, last FROM rollups WHERE sensor = 'late-1' ORDER BY minute")
    assert minutes == [(1, 7.0, 7.0, 7.0), (3, 15.0, 9.0, 5.0)]
    hours = telemetry.rows("SELECT count, sum, max, last FROM rollup_hours WHERE sensor = 'late-1' ORDER BY hour")
    assert hours == minutes


async def test_who_finds_a_partition_moved_by_another_writes_nothing_at_all(engine: AsyncEngine) -> None:
    mine, taken = ("city.readings.river.v1", 0), ("city.readings.water.v1", 3)
    for partition in (mine, taken):
        assert await position(engine, partition, 7) == 7
    await write(engine, {taken: Span(7, 9)}, [], [])
    at = from_ms(MINUTE)
    counted = RollupRow("fence-1", "stage_m", at, 1, 2.0, 2.0, 2.0, 2.0, at)
    with pytest.raises(Conflict, match=r"water\.v1/3 is not at 7"):
        await write(engine, {mine: Span(7, 8), taken: Span(7, 8)}, [counted], [])
    assert [await position(engine, one, 0) for one in (mine, taken)] == [7, 9]
    await write(engine, {mine: Span(7, 8), taken: Span(9, 10)}, [counted], [])
    assert [await position(engine, one, 0) for one in (mine, taken)] == [8, 10]
    async with engine.connect() as connection:
        assert (await connection.execute(text("SELECT sum(count) FROM rollups"))).scalar_one() == 1


async def test_what_has_been_kept_long_enough_is_dropped_by_the_clock_of_the_center(
    telemetry: Telemetry, tmp_path: Path
) -> None:
    engine = connect(telemetry.servers.fresh_database())
    now = from_ms(MINUTE)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        at = [now - timedelta(days=days) for days in (0, 30, 500)]
        await add(connection, [RollupRow("old-1", "stage_m", day, 1, 2.0, 2.0, 2.0, 2.0, day) for day in at])
    settings = Settings(keep_minutes_days=60, keep_hours_days=0)
    assert await drop_expired(engine, settings) == [], "the center has no clock yet"
    wanted = Wanted(step="minute", start=at[2], end=now)
    assert await export(engine, wanted, tmp_path / "old.parquet") == 2
    async with engine.begin() as connection:
        for partition in range(2):
            await move_clock(connection, partition, now)
    assert await drop_expired(engine, settings) == ["rollups_2024_08"]
    async with engine.connect() as connection:
        left = [(await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one() for table in TABLES]
    assert left == [2, 3]
    file = pq.read_table(tmp_path / "old.parquet").to_pylist()
    assert [(row["sensor"], row["at"], row["sum"]) for row in file] == [("old-1", day, 2.0) for day in at[:0:-1]]
    await engine.dispose()
