"""In which steps the relay takes what waits: what is small in large ones, so that a large city is soon published."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.clock import utc_now
from infra.postgres import outbox, publishing, tables
from infra.postgres.publishing import BATCH, BATCH_BYTES, MOST
from schemas.topics import CHANGES, reference_topic

LARGE = b"x" * (BATCH_BYTES // 100)


async def wait(engine: AsyncEngine, count: int, value: bytes | None, topic: str = reference_topic("assets")) -> None:
    """So many rows more in the outbox."""
    async with engine.begin() as connection:
        await outbox.write(connection, [outbox.row(topic, str(one), value, utc_now()) for one in range(count)])


async def steps(engine: AsyncEngine, above: int = 0) -> list[int]:
    """How many rows each step has, until nothing is left; their numbers go on from `above`."""
    found: list[int] = []
    while True:
        async with engine.begin() as connection:
            rows = await publishing.take(connection, above)
            if not rows:
                return found
            assert [row.number for row in rows] == list(range(above + 1, above + 1 + len(rows)))
            await publishing.mark(connection, rows, utc_now())
        found.append(len(rows))
        above = rows[-1].number


@pytest.mark.parametrize("value", [b"{}", None])
async def test_small_rows_go_in_large_steps(engine: AsyncEngine, value: bytes | None) -> None:
    await wait(engine, MOST + 700, value)
    assert await steps(engine) == [MOST, 700]


async def test_large_rows_go_in_steps_of_a_batch(engine: AsyncEngine) -> None:
    await wait(engine, 2 * BATCH + 50, LARGE, CHANGES)
    assert await steps(engine) == [BATCH, BATCH, 50]


async def test_small_rows_behind_large_ones_do_not_lengthen_their_step(engine: AsyncEngine) -> None:
    await wait(engine, BATCH, LARGE, CHANGES)
    await wait(engine, 600, b"{}")
    assert await steps(engine) == [BATCH, 600]


async def test_what_the_log_has_is_noted_as_published_and_not_taken_again(engine: AsyncEngine) -> None:
    await wait(engine, 3, b"{}")
    async with engine.begin() as connection:  # a relay that ended between the log and its note
        taken = await publishing.take(connection, 0)
    async with engine.begin() as connection:
        await publishing.settle(connection, taken[1].number, utc_now())
    assert await steps(engine, taken[1].number) == [1]
    query = select(func.count()).where(tables.outbox.c.published_at.is_(None))
    async with engine.connect() as connection:
        assert (await connection.execute(query)).scalar_one() == 0
