"""`/v1/indicators/rivers`: class and VN_WQI of every river station, from the means of a day."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec
from fastapi import APIRouter, Depends, Response

from city.enrich import Catalogue
from city.indicators.levels import RISK_LEVELS, VN_WQI_LEVELS, Level
from city.indicators.surface_water import classes_of, worst
from city.indicators.water_index import METHOD, METHOD_VI, WaterIndex, oxygen_percent, water_index
from infra.clock import utc_now
from infra.postgres.reference import present_city
from schemas.domains import Limit
from schemas.times import At
from services.api.answers import gives, json_answer
from services.api.center import Here
from services.api.moments import Time
from services.api.people import READ, may
from services.api.routes.assets import present
from services.api.stations import Station, stations

router = APIRouter(prefix="/v1/indicators", tags=["indicators"], dependencies=[Depends(may(READ))])
PARAMETERS = {
    "river_cod_mgl": "cod_mgl",
    "river_bod5_mgl": "bod5_mgl",
    "river_nh4n_mgl": "nh4n_mgl",
    "river_ph": "ph",
}
"""Quantity → its name in the index; oxygen counts by its saturation at the water's temperature."""
OXYGEN, WARMTH = "do_mgl", "river_temperature_c"
SPAN = timedelta(hours=24)


class RiverStation(msgspec.Struct, frozen=True, kw_only=True):
    """The water at one station; `river_class` is the worst of `classes`."""

    station: str
    name: str
    name_vi: str
    position: tuple[float, float] | None
    sources: list[str]
    means: dict[str, float]
    """Mean of the 24 hours by quantity."""
    classes: dict[str, str]
    """Class of QCVN 08:2023, Table 2, by quantity, where all its cells are confirmed."""
    river_class: str | None
    index: WaterIndex


class RiverPage(msgspec.Struct, frozen=True, kw_only=True):
    """Classes and indices of all river stations."""

    method: str
    method_vi: str
    until: At
    """Of the 24 hours that end here."""
    legal_ref: str
    levels: tuple[Level, ...]
    risk_levels: tuple[Level, ...]
    """Of disaster risk, by Decision 18/2021: the level of a flood comes from the official bulletin."""
    stations: list[RiverStation]


@router.get("/rivers", summary="Quality of the rivers", **gives(RiverPage, "Class and VN_WQI, by station"))
async def rivers(center: Here, at: Time | None = None) -> Response:
    """Of the 24 full hours before `at`, by default now; the index is provisional and says so."""
    end = (at or utc_now()).replace(minute=0, second=0, microsecond=0)
    async with center.engine.connect() as connection:
        city = await present_city(connection)
        found = await stations(connection, (*PARAMETERS, OXYGEN, WARMTH), (end - SPAN, end))
        rows = (await connection.execute(present("limits"))).all()
    limits = {row.id: msgspec.convert(row.body, Limit) for row in rows}
    known = Catalogue.build({city.id: city}, {}, {}, limits)
    page = RiverPage(
        method=METHOD,
        method_vi=METHOD_VI,
        until=end,
        legal_ref="QCVN 08:2023/BTNMT, Table 2",
        levels=VN_WQI_LEVELS,
        risk_levels=RISK_LEVELS,
        stations=[_station(one, known, end) for one in found],
    )
    return json_answer(page)


def _station(one: Station, known: Catalogue, at: datetime) -> RiverStation:
    means = {name: sum(hours.values()) / len(hours) for name, hours in one.means.items()}
    classes = classes_of(means, lambda key: row.value if (row := known.limit(key, at, one.id, *one.sources)) else None)
    return RiverStation(
        station=one.id,
        name=one.name,
        name_vi=one.name_vi,
        position=one.position,
        sources=one.sources,
        means={name: round(value, 3) for name, value in means.items()},
        classes=classes,
        river_class=worst(classes),
        index=water_index(_parameters(means)),
    )


def _parameters(means: Mapping[str, float]) -> dict[str, float]:
    found = {PARAMETERS[name]: value for name, value in means.items() if name in PARAMETERS}
    if OXYGEN in means and WARMTH in means:
        found["do_percent"] = oxygen_percent(means[OXYGEN], means[WARMTH])
    return found
