"""A request that is repeated with its `Idempotency-Key` is carried out once, even when the repeats come at one time."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import msgspec
from fastapi import Response
from sqlalchemy import ColumnElement, Row, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from infra.clock import utc_now
from infra.postgres.sweeping import REPEATED_FOR
from infra.postgres.tables import idempotency
from schemas.errors import Invalid
from schemas.sentences import say
from services.api.answers import JSON

CLAIMED = timedelta(seconds=30)
"""So long a key is somebody's who has not answered yet; longer than anything done under one may take."""
LOOK_S = 0.2


class Repeatable(msgspec.Struct, frozen=True):
    """One key of one owner, inside the transaction of what it asks for."""

    connection: AsyncConnection
    by: str
    """`Person.owner`."""
    key: str
    asked: str
    """Digest of what it asks for."""

    async def first(self) -> Response | None:
        """None for the first request with the key; a later one gets the first one's answer.

        The row is the lock: a repeat waits until the transaction of the first one ends, and comes first if that failed.
        Raises Invalid if the first one asked for something else.
        """
        if await _placed(self.connection, self, utc_now()):
            return None
        found = (await self.connection.execute(select(idempotency).where(_row(self)))).one()
        return _answer(found, self.asked)

    async def keep(self, answer: Response) -> None:
        """What later ones get."""
        values = {"status": answer.status_code, "answer": bytes(answer.body)}
        await self.connection.execute(idempotency.update().where(_row(self)).values(values))


class Claim(msgspec.Struct, frozen=True):
    """One key of one owner for what another server does, for which no transaction shall stay open.

    The row is written before, with status 0, and completed after: who has it alone does what is asked. If its process
    ends between, a repeat takes it over and does it again, so that what is done must be harmless twice.
    """

    engine: AsyncEngine
    by: str
    """`Person.owner`."""
    key: str
    asked: str
    """Digest of what it asks for."""

    async def first(self) -> datetime | Response:
        """When this request got the key, or the answer of the one that had it before.

        Waits, holding no connection, while another one has it. Raises Invalid if that asked for something else.
        """
        while True:
            async with self.engine.begin() as connection:
                found = await self._looked(connection)
            if found is not None:
                return found
            await asyncio.sleep(LOOK_S)

    async def keep(self, connection: AsyncConnection, since: datetime, answer: Response) -> bool:
        """What later ones get; False if the key, got at `since`, is another's by now, who will have done the same."""
        values = {"status": answer.status_code, "answer": bytes(answer.body)}
        kept = idempotency.update().where(self._ours(since)).values(values).returning(idempotency.c.key)
        return (await connection.execute(kept)).one_or_none() is not None

    async def release(self, since: datetime) -> None:
        """Nothing was done: the key is as if it had never come."""
        async with self.engine.begin() as connection:
            await connection.execute(idempotency.delete().where(self._ours(since)))

    async def _looked(self, connection: AsyncConnection) -> datetime | Response | None:
        now = utc_now()
        if await _placed(connection, self, now):
            return now
        found = (await connection.execute(select(idempotency).where(_row(self)))).one_or_none()
        if found is None:  # released this moment
            return None
        answer = _answer(found, self.asked)
        if found.status:
            return answer
        if found.at > now - CLAIMED:
            return None
        taken = idempotency.update().where(self._ours(found.at)).values(at=now).returning(idempotency.c.key)
        return now if (await connection.execute(taken)).one_or_none() is not None else None

    def _ours(self, since: datetime) -> ColumnElement[bool]:
        return _row(self) & (idempotency.c.status == 0) & (idempotency.c.at == since)


def _row(one: Repeatable | Claim) -> ColumnElement[bool]:
    return (idempotency.c.by == one.by) & (idempotency.c.key == one.key)


async def _placed(connection: AsyncConnection, one: Repeatable | Claim, now: datetime) -> bool:
    """Whether the key is new, or so old that it counts no more; waits for a transaction that is placing it now."""
    await connection.execute(idempotency.delete().where(_row(one), idempotency.c.at < now - REPEATED_FOR))
    values = {"by": one.by, "key": one.key, "status": 0, "asked": one.asked, "answer": b"", "at": now}
    placed = insert(idempotency).values(values).on_conflict_do_nothing().returning(idempotency.c.key)
    return (await connection.execute(placed)).one_or_none() is not None


def _answer(found: Row[Any], asked: str) -> Response:
    if found.asked not in (None, asked):
        raise Invalid(say("key_of_another_request"), field="Idempotency-Key")
    return Response(found.answer, found.status, {"Idempotent-Replay": "true"}, JSON)
