"""Writes down who did what, in the transaction that does it."""

from typing import Any

from fastapi import Request
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.postgres.audit import Deed, write_down
from services.api.people import Person


def address_of(request: Request) -> str | None:
    """Where a request comes from; None where that is not known."""
    return request.client.host if request.client else None


async def note(
    connection: AsyncConnection, request: Request, person: Person, action: str, subject: str, **detail: Any
) -> None:
    """One line of the audit: the person, his address, what he did, to what, and what else is worth keeping."""
    deed = Deed(
        at=utc_now(), by=person.name, address=address_of(request), action=action, subject=subject, detail=detail
    )
    await write_down(connection, deed)
