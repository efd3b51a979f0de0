"""What the log is told again when it and the database are not of one past: all that stands."""

from collections.abc import Collection, Mapping
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres import outbox
from infra.postgres.incident_rows import snapshot_row
from infra.postgres.reference import Write, present_city, record_row
from infra.postgres.tables import changes, incidents, reference
from schemas.incidents import CLOSED, MERGED, Change


async def restate(connection: AsyncConnection, known: Mapping[str, Collection[str]], now: datetime) -> int:
    """Writes to the outbox the reference data in force, tombstones for those of `known` (name → ids that the log has)
    that are none, and each incident that has not ended, whole. Returns how many rows that were."""
    query = select(reference).where(~reference.c.deleted)
    found = [
        record_row(Write(row.name, row.id, row.body, row.origin), row.revision, now)
        for row in await connection.execute(query)
    ]
    there = {(row["topic"], row["key"]) for row in found}
    gone = [record_row(Write(name, item, None, ""), 0, now) for name, ids in known.items() for item in sorted(ids)]
    found += [row for row in gone if (row["topic"], row["key"]) not in there]
    city = (await present_city(connection)).id
    newest = (changes.c.incident_id == incidents.c.id) & (changes.c.version == incidents.c.version)
    stands = select(changes.c.body).join(incidents, newest).where(incidents.c.state.not_in((CLOSED, MERGED)))
    bodies = (await connection.execute(stands)).scalars()
    found += [snapshot_row(msgspec.convert(body, Change), city, now) for body in bodies]
    await outbox.write(connection, found)
    return len(found)
