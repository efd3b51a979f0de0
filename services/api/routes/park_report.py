"""`/v1/parks/{id}/report`: the yearly monitoring report."""

from datetime import UTC, datetime
from typing import Any, Literal

from fastapi import APIRouter, Depends, Response

from city.indicators.parks.gather import used
from city.indicators.spans import begin, end
from infra.clock import utc_now
from infra.postgres.indicator_values import Asked, values
from infra.postgres.park_words import read_known
from schemas.errors import Invalid
from schemas.sentences import say
from schemas.times import rfc3339
from services.api.answers import problems
from services.api.center import Here
from services.api.park_report import HEAD, Report, as_lines, as_page
from services.api.people import READ, may
from services.api.routes.parks import evidence, park_view, place_of
from services.api.sheets import file_named, in_exercise, sheet

router = APIRouter(prefix="/v1/parks", tags=["parks"], dependencies=[Depends(may(READ))])
HTML = "text/html; charset=utf-8"
TEXT: dict[str, Any] = {"schema": {"type": "string"}}
GIVEN = {
    200: {"description": "The report", "content": {"text/csv": TEXT, "text/html": TEXT}},
    **problems(401, 403, 404, 422, 503),
}
FIRST, LAST = 2000, 2200


@router.get("/{park_id:path}/report", summary="Yearly monitoring report", response_class=Response, responses=GIVEN)
async def report(center: Here, park_id: str, year: int, format: Literal["csv", "html"] = "csv") -> Response:
    """Decree 35/2022/NĐ-CP: indicators with coverage and interval, dated factors with their source, criteria."""
    if not FIRST <= year <= LAST:
        raise Invalid(say("year_outside", first=FIRST, last=LAST), field="year")
    async with center.engine.connect() as connection:
        known, found = await read_known(connection)
        place = place_of(found, park_id)
        zone = known.catalogue.time_zone
        start = begin("year", datetime(year, 7, 1, tzinfo=UTC), zone)
        asked = Asked(step="year", start=start, end=end("year", start, zone), assets=(park_id,))
        made = Report(
            park=park_view(known, place),
            year=year,
            made_at=rfc3339(utc_now()),
            values=await values(connection, asked),
            figures=used(known, park_id, year),
            findings=await evidence(connection, known, park_id, year),
            exercise=center.settings.exercise,
        )
    name = in_exercise(f"{park_id}-{year}", center.settings.exercise)
    if format == "csv":
        return sheet(name, HEAD, as_lines(made))
    return Response(as_page(made), 200, file_named(f"{name}.html", "inline"), HTML)
