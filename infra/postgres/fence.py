"""Fenced positions: a batch of Kafka records is applied once, by one owner, whatever crashes (DESIGN D5)."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import offsets
from schemas.errors import CenterError


class Fenced(CenterError):
    """Another process has applied these records; stop and join again."""


class Place(NamedTuple):
    """The key of a position."""

    consumer: str
    topic: str
    partition: int


async def position(connection: AsyncConnection, place: Place) -> int:
    """The offset to go on from; 0 where nothing was applied yet."""
    consumer, topic, partition = place
    row = {"consumer": consumer, "topic": topic, "partition": partition, "next_offset": 0}
    await connection.execute(insert(offsets).values(row).on_conflict_do_nothing())
    return int((await connection.execute(select(offsets.c.next_offset).where(*_is(place)))).scalar_one())


async def move(connection: AsyncConnection, place: Place, first: int, following: int) -> None:
    """Moves the position from `first` to `following`, as the first statement of the batch's transaction.

    The row stays locked until the commit. Raises Fenced if the position is not `first`: somebody else was here.
    """
    where = [*_is(place), offsets.c.next_offset == first]
    done = await connection.execute(update(offsets).where(*where).values(next_offset=following))
    if done.rowcount != 1:
        raise Fenced(f"{place[1]}/{place[2]} is not at {first} any more")


def _is(place: Place) -> list[ColumnElement[bool]]:
    consumer, topic, partition = place
    return [offsets.c.consumer == consumer, offsets.c.topic == topic, offsets.c.partition == partition]
