"""`/v1/indicators`: a few figures that say how the city and the center are."""

from datetime import timedelta

import msgspec
from fastapi import APIRouter, Depends, Response
from redis.exceptions import RedisError
from sqlalchemy import func, select

from infra.clock import now_ms, utc_now
from infra.postgres.indicator_store import hours_due
from infra.postgres.tables import dead_letters, sensors_seen
from infra.redis.stages import read_stages
from services.api import counting
from services.api.answers import gives, json_answer
from services.api.center import Center, Here
from services.api.people import READ, Reader, may
from services.api.sight import seen

router = APIRouter(prefix="/v1/indicators", tags=["indicators"], dependencies=[Depends(may(READ))])


class Indicators(msgspec.Struct, frozen=True, kw_only=True):
    """Live incidents are open, acknowledged or in progress."""

    live_incidents: int
    by_severity: dict[str, int]
    by_domain: dict[str, int]
    by_state: dict[str, int]
    stage_ages_s: dict[str, float]
    """Seconds since each stage last passed a tick on; empty when Redis is away."""
    sensors: int
    """Sensors that ever sent."""
    unregistered_sensors: int
    dead_letters_last_day: int
    hours_to_work_out: int
    """Hours whose indicators are to be worked out: a few always, many after an edit that past ones rest on."""


@router.get("", summary="Figures of the city and the center", **gives(Indicators, "The figures now"))
async def indicators(center: Here, reader: Reader) -> Response:
    """Worked out at the time of asking; of incidents those that the reader may see."""
    severities = await counting.by(center.engine, "severity", seen(reader))
    day_ago = utc_now() - timedelta(days=1)
    unregistered = func.count().filter(sensors_seen.c.registered.is_(False))
    async with center.engine.connect() as connection:
        sensors, strangers = (await connection.execute(select(func.count(sensors_seen.c.id), unregistered))).one()
        dead = await counting.letters(connection, dead_letters.c.at > day_ago)
        hours = await hours_due(connection)
    found = Indicators(
        live_incidents=sum(severities.values()),
        by_severity=severities,
        by_domain=await counting.by(center.engine, "domain", seen(reader)),
        by_state=await counting.by(center.engine, "state", seen(reader)),
        stage_ages_s=await _ages(center),
        sensors=sensors,
        unregistered_sensors=strangers,
        dead_letters_last_day=dead,
        hours_to_work_out=hours,
    )
    return json_answer(found)


async def _ages(center: Center) -> dict[str, float]:
    try:
        stages = await read_stages(center.redis)
    except (RedisError, OSError):
        return {}
    return {name: (now_ms() - stage.at_ms) / 1000 for name, stage in stages.items()}
