"""`/v1/signals`: conditions that began or ended."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import select, tuple_

from infra.postgres.tables import signals, suppressions
from schemas.errors import Unknown
from schemas.sentences import say
from schemas.signals import Signal
from services.api.answers import Page, cut, gives, json_answer, keys_of, raw_page
from services.api.center import Here
from services.api.filters import Several, Severities, known
from services.api.moments import Time
from services.api.people import Reader
from services.api.sight import seen_signals

router = APIRouter(prefix="/v1/signals", tags=["signals"])


class SignalView(Signal, frozen=True, kw_only=True):
    """A signal and the incident it is in."""

    incident: str | None = None


def view(body: dict[str, Any], incident: str | None) -> dict[str, Any]:
    """A stored signal as it is shown."""
    return {**body, "incident": incident}


class Sought(BaseModel):
    """Filters; several values of one are alternatives."""

    model_config = ConfigDict(extra="forbid")

    state: Annotated[Several, AfterValidator(known("active", "cleared"))] = Field([], description="`active`, `cleared`")
    kind: Several = Field([], description="`power.outage`, …")
    asset: Several = []
    zone: Several = []
    severity: Severities = []
    suppressed: bool | None = Field(None, description="Covered now by a silence or works, or not")
    since: Time | None = Field(None, description="Raised at or after this time")
    cursor: str | None = None
    limit: int = Field(100, ge=1, le=1000)


@router.get("", summary="Signals, the newest first", **gives(Page[SignalView], "A page of signals"))
async def listed(center: Here, reader: Reader, sought: Annotated[Sought, Query()]) -> Response:
    """Those that nothing took into an incident have `incident: null`."""
    query = select(signals.c.body, signals.c.incident_id, signals.c.raised_at, signals.c.id)
    query = query.where(seen_signals(reader))
    for name in ("state", "kind", "asset", "zone", "severity"):
        if wanted := getattr(sought, name):
            query = query.where(signals.c[name].in_(wanted))
    if sought.suppressed is not None:
        covered = select(suppressions.c.signal_id).where(suppressions.c.ended_at.is_(None))
        query = query.where(signals.c.id.in_(covered) == sought.suppressed)
    if sought.since:
        query = query.where(signals.c.raised_at >= sought.since)
    if sought.cursor:
        query = query.where(tuple_(signals.c.raised_at, signals.c.id) < keys_of(sought.cursor, datetime, str))
    query = query.order_by(signals.c.raised_at.desc(), signals.c.id.desc()).limit(sought.limit + 1)
    async with center.engine.connect() as connection:
        rows, following = cut((await connection.execute(query)).all(), sought.limit, "raised_at", "id")
    return raw_page([view(row.body, row.incident_id) for row in rows], following)


@router.get("/{signal_id}", summary="One signal", **gives(SignalView, "The signal", 404))
async def one(center: Here, reader: Reader, signal_id: str) -> Response:
    """With its value, limit and legal reference."""
    query = select(signals.c.body, signals.c.incident_id).where(signals.c.id == signal_id, seen_signals(reader))
    async with center.engine.connect() as connection:
        found = (await connection.execute(query)).one_or_none()
    if found is None:
        raise Unknown(say("no_signal", id=signal_id))
    return json_answer(view(found.body, found.incident_id))
