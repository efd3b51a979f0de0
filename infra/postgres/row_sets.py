"""Many rows in one statement: they travel as one JSON document, which PostgreSQL takes apart."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncConnection

CHUNK = 5000
"""Rows of one document."""


async def put(connection: AsyncConnection, table: Table, rows: Sequence[Mapping[str, Any]], *key: str) -> None:
    """Inserts rows that all have the columns of the first.

    With the columns of a `key` those that are there are replaced; no two of `rows` may have the same.

    Values are what msgspec encodes: structs become JSONB, aware times `timestamptz`, lists arrays.
    """
    if not rows:
        return
    statement = text(_sql(table, list(rows[0]), key))
    for start in range(0, len(rows), CHUNK):
        document = msgspec.json.encode(rows[start : start + CHUNK]).decode()
        await connection.execute(statement, {"document": document})


def _sql(table: Table, columns: list[str], key: Sequence[str]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in key)
    source = f"jsonb_populate_recordset(CAST(NULL AS {table.name}), CAST(:document AS jsonb))"
    inserted = f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {source}"
    if not key:
        return inserted
    known = ", ".join(f'"{name}"' for name in key)
    return f"{inserted} ON CONFLICT ({known}) DO UPDATE SET {changed}"
