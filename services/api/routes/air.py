"""`/v1/indicators/air`: VN_AQI of every air station, hourly and daily, as Decision 1459 wants it published."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Response

from city.indicators.air_index import HOURS, METHOD, METHOD_VI, AirIndex
from city.indicators.air_stations import QUANTITIES, of_day, of_hour
from city.indicators.levels import VN_AQI_LEVELS, Level
from infra.clock import utc_now
from infra.postgres.reference import present_city
from schemas.times import At, to_ms
from services.api.answers import gives, json_answer
from services.api.center import Here
from services.api.moments import Time
from services.api.people import READ, may
from services.api.stations import Station, stations

router = APIRouter(prefix="/v1/indicators", tags=["indicators"], dependencies=[Depends(may(READ))])
BEFORE = timedelta(days=1, hours=7)
"""So long before yesterday's end reach the hours that its daily index needs."""


class StationIndex(msgspec.Struct, frozen=True, kw_only=True):
    """The index of one station: `main` is the parameter with the highest index."""

    station: str
    name: str
    name_vi: str
    position: tuple[float, float] | None
    sources: list[str]
    """The sensors that it rests on."""
    hour: AirIndex
    means_ugm3: dict[str, float]
    """Mean of the hour by parameter, µg/m³."""
    day: AirIndex


class AirPage(msgspec.Struct, frozen=True, kw_only=True):
    """VN_AQI of all stations."""

    method: str
    method_vi: str
    hour_end: At
    """The hourly index is of the hour that ends here, with the eleven before for particles."""
    day: date
    """The daily index is of this civil day of the city."""
    levels: tuple[Level, ...]
    stations: list[StationIndex]


@router.get("/air", summary="VN_AQI of the air stations", **gives(AirPage, "Hourly and daily, by station"))
async def air(center: Here, at: Time | None = None) -> Response:
    """Of the last full hour and day before `at`, by default now. A station without PM10 and PM2.5 has no index."""
    end = (at or utc_now()).replace(minute=0, second=0, microsecond=0)
    async with center.engine.connect() as connection:
        midnight = end.astimezone(ZoneInfo((await present_city(connection)).time_zone)).replace(hour=0)
        first = min(midnight - BEFORE, end - timedelta(hours=HOURS))
        found = await stations(connection, QUANTITIES, (first, end))
    return json_answer(_page(found, end, midnight))


def _page(found: Sequence[Station], end: datetime, midnight: datetime) -> AirPage:
    means = {(one.id, QUANTITIES[name]): hours for one in found for name, hours in one.means.items()}
    names = [one.id for one in found]
    hours, days = of_hour(means, names, to_ms(end)), of_day(means, names, to_ms(midnight))
    last_ms, day = to_ms(end - timedelta(hours=1)), midnight.date() - timedelta(days=1)
    shown = [
        StationIndex(
            station=one.id,
            name=one.name,
            name_vi=one.name_vi,
            position=one.position,
            sources=one.sources,
            hour=hours.of(row),
            means_ugm3={QUANTITIES[name]: round(own[last_ms], 3) for name, own in one.means.items() if last_ms in own},
            day=days.of(row),
        )
        for row, one in enumerate(found)
    ]
    return AirPage(method=METHOD, method_vi=METHOD_VI, hour_end=end, day=day, levels=VN_AQI_LEVELS, stations=shown)
