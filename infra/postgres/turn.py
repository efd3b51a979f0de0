"""Whose turn it is: an advisory lock held by one connection, which also listens for news of the outbox."""

import psycopg
from psycopg import AsyncConnection, sql

from infra.postgres.outbox import CHANNEL

LOCK = 7_160_003


class Turn:
    """The right to be the one active relay, for as long as its connection lives."""

    def __init__(self, connection: AsyncConnection[tuple[object, ...]]) -> None:
        """Made by `open_turn`."""
        self._connection = connection

    async def mine(self) -> bool:
        """Whether the lock is ours now; asks for it each time. Raises psycopg.OperationalError."""
        found = await (await self._connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,))).fetchone()
        return bool(found and found[0])

    async def news(self, seconds: float) -> None:
        """Returns when something was written to the outbox, at the latest after `seconds`."""
        async for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            return

    async def close(self) -> None:
        """Gives the lock back."""
        await self._connection.close()


async def open_turn(database_url: str) -> Turn:
    """Connects and listens. Raises psycopg.OperationalError."""
    address = database_url.replace("+psycopg", "", 1)
    connection = await psycopg.AsyncConnection.connect(address, autocommit=True, connect_timeout=5)
    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
    return Turn(connection)
