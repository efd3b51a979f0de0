"""No table of what comes in by itself grows without limit: old rows go, and crowds of dead letters are counted."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.kafka.dead_letters import Origin, letter_of
from infra.postgres.sweeping import BATCH, REPEATED_FOR, sweep
from infra.postgres.tables import (
    attempts,
    dead_letters,
    deliveries,
    endpoints,
    idempotency,
    suppressions,
    windows,
)
from infra.settings import Settings
from schemas.errors import Invalid
from schemas.topics import DEAD_LETTERS
from services.recorder.letters import MANIFOLD, NOWHERE, Kept

NOW = datetime(2026, 11, 28, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MOST = 5


async def put(engine: AsyncEngine, table: Any, *rows: dict[str, Any]) -> None:
    async with engine.begin() as connection:
        await connection.execute(table.insert(), list(rows))


async def values(engine: AsyncEngine, column: Any) -> list[Any]:
    async with engine.connect() as connection:
        return list((await connection.execute(select(column).order_by(column))).scalars())


def a_row(number: int, at: datetime) -> dict[str, Any]:
    return {
        "topic": "city.inbox.v1",
        "partition": 0,
        "offset": number,
        "stage": "ingest",
        "reason": "",
        "at": at,
        "value_size": 0,
    }


def a_delivery(number: int, at: datetime, state: str) -> dict[str, Any]:
    named = {"endpoint_id": "ep", "message_id": f"msg-{number}", "incident_id": "inc", "version": number}
    return {**named, "body": b"{}", "state": state, "created_at": at, "next_at": at}


async def have_old_and_new(engine: AsyncEngine) -> None:
    """Of everything something old, something new, and something old that is still needed."""
    long_ago, lately = NOW - 60 * DAY, NOW - DAY / 2
    await put(engine, dead_letters, *(a_row(number, long_ago) for number in range(BATCH * 2 + 1)), a_row(9999, lately))
    await put(engine, endpoints, {"id": "ep", "url": "https://a", "secrets": [], "filters": {}, "created_at": long_ago})
    states = ("delivered", "waiting", "failed")
    told = [a_delivery(number, long_ago, state) for number, state in enumerate(states)]
    await put(engine, deliveries, *told, a_delivery(3, lately, "delivered"))
    await put(engine, attempts, *({"delivery_id": number, "at": NOW, "duration_ms": 1} for number in (1, 2, 4)))
    keys = (("old", NOW - REPEATED_FOR - timedelta(seconds=1)), ("new", lately))
    await put(engine, idempotency, *({"by": "lan", "key": k, "status": 200, "answer": b"", "at": at} for k, at in keys))
    window = {"id": "sil", "kind": "silence", "state": "active", "starts_at": NOW, "ends_at": NOW, "revision": 1}
    await put(engine, windows, window | {"owner": "lan", "created_at": NOW, "body": {}})
    spans = (("old", long_ago), ("new", lately), ("now", None))
    covered = {"window_id": "sil", "incident_id": "inc", "began_at": long_ago, "body": {}}
    await put(engine, suppressions, *(covered | {"signal_id": name, "ended_at": ended} for name, ended in spans))


async def test_what_is_old_goes_and_what_waits_or_holds_stays(engine: AsyncEngine) -> None:
    await have_old_and_new(engine)
    settings = Settings(keep_dead_letters_days=30, keep_deliveries_days=30, keep_suppressions_days=30)
    gone = await sweep(engine, settings, NOW)
    assert gone == {"idempotency": 1, "dead_letters": BATCH * 2 + 1, "deliveries": 2, "suppressions": 1}
    assert await values(engine, dead_letters.c.offset) == [9999]
    assert await values(engine, deliveries.c.id) == [2, 4]
    assert await values(engine, attempts.c.delivery_id) == [2, 4], "attempts go with their delivery"
    assert await values(engine, idempotency.c.key) == ["new"]
    assert await values(engine, suppressions.c.signal_id) == ["new", "now"]
    assert await sweep(engine, settings, NOW) == {}


async def test_zero_days_is_for_ever(engine: AsyncEngine) -> None:
    await have_old_and_new(engine)
    settings = Settings(keep_dead_letters_days=0, keep_deliveries_days=0, keep_suppressions_days=0)
    assert await sweep(engine, settings, NOW) == {"idempotency": 1}


async def test_the_sweep_steps_over_what_somebody_holds(engine: AsyncEngine) -> None:
    await put(engine, dead_letters, a_row(1, NOW - 60 * DAY), a_row(2, NOW - 60 * DAY))
    async with engine.begin() as connection:
        await connection.execute(select(dead_letters).where(dead_letters.c.offset == 1).with_for_update())
        async with asyncio.timeout(5):
            assert await sweep(engine, Settings(), NOW) == {"dead_letters": 1}
    assert await values(engine, dead_letters.c.offset) == [1]


def letters(count: int, first: int, at: datetime = NOW, reason: str = "?", topic: str = "edges.a") -> list[Origin]:
    """Records of the topic of dead letters."""
    made = [letter_of(Origin(topic, 0, first + n, None, b"x"), "ingest", Invalid(reason)) for n in range(count)]
    said = [msgspec.json.encode(msgspec.structs.replace(one, at=at)) for one in made]
    return [Origin(DEAD_LETTERS, 0, first + n, None, value) for n, value in enumerate(said)]


async def kept(engine: AsyncEngine, *records: Origin) -> None:
    async with engine.begin() as connection:
        await Kept(MOST).apply(connection, records)


async def rows(engine: AsyncEngine) -> tuple[int, list[Any]]:
    """How many letters are rows, and the rows that stand for others."""
    async with engine.connect() as connection:
        whole = select(func.count()).where(dead_letters.c.left_out.is_(None))
        told = select(dead_letters).where(dead_letters.c.left_out.is_not(None)).order_by(dead_letters.c.offset)
        return (await connection.execute(whole)).scalar_one(), list((await connection.execute(told)).all())


async def test_of_a_crowd_of_letters_some_are_rows_and_the_others_are_counted(engine: AsyncEngine) -> None:
    await kept(engine, *letters(MOST + 2, 0))
    await kept(engine, *letters(10, 100))
    number, (told,) = await rows(engine)
    assert (number, told.left_out, told.topic, told.stage, told.partition) == (MOST, 12, "edges.a", "ingest", NOWHERE)
    assert told.reason.startswith("12 more in this hour") and told.reason_vi.startswith("còn 12 bản tin")
    assert told.at == NOW.replace(minute=0)


async def test_another_reason_source_or_hour_has_its_own(engine: AsyncEngine) -> None:
    await kept(engine, *letters(MOST, 0))
    await kept(engine, *letters(1, 10, reason="!"), *letters(1, 20, topic="edges.b"), *letters(1, 30, NOW + DAY))
    assert await rows(engine) == (MOST + 3, [])


async def test_reasons_that_always_differ_are_bounded_by_their_source(engine: AsyncEngine) -> None:
    await kept(engine, *(one for n in range(MOST * MANIFOLD + 7) for one in letters(1, n, reason=f"{n} is wrong")))
    number, (told,) = await rows(engine)
    assert (number, told.left_out) == (MOST * MANIFOLD, 7)
