"""Readings as a Parquet file, sensor by sensor: what is older than the retention lives on elsewhere."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.tables import rollup_hours, rollups

BATCH = 50_000
TABLES: dict[str, tuple[Any, Any]] = {
    "minute": (rollups, rollups.c.minute),
    "hour": (rollup_hours, rollup_hours.c.hour),
}
COLUMNS = pa.schema(
    [
        ("sensor", pa.dictionary(pa.int32(), pa.string())),
        ("quantity", pa.dictionary(pa.int32(), pa.string())),
        ("at", pa.timestamp("ms", tz="UTC")),
        ("count", pa.int32()),
        *((name, pa.float64()) for name in ("sum", "min", "max", "last")),
    ]
)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which rollups."""

    step: str
    """minute or hour."""
    start: datetime
    end: datetime
    """Excluded."""
    sensor: str | None = None


async def export(engine: AsyncEngine, wanted: Wanted, path: Path) -> int:
    """Writes the file, in portions of bounded memory; how many rows it has."""
    count = 0
    async with engine.connect() as connection:  # first: a file that is there stays where PostgreSQL is away
        with pq.ParquetWriter(path, COLUMNS, compression="zstd") as writer:
            found = await connection.stream(_query(wanted), execution_options={"yield_per": BATCH})
            async for rows in found.partitions():
                columns = list(zip(*rows, strict=True))
                arrays = [pa.array(values, field.type) for values, field in zip(columns, COLUMNS, strict=True)]
                writer.write_table(pa.Table.from_arrays(arrays, schema=COLUMNS))
                count += len(rows)
    return count


def _query(wanted: Wanted) -> Select[Any]:
    table, begin = TABLES[wanted.step]
    figures = [table.c[name] for name in ("count", "sum", "min", "max", "last")]
    query = select(table.c.sensor, table.c.quantity, begin, *figures).where(begin >= wanted.start, begin < wanted.end)
    if wanted.sensor:
        query = query.where(table.c.sensor == wanted.sensor)
    return query.order_by(table.c.sensor, table.c.quantity, begin)
