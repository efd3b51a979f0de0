"""Monthly partitions: made when a month is first written, dropped when its readings have been kept long enough."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.ext.asyncio import AsyncConnection

LOCK = 7_160_008
"""Advisory lock: two processes that need the same new month make it one after the other."""
PATIENCE_MS = 2000
"""Dropping waits so long for readers of the table, then fails and is tried again later."""
NAMED = re.compile(r"_(\d{4})_(\d{2})$")
_MISSING = text("SELECT name FROM unnest(:names) AS name WHERE to_regclass(name) IS NULL").bindparams(
    bindparam("names", type_=ARRAY(TEXT))
)
_CHILDREN = text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass(:table) ORDER BY 1")


def month_of(at: datetime) -> datetime:
    """The beginning of the month, UTC."""
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def following(month: datetime) -> datetime:
    """The beginning of the month after."""
    return month_of(month + timedelta(days=32))


def name_of(table: str, month: datetime) -> str:
    """The partition of a month."""
    return f"{table}_{month:%Y_%m}"


async def ensure(connection: AsyncConnection, table: str, times: Iterable[datetime]) -> None:
    """Makes the partitions that rows of these times need; readers are not held up."""
    months = {name_of(table, month): month for month in map(month_of, times)}
    if not await _missing(connection, list(months)):
        return
    await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    for name in await _missing(connection, list(months)):
        bounds = months[name], following(months[name])
        await connection.execute(text(f"CREATE TABLE {name} (LIKE {table} INCLUDING ALL)"))
        begin, end = (f"'{bound.isoformat()}'" for bound in bounds)
        attach = f"ALTER TABLE {table} ATTACH PARTITION {name} FOR VALUES FROM ({begin}) TO ({end})"
        await connection.execute(text(attach))


async def _missing(connection: AsyncConnection, names: list[str]) -> list[str]:
    return sorted((await connection.execute(_MISSING, {"names": names})).scalars())


async def present(connection: AsyncConnection, table: str) -> dict[str, datetime]:
    """Partition → beginning of its month."""
    names = (await connection.execute(_CHILDREN, {"table": table})).scalars()
    found = ((name, NAMED.search(name)) for name in names)
    return {name: datetime(int(one[1]), int(one[2]), 1, tzinfo=UTC) for name, one in found if one}


async def drop_before(connection: AsyncConnection, table: str, oldest: datetime) -> list[str]:
    """Drops the partitions that end before `oldest`; their names. Raises DBAPIError if the table is being read."""
    gone = [name for name, month in (await present(connection, table)).items() if following(month) <= oldest]
    await connection.execute(text(f"SET LOCAL lock_timeout = {PATIENCE_MS}"))
    for name in gone:
        await connection.execute(text(f"DROP TABLE {name}"))
    return gone
