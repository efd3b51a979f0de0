"""Explanations that a process has read before: what nobody has written since is not read again."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy import Row, event, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infra.postgres.incident_rows import BODY, explanation_of
from infra.postgres.names import among
from infra.postgres.tables import groups
from schemas.links import Explanation

MOST = 20_000
"""So many are kept: twice the largest incident that a storm makes of a city."""
UNKNOWN: tuple[str, Explanation | None] = ("", None)
WRITTEN = func.concat(literal_column("groups.xmin"), literal_column("groups.ctid")).label("written")
"""Which version of a row it is: the transaction that wrote it, and where it lies."""
PLACE = (
    *(groups.c[name] for name in ("id", "incident_id", "parent_group", "held_to", "part_of", "suspected_asset")),
    WRITTEN,
)
"""Of a group what says what it is linked to, and whether its explanation is known."""


class KnownGroups:
    """Explanations by group, with the version that they were read of."""

    def __init__(self, most: int = MOST) -> None:
        """Nothing is known yet."""
        self._most = most
        self._held: dict[str, tuple[str, Explanation]] = {}

    async def of(self, connection: AsyncConnection, rows: Iterable[Row[Any]]) -> dict[str, Explanation]:
        """The explanations of these rows of PLACE, in their order; those not known in this version are read."""
        held, written = self._held, {row.id: row.written for row in rows}
        missing = {name for name, version in written.items() if held.get(name, UNKNOWN)[0] != version}
        if missing:
            found = await connection.execute(select(groups.c.id, WRITTEN, BODY).where(among(groups.c.id, missing)))
            held |= {row.id: (row.written, explanation_of(row)) for row in found}
        explanations = {name: held[name][1] for name in written}
        for name in [*islice(held, max(0, len(held) - self._most))]:  # what came first goes first
            del held[name]
        return explanations

    def forget(self, *_: object) -> None:
        """Nothing is known any more; what is being read just now stays whole, and is not kept."""
        self._held = {}


def known_on(engine: AsyncEngine) -> KnownGroups:
    """What is forgotten with every new connection: it may lead to a server that counts transactions otherwise."""
    known = KnownGroups()
    event.listen(engine.sync_engine, "connect", known.forget)
    return known
