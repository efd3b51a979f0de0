"""The catalogue of the reference data as PostgreSQL has it, for those who think without following the topics."""

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from city.checklist import Instructions
from city.enrich import Catalogue
from infra.postgres.tables import reference
from schemas.reference import REFERENCE_TYPES

NAMES = ("cities", "assets", "domains", "rules", "procedures")
"""The reference data that incidents are thought about with."""


def words_of(items: Mapping[str, Mapping[str, Any]]) -> Catalogue:
    """The catalogue of NAMES → id → item, with what is to be done."""
    names = Catalogue.build(items["cities"], items["assets"], items["domains"], {})
    return msgspec.structs.replace(names, instructions=Instructions(items["procedures"], items["rules"]))


class StoredWords:
    """Reads it once, and again after every change."""

    def __init__(self) -> None:
        """Nothing is read yet."""
        self._seen: tuple[int, int] | None = None
        self._present = Catalogue.build({}, {}, {}, {})

    async def present(self, connection: AsyncConnection) -> Catalogue:
        """The present catalogue."""
        counted = select(func.count(), func.coalesce(func.max(reference.c.revision), 0))
        count, revision = (await connection.execute(counted.where(reference.c.name.in_(NAMES)))).one()
        if self._seen != (count, revision):
            self._present = words_of({name: await _items(connection, name) for name in NAMES})
            self._seen = (count, revision)
        return self._present


async def _items(connection: AsyncConnection, name: str) -> dict[str, Any]:
    query = select(reference.c.id, reference.c.body).where(reference.c.name == name, ~reference.c.deleted)
    return {row.id: msgspec.convert(row.body, REFERENCE_TYPES[name]) for row in await connection.execute(query)}
