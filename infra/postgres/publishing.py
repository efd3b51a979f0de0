"""What the relay asks of PostgreSQL: what waits, in which order, under which number, and what is done with."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres import outbox as outbox_rows
from infra.postgres.tables import changes, incidents, offsets, outbox, reference
from schemas.assets import City
from schemas.incidents import CLOSED, MERGED
from schemas.topics import INCIDENTS

KEPT = timedelta(days=7)
"""How long published rows stay."""
FORGOTTEN_AFTER = timedelta(days=30)
BATCH, BATCH_BYTES = 500, 1 << 20
"""Rows of one step of the relay; more while their values have at most so many bytes."""
MOST = 5_000
"""So many rows get their numbers at once."""

NUMBER = text(
    """
    WITH last AS (SELECT greatest(:above, (SELECT coalesce(max(number), 0) FROM outbox),
                                  (SELECT coalesce(max(number), 0) FROM changes)) AS number),
    waiting AS (SELECT id, row_number() OVER (ORDER BY id) AS place FROM
                (SELECT id FROM outbox WHERE published_at IS NULL AND number IS NULL ORDER BY id LIMIT :most) AS first),
    numbered AS (UPDATE outbox SET number = last.number + waiting.place FROM waiting, last
                 WHERE outbox.id = waiting.id
                 RETURNING outbox.topic, outbox.incident_id, outbox.version, outbox.number)
    UPDATE changes SET number = numbered.number FROM numbered
    WHERE numbered.topic = 'city.changes.v1'
      AND changes.incident_id = numbered.incident_id AND changes.version = numbered.version
    """
)


class Waiting(msgspec.Struct, frozen=True):
    """A row to publish."""

    number: int
    topic: str
    key: str
    value: bytes | None
    incident_id: str | None


async def settle(connection: AsyncConnection, above: int, now: datetime) -> None:
    """Notes as published what the log has, up to number `above`: the relay may have ended before it could."""
    left = outbox.c.published_at.is_(None) & (outbox.c.number <= above)
    await connection.execute(update(outbox).where(left).values(published_at=now))


async def take(connection: AsyncConnection, above: int) -> list[Waiting]:
    """The next rows by number that are not in the log, which came to `above`; rows get a number in order of their ids.

    They are `BATCH`, or as many more as are within `BATCH_BYTES`: what is small, as reference data, goes on faster.
    """
    if rows := await _numbered(connection, above):
        return rows
    await connection.execute(NUMBER, {"most": MOST, "above": above})
    return await _numbered(connection, above)


async def _numbered(connection: AsyncConnection, above: int) -> list[Waiting]:
    columns = (outbox.c.number, outbox.c.topic, outbox.c.key, outbox.c.value, outbox.c.incident_id)
    place = func.row_number().over(order_by=outbox.c.number).label("place")
    length = func.coalesce(func.octet_length(outbox.c.value), 0)
    size = func.sum(length).over(order_by=outbox.c.number).label("size")
    # by number alone: before PostgreSQL has counted what is published it would look at all of it
    found = select(*columns, place, size).where(outbox.c.number > above).subquery()
    step = (found.c.place <= BATCH) | (found.c.size <= BATCH_BYTES)
    rows = await connection.execute(select(found).where(step).order_by(found.c.number))
    return [Waiting(row.number, row.topic, row.key, row.value, row.incident_id) for row in rows]


async def mark(connection: AsyncConnection, rows: Sequence[Waiting], now: datetime) -> None:
    """Notes that these rows are published."""
    span = outbox.c.number.between(rows[0].number, rows[-1].number)
    await connection.execute(update(outbox).where(span).values(published_at=now))


async def agrees(connection: AsyncConnection, mark: int) -> bool:
    """Whether the log, which says that it came to number `mark`, and the database tell of one past.

    They do not where one was restored from a backup or made anew: rows are noted as published that the log never had,
    or the log has numbers that nobody gave.
    """
    noted = func.max(outbox.c.number).filter(outbox.c.published_at.is_not(None))
    said, given = (await connection.execute(select(noted, func.max(outbox.c.number)))).one()
    return (said or 0) <= mark <= max(given or 0, await last_number(connection))


async def identity(connection: AsyncConnection) -> str:
    """A name of this database, made once: numbers count within it."""
    query = select(offsets.c.topic).where(offsets.c.consumer == "relay")
    found = (await connection.execute(query)).scalar_one_or_none()
    if found is None:
        found = f"relay-{uuid4().hex}"
        row = {"consumer": "relay", "topic": found, "partition": 0, "next_offset": 0}
        await connection.execute(offsets.insert().values(row))
    return str(found)


async def topic_agencies(connection: AsyncConnection) -> frozenset[str]:
    """Agencies that have a topic of their own."""
    query = select(reference.c.body).where(reference.c.name == "cities", ~reference.c.deleted)
    cities = [msgspec.convert(body, City) for body in (await connection.execute(query)).scalars()]
    return frozenset(agency.id for city in cities for agency in city.agencies if agency.topic)


async def numbered_changes(connection: AsyncConnection, after: int, most: int) -> list[Any]:
    """The newest `most` changes with a number above `after`, by number: rows of number, incident_id, body."""
    newest = select(changes.c.number, changes.c.incident_id, changes.c.body).where(changes.c.number > after)
    rows = await connection.execute(newest.order_by(changes.c.number.desc()).limit(most))
    return list(reversed(rows.all()))


async def last_number(connection: AsyncConnection) -> int:
    """The highest number given to a change; 0 before the first."""
    return int((await connection.execute(select(func.coalesce(func.max(changes.c.number), 0)))).scalar_one())


async def forget(connection: AsyncConnection, now: datetime) -> int:
    """Writes tombstones for incidents that ended 30 days ago and drops old published rows. Returns how many ended."""
    over = incidents.c.state.in_((CLOSED, MERGED)) & (incidents.c.updated_at < now - FORGOTTEN_AFTER)
    # what was said of one since, as a note, brought it back into the log
    fresh = incidents.c.forgotten_at.is_(None) | (incidents.c.forgotten_at < incidents.c.updated_at)
    done = update(incidents).where(over, fresh).values(forgotten_at=now).returning(incidents.c.id)
    ended = sorted((await connection.execute(done)).scalars())
    await outbox_rows.write(connection, [outbox_rows.row(INCIDENTS, name, None, now) for name in ended])
    newest = select(func.max(outbox.c.number)).scalar_subquery()
    old = (outbox.c.published_at < now - KEPT) & (outbox.c.number < newest)
    await connection.execute(outbox.delete().where(old))
    return len(ended)
