"""Work of the command line on the database of the running center."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from infra import settings as settings_module
from infra.embedded.addresses import with_addresses
from infra.postgres.engine import connect

T = TypeVar("T")
BY = "command line"
"""Who did it, in the audit."""


def in_database(work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
    """Runs `work` in one transaction on the database of the running center."""
    settings = with_addresses(settings_module.load())

    async def run() -> T:
        engine = connect(settings.database_url)
        try:
            async with engine.begin() as connection:
                return await work(connection)
        finally:
            await engine.dispose()

    return asyncio.run(run())
