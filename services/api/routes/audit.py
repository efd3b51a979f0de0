"""`/v1/audit`: who did what."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import select

from infra.postgres.tables import audit
from schemas.times import At
from services.api.answers import Page, cut, gives, keys_of, raw_page
from services.api.center import Here
from services.api.people import CONNECT, may

router = APIRouter(prefix="/v1/audit", tags=["people"], dependencies=[Depends(may(CONNECT))])


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something a person or a key did."""

    id: int
    at: At
    by: str
    address: str | None
    action: str
    """`incident.acknowledge`, `session.opened`, `rules.edited`, …"""
    subject: str
    detail: dict[str, Any]


@router.get("", summary="Who did what, the newest first", **gives(Page[Deed], "A page of the audit"))
async def listed(
    center: Here,
    by: str | None = None,
    subject: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """Only for supervisors, admins and integrators."""
    query = select(audit)
    if by:
        query = query.where(audit.c.by == by)
    if subject:
        query = query.where(audit.c.subject == subject)
    if cursor:
        query = query.where(audit.c.id < keys_of(cursor, int)[0])
    query = query.order_by(audit.c.id.desc()).limit(limit + 1)
    async with center.engine.connect() as connection:
        rows, following = cut((await connection.execute(query)).all(), limit, "id")
    return raw_page([dict(row._mapping) for row in rows], following)
