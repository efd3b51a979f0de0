"""Which incidents a client knows of, so that one that leaves its filters or its agency's sight is told."""

from collections.abc import Callable, Iterable

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.postgres.tables import changes
from schemas.incidents import Incident

BODY = changes.c.body["incident"]


class Known:
    """Of one connection; after a resume what an incident was before its change says whether the client had it."""

    def __init__(self, engine: AsyncEngine, wanted: Callable[[Incident], bool]) -> None:
        """`wanted` says whether filters and sight let an incident through."""
        self._engine = engine
        self._wanted = wanted
        self._ids: set[str] = set()
        self._looked_up: set[str] = set()
        self._whole = False

    def begin(self, ids: Iterable[str]) -> None:
        """The client has just been told of these and no others."""
        self._ids, self._whole = set(ids), True

    def add(self, incident_id: str) -> None:
        """The client is told of it now."""
        self._ids.add(incident_id)

    async def had(self, incident: Incident) -> bool:
        """Whether the client knows the incident from before this change; raises SQLAlchemyError."""
        if not self._whole and incident.id not in self._ids | self._looked_up:
            self._looked_up.add(incident.id)
            before = await _before(self._engine, incident)
            if before is not None and self._wanted(before):
                self._ids.add(incident.id)
        return incident.id in self._ids


async def _before(engine: AsyncEngine, incident: Incident) -> Incident | None:
    """The incident as it was before this version; None if it began with it."""
    query = select(BODY).where(changes.c.incident_id == incident.id, changes.c.version < incident.version)
    async with engine.connect() as connection:
        found = (await connection.execute(query.order_by(changes.c.version.desc()).limit(1))).scalar()
    return None if found is None else msgspec.convert(found, Incident)
