"""`/v1/indicators/air`: VN_AQI of every air station, hourly and daily, as Decision 1459 wants it published."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime

from city.indicators.air_index import METHOD, AirIndex
from city.indicators.air_stations import QUANTITIES, Means, of_day, of_hour
from city.indicators.levels import VN_AQI_LEVELS, Level
from infra.clock import utc_now
from infra.postgres.hour_means import Sums, hour_sums
from infra.postgres.reference import present_city
from infra.postgres.tables import reference
from schemas.times import At, to_ms
from services.api.answers import gives, json_answer
from services.api.center import Here
from services.api.people import READ, may
from services.api.routes.assets import present

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
    hour_end: At
    """The hourly index is of the hour that ends here, with the eleven before for particles."""
    day: date
    """The daily index is of this civil day of the city."""
    levels: tuple[Level, ...]
    stations: list[StationIndex]


@router.get("/air", summary="VN_AQI of the air stations", **gives(AirPage, "Hourly and daily, by station"))
async def air(center: Here, at: AwareDatetime | None = None) -> Response:
    """Of the last full hour and day before `at`, by default now. A station without PM10 and PM2.5 has no index."""
    end = (at or utc_now()).replace(minute=0, second=0, microsecond=0)
    async with center.engine.connect() as connection:
        zone = ZoneInfo((await present_city(connection)).time_zone)
        midnight = end.astimezone(zone).replace(hour=0)
        sums = await hour_sums(connection, QUANTITIES, (min(midnight - BEFORE, end - timedelta(hours=12)), end))
        rows = (await connection.execute(present("assets").where(reference.c.id.in_(_named(sums))))).all()
        bodies = {row.id: row.body for row in rows}
        measured = [body["measures"] for body in bodies.values() if body.get("measures")]
        rows = (await connection.execute(present("assets").where(reference.c.id.in_(measured)))).all()
    return json_answer(_page({**bodies, **{row.id: row.body for row in rows}}, sums, (end, midnight)))


def _named(sums: Sums) -> list[str]:
    return sorted({sensor for sensor, _ in sums})


def _page(bodies: Mapping[str, Any], sums: Sums, times: tuple[datetime, datetime]) -> AirPage:
    end, midnight = times
    sources: dict[str, list[str]] = {}
    for sensor in _named(sums):
        sources.setdefault(bodies.get(sensor, {}).get("measures") or sensor, []).append(sensor)
    means, stations = _means(sums, sources), sorted(sources)
    hours, days = of_hour(means, stations, to_ms(end)), of_day(means, stations, to_ms(midnight))
    last_ms, day = to_ms(end - timedelta(hours=1)), midnight.date() - timedelta(days=1)
    latest = {key: hour[last_ms] for key, hour in means.items() if last_ms in hour}
    found = [
        StationIndex(
            station=station,
            sources=sources[station],
            hour=hours.of(row),
            means_ugm3={name: round(value, 3) for (own, name), value in latest.items() if own == station},
            day=days.of(row),
            **_words(bodies, station, sources[station]),
        )
        for row, station in enumerate(stations)
    ]
    return AirPage(method=METHOD, hour_end=end, day=day, levels=VN_AQI_LEVELS, stations=found)


def _words(bodies: Mapping[str, Any], station: str, sources: Sequence[str]) -> dict[str, Any]:
    """Name and place of a station, of its first sensor where it is no asset itself."""
    body: Mapping[str, Any] = next((bodies[name] for name in (station, *sources) if name in bodies), {})
    name = body.get("name") or station
    return {"name": name, "name_vi": body.get("name_vi") or name, "position": body.get("position")}


def _means(sums: Sums, sources: Mapping[str, Sequence[str]]) -> Means:
    """Means of a station over its sensors, by hour."""
    found: dict[tuple[str, str], dict[int, float]] = {}
    for station, sensors in sources.items():
        for quantity, name in QUANTITIES.items():
            together: dict[int, tuple[float, int]] = {}
            for hours in (sums.get((sensor, quantity), {}) for sensor in sensors):
                for hour, (total, count) in hours.items():
                    before = together.get(hour, (0.0, 0))
                    together[hour] = before[0] + total, before[1] + count
            if together:
                found[station, name] = {hour: total / count for hour, (total, count) in together.items()}
    return found
