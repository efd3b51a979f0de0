"""`/v1/indicators/values`, `/v1/indicators/formulas`: indicators of parks, plants, metered areas."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from city.indicators.parks.table import BY_ID, FORMULAS
from infra.clock import utc_now
from infra.postgres.indicator_values import Asked, values
from schemas.errors import Invalid
from schemas.sentences import say
from services.api.answers import MOST, Page, gives, raw_page
from services.api.center import Here
from services.api.filters import Several
from services.api.moments import Time, check_from_to
from services.api.park_shapes import FormulaView, IndicatorView, formula_view, indicator_view
from services.api.people import READ, may

router = APIRouter(prefix="/v1/indicators", tags=["indicators"], dependencies=[Depends(may(READ))])
USUAL = {"hour": 2, "day": 31, "month": 366, "year": 3660}
"""Days that are shown where no time is given."""
Step = Literal["hour", "day", "month", "year"]


class Sought(BaseModel):
    """Which indicators."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    asset: Several = Field([], description="Parks, clusters, plants and metered areas")
    indicator: Several = Field([], description="Ids of `/v1/indicators/formulas`")
    step: Step = Field("day", description="Civil days, months and years of the city")
    start: Time | None = Field(None, alias="from", description="Those that begin at or after this time")
    end: Time | None = Field(None, alias="to", description="Those that begin before this time")


@router.get("/formulas", summary="Formulas", **gives(Page[FormulaView], "What each indicator is"))
async def formulas() -> Response:
    """In both languages; a changed formula has a new version, and its values are stored beside the old ones."""
    return raw_page([formula_view(formula) for formula in FORMULAS], None)


@router.get(
    "/values",
    summary="Indicators of parks and metered areas",
    **gives(Page[IndicatorView], "By asset, indicator and time"),
)
async def indicator_values(center: Here, sought: Annotated[Sought, Query()]) -> Response:
    """With numerator, denominator, coverage and the interval that it allows; late readings work them out again."""
    check_from_to(sought.start, sought.end)
    names = sought.indicator
    if unknown := [name for name in names if name not in BY_ID]:
        raise Invalid(say("no_indicator", id=unknown[0]), field="indicator")
    last = sought.end or utc_now()
    first = sought.start or last - timedelta(days=USUAL[sought.step])
    asked = Asked(step=sought.step, start=first, end=last, assets=sought.asset, names=names)
    async with center.engine.connect() as connection:
        found = await values(connection, asked)
    if len(found) > MOST:
        raise Invalid(say("too_many_values", most=MOST), field="from")
    return raw_page([indicator_view(one) for one in found], None)
