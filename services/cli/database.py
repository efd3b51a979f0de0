"""Work of the command line on the database of the running center."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra import settings as settings_module
from infra.embedded.addresses import with_addresses
from infra.postgres.engine import connect
from infra.postgres.refusals import said_by
from infra.settings import Settings
from schemas.errors import Unavailable
from schemas.sentences import say

T = TypeVar("T")
BY = "command line"
"""Who did it, in the audit."""


def running() -> Settings:
    """The settings with the addresses of the running center. Raises Unavailable if there is none."""
    return with_addresses(settings_module.load())


def in_database(work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Runs `work` in one transaction on the database of the running center. Raises Unavailable."""
    settings = running()

    async def run() -> T:
        engine = connect(settings.database_url)
        try:
            async with engine.begin() as connection:
                return await work(connection)
        finally:
            await engine.dispose()

    return asyncio.run(reached(run()))


async def reached(work: Awaitable[T]) -> T:
    """What `work` gives. Raises Unavailable where PostgreSQL does not answer or takes none of it."""
    try:
        return await work
    except DBAPIError as error:
        raise Unavailable(say("postgres_silent", reason=said_by(error))) from None
