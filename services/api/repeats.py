"""A request that is repeated with its `Idempotency-Key` is carried out once, even when the repeats come at one time."""

import msgspec
from fastapi import Response
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.postgres.sweeping import REPEATED_FOR
from infra.postgres.tables import idempotency
from schemas.errors import Invalid
from schemas.sentences import say
from services.api.answers import JSON


class Repeatable(msgspec.Struct, frozen=True):
    """One key of one person, inside the transaction of what it asks for."""

    connection: AsyncConnection
    by: str
    key: str
    asked: str
    """Digest of what it asks for."""

    async def first(self) -> Response | None:
        """None for the first request with the key; a later one gets the first one's answer.

        The row is the lock: a repeat waits until the transaction of the first one ends, and comes first if that failed.
        Raises Invalid if the first one asked for something else.
        """
        now = utc_now()
        await self.connection.execute(idempotency.delete().where(self._mine(), idempotency.c.at < now - REPEATED_FOR))
        values = {"by": self.by, "key": self.key, "status": 0, "asked": self.asked, "answer": b"", "at": now}
        placed = insert(idempotency).values(values).on_conflict_do_nothing().returning(idempotency.c.key)
        if (await self.connection.execute(placed)).one_or_none() is not None:
            return None
        found = (await self.connection.execute(select(idempotency).where(self._mine()))).one()
        if found.asked not in (None, self.asked):
            raise Invalid(say("key_of_another_request"), field="Idempotency-Key")
        return Response(found.answer, found.status, {"Idempotent-Replay": "true"}, JSON)

    async def keep(self, answer: Response) -> None:
        """What later ones get."""
        values = {"status": answer.status_code, "answer": bytes(answer.body)}
        await self.connection.execute(idempotency.update().where(self._mine()).values(values))

    def _mine(self) -> ColumnElement[bool]:
        return (idempotency.c.by == self.by) & (idempotency.c.key == self.key)
