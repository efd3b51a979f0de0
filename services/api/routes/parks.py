"""`/v1/parks`: industrial parks, clusters and plants, their ranking and criteria."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from city.indicators.parks.criteria import Finding, findings
from city.indicators.parks.formulas import Formula
from city.indicators.parks.gather import Known, held
from city.indicators.parks.places import Place
from city.indicators.parks.quality import Value
from city.indicators.parks.ranking import THRESHOLD, Candidate, ranking
from city.indicators.parks.table import BY_ID
from city.indicators.spans import begin, end
from infra.clock import utc_now
from infra.postgres.indicator_values import Asked, values
from infra.postgres.park_words import read_known
from schemas.errors import Invalid, Unknown
from schemas.sentences import say
from services.api.answers import Page, gives, json_answer, raw_page
from services.api.center import Here
from services.api.moments import Time
from services.api.park_shapes import ParkView, RankingView, RankView, formula_view, note_view
from services.api.people import READ, may
from services.api.routes.indicator_values import Step

router = APIRouter(prefix="/v1/parks", tags=["parks"], dependencies=[Depends(may(READ))])
METERED = "metered_electricity"


class Ranked(BaseModel):
    """Of what and when."""

    model_config = ConfigDict(extra="forbid")

    indicator: str = Field("emissions_per_output", description="One of which low or high is better")
    step: Step = "year"
    at: Time | None = Field(None, description="Any time within the year, month or day; default now")
    threshold: float = Field(THRESHOLD, ge=0, le=1, description="Least metered part of the billed electricity")
    kind: str = "industrial_park"


@router.get("", summary="Parks and plants", **gives(Page[ParkView], "By id"))
async def parks(center: Here, kind: Annotated[str | None, Query(description="Only this kind")] = None) -> Response:
    """With owner, area, legacy district and ward of today, plants, outfalls, stacks, feeders, panels, exchanges."""
    async with center.engine.connect() as connection:
        known, found = await read_known(connection)
    return raw_page([park_view(known, one) for one in found if kind in (None, one.kind)], None)


@router.get("/ranking", summary="Ranking", **gives(RankingView, "Best first within a size class"))
async def ranked(center: Here, asked: Annotated[Ranked, Query()]) -> Response:
    """Only what is metered well enough is ranked, within its size class; of all others it is said why they are not."""
    formula = BY_ID.get(asked.indicator)
    if formula is None or formula.better is None:
        raise Invalid(say("not_comparable"), field="indicator")
    async with center.engine.connect() as connection:
        known, found = await read_known(connection)
        zone = known.catalogue.time_zone
        at = begin(asked.step, asked.at or utc_now(), zone)
        now, before = [
            await _values(connection, asked.step, start, zone, formula)
            for start in (at, begin(asked.step, at - timedelta(hours=1), zone))
        ]
    figures = {place.id: held(known, place.id, at) for place in found if place.kind == asked.kind}
    candidates = [
        Candidate(
            asset=name,
            hectares=own["park.leased_ha"].value if "park.leased_ha" in own else None,
            metered=now.get((name, METERED)),
            value=now.get((name, formula.id)),
            before=before.get((name, formula.id)),
        )
        for name, own in figures.items()
    ]
    items = [_rank_view(one) for one in ranking(formula, candidates, asked.threshold)]
    said = {note for one in candidates if one.value and one.value.value is not None for note in one.value.notes}
    shown, notes, least = formula_view(formula), [note_view(note) for note in sorted(said)], asked.threshold
    page = RankingView(indicator=shown, step=asked.step, at=at, threshold=least, notes=notes, items=items)
    return json_answer(page)


async def _values(
    connection: AsyncConnection, step: str, start: datetime, zone: ZoneInfo, formula: Formula
) -> dict[tuple[str, str], Value]:
    asked = Asked(step=step, start=start, end=end(step, start, zone), names=(formula.id, METERED))
    return {(one.asset, one.indicator): one.value for one in await values(connection, asked)}


def _rank_view(one: Any) -> RankView:
    shown = msgspec.structs.asdict(one)
    return RankView(**shown | {"not_ranked": note_view(one.not_ranked) if one.not_ranked else None})


@router.get(
    "/{park_id:path}/criteria", summary="Eco-industrial park", **gives(Page[Finding], "What is asked, and shown", 404)
)
async def criteria(center: Here, park_id: str, year: Annotated[int | None, Query(ge=2000, le=2200)] = None) -> Response:
    """The criteria whose text is confirmed, with the evidence for each; thresholds that are not are left out."""
    async with center.engine.connect() as connection:
        known, found = await read_known(connection)
        place_of(found, park_id)
        shown = await evidence(connection, known, park_id, year)
    return raw_page(shown, None)


@router.get("/{park_id:path}", summary="One park or plant", **gives(ParkView, "The park", 404))
async def park(center: Here, park_id: str) -> Response:
    """As in the list."""
    async with center.engine.connect() as connection:
        known, found = await read_known(connection)
    return json_answer(park_view(known, place_of(found, park_id)))


async def evidence(connection: AsyncConnection, known: Known, park_id: str, year: int | None) -> list[Finding]:
    """The findings at the end of a year, or today in this one."""
    zone, now = known.catalogue.time_zone, utc_now()
    start = begin("year", now if year is None else datetime(year, 7, 1, tzinfo=UTC), zone)
    last = min(now, end("year", start, zone) - timedelta(hours=1))
    found = await values(connection, Asked(step="year", start=start, end=start + timedelta(hours=1), assets=(park_id,)))
    valued = {one.indicator: one.value.value is not None for one in found}
    rows = [row for group in known.figures.values() for row in group]
    return findings(rows, park_id, last.astimezone(zone).date(), valued)


def place_of(found: list[Place], park_id: str) -> Place:
    """The park with an id; raises Unknown."""
    place = next((one for one in found if one.id == park_id), None)
    if place is None:
        raise Unknown(say("no_park", id=park_id))
    return place


def park_view(known: Known, place: Place) -> ParkView:
    """A place with what its asset says."""
    asset = known.catalogue.assets[place.id]
    leased = held(known, place.id, utc_now()).get("park.leased_ha")
    areas = known.catalogue.city.area_details
    return ParkView(
        id=place.id,
        kind=place.kind,
        name=asset.name,
        name_vi=asset.name_vi,
        position=asset.position,
        owner=asset.properties.get("owner"),
        hectares=asset.properties.get("hectares"),
        leased_hectares=leased.value if leased else None,
        district=next((area.id for area in areas if area.valid_to and asset.zone in area.zones), None),
        ward=asset.zone,
        plants=place.plants,
        outfalls=place.outfalls,
        stacks=place.stacks,
        feeders=place.feeders,
        solar="panels_kw" in place.meters,
        exchanges=place.exchanges,
        meters=dict(place.meters),
    )
