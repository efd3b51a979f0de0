"""`/v1/indicators/room`: how fast the room handles what comes, month by month, also as CSV."""

from datetime import UTC, datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from city.indicators.room import SHIFTS, Handled, RoomFigure, room_figures
from city.indicators.spans import begin, end
from infra.clock import utc_now
from infra.postgres.reference import present_city
from infra.postgres.tables import changes, incidents
from schemas.errors import Invalid
from schemas.incidents import MERGED
from schemas.sentences import say
from schemas.times import At
from services.api.answers import gives, json_answer
from services.api.center import Here
from services.api.moments import Month as OneMonth
from services.api.people import Person, Reader
from services.api.sheets import as_sheet_too, in_exercise, sheet
from services.api.sight import seen

router = APIRouter(prefix="/v1/indicators", tags=["indicators"])
HEAD = ("month", "by", "key", "incidents")
HEAD_OF_TIMES = (
    "acknowledged",
    "acknowledge_median_s",
    "acknowledge_90_s",
    "resolved",
    "resolve_median_s",
    "resolve_90_s",
)
BODY = changes.c.body["incident"]


class RoomMonth(msgspec.Struct, frozen=True, kw_only=True):
    """A civil month of the city; incidents that first called in it, merged ones left out."""

    month: str
    """`2026-11`."""
    since: At
    until: At
    shifts: list[str]
    """When each begins, in the city's time."""
    figures: list[RoomFigure]


class Month(BaseModel):
    """Which month, and how the day is divided."""

    model_config = ConfigDict(extra="forbid")

    month: OneMonth | None = Field(None, description="`2026-11`; default this one")
    shift: list[time] = Field(list(SHIFTS), description="When the shifts begin, in the city's time", max_length=6)
    format: Literal["json", "csv"] = "json"


@router.get(
    "/room", summary="Time to acknowledge and to resolve", **as_sheet_too(gives(RoomMonth, "By kind, agency and shift"))
)
async def room(center: Here, reader: Reader, asked: Annotated[Month, Query()]) -> Response:
    """Median, and what nine of ten did not exceed, from when an incident could first be heard. A user of an agency gets
    the incidents that name it. Silenced and shelved ones count among the incidents; times are of those handled."""
    if any(one.tzinfo for one in asked.shift):
        raise Invalid(say("not_time_of_day"), field="shift")
    if len(set(asked.shift)) != len(asked.shift) or not asked.shift:
        raise Invalid(say("shift_beginnings"), field="shift")
    async with center.engine.connect() as connection:
        zone = ZoneInfo((await present_city(connection)).time_zone)
        start = begin("month", _within(asked.month, zone), zone)
        span = start, end("month", start, zone)
        found = await _handled(connection, reader, span)
    month = f"{start.astimezone(zone):%Y-%m}"
    figures = room_figures(found, asked.shift, zone)
    if asked.format == "csv":
        name = in_exercise(f"room-{month}", center.settings.exercise)
        return sheet(name, (*HEAD, *HEAD_OF_TIMES), [_line(month, one) for one in figures])
    shifts = [f"{one:%H:%M}" for one in asked.shift]
    return json_answer(RoomMonth(month=month, since=span[0], until=span[1], shifts=shifts, figures=figures))


def _within(month: str | None, zone: ZoneInfo) -> datetime:
    """Some time in the month."""
    return datetime.strptime(f"{month}-15", "%Y-%m-%d").replace(tzinfo=zone) if month else utc_now()


async def _handled(connection: AsyncConnection, reader: Person, span: tuple[datetime, datetime]) -> list[Handled]:
    taken = func.min(changes.c.at).filter(BODY["acknowledged_by"].astext.is_not(None))
    resolved = func.min(changes.c.at).filter(changes.c.kind.in_(("resolved", "closed")))
    # incident by incident: grouping joined rows would sort a month of bodies
    times = select(taken.label("taken"), resolved.label("resolved")).where(changes.c.incident_id == incidents.c.id)
    handled = times.lateral("handled")
    query = (
        select(incidents.c.kind, incidents.c.agencies, incidents.c.created_at, handled.c.taken, handled.c.resolved)
        .add_columns(incidents.c.body["settled_at"].astext.label("settled"))
        .join(handled, true())
        .where(seen(reader), incidents.c.state != MERGED)
        .where(incidents.c.created_at >= span[0], incidents.c.created_at < span[1])
    )
    return [_one(row) for row in await connection.execute(query)]


def _one(row: Any) -> Handled:
    settled = datetime.fromisoformat(row.settled) if row.settled else row.created_at
    return Handled(
        kind=row.kind,
        agencies=tuple(row.agencies),
        called_at=max(row.created_at, settled).astimezone(UTC),
        acknowledged_at=row.taken,
        resolved_at=row.resolved,
    )


def _line(month: str, one: RoomFigure) -> tuple[Any, ...]:
    """Empty where there is no time."""
    spans = [(times.count, times.median_s, times.most_s) for times in (one.acknowledge, one.resolve)]
    return month, one.by, one.key, one.incidents, *(cell for span in spans for cell in span)
