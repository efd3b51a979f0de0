"""The audit: who did what, written in the transaction that does it."""

from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import audit
from schemas.times import At


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person or a key did."""

    at: At
    by: str
    address: str | None = None
    """From where; None: at the machine itself."""
    action: str
    """`incident.acknowledge`, `session.opened`, `rules.edited`, …"""
    subject: str
    detail: dict[str, Any]


async def write_down(connection: AsyncConnection, deed: Deed) -> None:
    """One line of the audit."""
    await connection.execute(audit.insert().values(msgspec.structs.asdict(deed)))
