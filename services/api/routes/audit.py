"""`/v1/audit`: who did what, also as CSV."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Select, select

from infra.postgres.audit import Deed
from infra.postgres.tables import audit
from schemas.times import rfc3339
from services.api.answers import Page, cut, gives, keys_of, raw_page
from services.api.center import Here
from services.api.moments import Time, check_since_until
from services.api.people import CONNECT, may
from services.api.sheets import as_sheet_too, in_exercise, sheet

router = APIRouter(prefix="/v1/audit", tags=["people"], dependencies=[Depends(may(CONNECT))])
LINES, MOST, MOST_OF_SHEET = 100, 1000, 50_000
HEAD = ("id", "at", "by", "address", "action", "subject", "detail")


class AuditLine(Deed, frozen=True, kw_only=True):
    """A deed under its number."""

    id: int


class Wanted(BaseModel):
    """Which lines."""

    model_config = ConfigDict(extra="forbid")

    by: str | None = Field(None, description="The person or key")
    subject: str | None = Field(None, description="Id of what it was done to")
    action: str | None = Field(None, description="`key.made`, or with a dot at its end all that begin so: `incident.`")
    since: Time | None = Field(None, description="Not before")
    until: Time | None = Field(None, description="Before")
    cursor: str | None = None
    limit: int | None = Field(None, ge=1, description=f"Default {LINES}; at most {MOST}, as CSV {MOST_OF_SHEET}")
    format: Literal["json", "csv"] = "json"

    @property
    def most(self) -> int:
        """How many lines at most."""
        usual, most = (MOST_OF_SHEET, MOST_OF_SHEET) if self.format == "csv" else (LINES, MOST)
        return min(self.limit or usual, most)


@router.get(
    "",
    summary="Who did what, the newest first",
    **as_sheet_too(gives(Page[AuditLine], "A page, or a table")),
)
async def listed(center: Here, wanted: Annotated[Wanted, Query()]) -> Response:
    """Only for supervisors, admins and integrators of the whole city."""
    check_since_until(wanted.since, wanted.until)
    query = _query(wanted).order_by(audit.c.id.desc()).limit(wanted.most + 1)
    async with center.engine.connect() as connection:
        rows, following = cut((await connection.execute(query)).all(), wanted.most, "id")
    if wanted.format == "csv":
        return sheet(
            in_exercise("audit", center.settings.exercise),
            HEAD,
            [[_text(getattr(row, name)) for name in HEAD] for row in rows],
        )
    return raw_page([dict(row._mapping) for row in rows], following)


def _query(wanted: Wanted) -> Select[Any]:
    query = select(audit)
    if wanted.by:
        query = query.where(audit.c.by == wanted.by)
    if wanted.subject:
        query = query.where(audit.c.subject == wanted.subject)
    if wanted.action:
        whole = not wanted.action.endswith(".")
        query = query.where(
            audit.c.action == wanted.action if whole else audit.c.action.startswith(wanted.action, autoescape=True)
        )
    if wanted.since:
        query = query.where(audit.c.at >= wanted.since)
    if wanted.until:
        query = query.where(audit.c.at < wanted.until)
    if wanted.cursor:
        query = query.where(audit.c.id < keys_of(wanted.cursor, int)[0])
    return query


def _text(value: Any) -> Any:
    if isinstance(value, datetime):
        return rfc3339(value)
    return msgspec.json.encode(value).decode() if isinstance(value, dict) else value
