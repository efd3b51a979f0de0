"""`/v1/sensors/{id}/readings`: what a sensor did, by minute, hour or day."""

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from redis.exceptions import RedisError
from sqlalchemy import Float, Select, func, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from infra.postgres.reference import present_city
from infra.postgres.tables import rollup_hours, rollups
from infra.redis.values import VALUES
from schemas.times import At
from services.api.answers import MOST, cut, gives, json_answer, keys_of
from services.api.center import Center, Here
from services.api.moments import Time, check_from_to
from services.api.people import READ, may
from services.api.routes.sensors import Sensor, sensor_of

router = APIRouter(prefix="/v1/sensors", tags=["sensors"], dependencies=[Depends(may(READ))])
FIGURES = ("count", "sum", "min", "max", "last")


class Rollup(msgspec.Struct, frozen=True, kw_only=True):
    """What one quantity of a sensor did in one minute, hour or day."""

    quantity: str
    at: At
    """Beginning of the minute, hour or day."""
    count: int
    mean: float
    min: float
    max: float
    last: float


class Readings(msgspec.Struct, frozen=True, kw_only=True):
    """Latest values and rollups, the newest first."""

    sensor: str
    latest: dict[str, tuple[int, float]]
    """Quantity → [Unix ms, value]; empty when Redis is away."""
    items: list[Rollup]
    next: str | None


class Span(BaseModel):
    """Which readings."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    quantity: str | None = None
    step: Literal["minute", "hour", "day"] = Field("minute", description="Days are those of the city's time zone")
    start: Time | None = Field(None, alias="from", description="Minutes or hours at or after this time")
    end: Time | None = Field(None, alias="to", description="Minutes or hours before this time")
    cursor: str | None = None
    limit: int = Field(180, ge=1, le=MOST)


@router.get("/{sensor_id:path}/readings", summary="Its readings", **gives(Readings, "Latest values and rollups", 404))
async def readings(center: Here, sensor_id: str, span: Annotated[Span, Query()]) -> Response:
    """The quantity's own unit applies. A month by hour is a chart; minutes and hours are kept as the settings say."""
    check_from_to(span.start, span.end)
    sensor = await sensor_of(center, sensor_id)
    async with center.engine.connect() as connection:
        zone = (await present_city(connection)).time_zone if span.step == "day" else "UTC"
        found = (await connection.execute(_page(sensor_id, span, zone))).all()
    rows, following = cut(found, span.limit, "at", "quantity")
    items = [_rollup(row) for row in rows]
    return json_answer(Readings(sensor=sensor_id, latest=await _latest(center, sensor), items=items, next=following))


def _page(sensor_id: str, span: Span, zone: str) -> Select[Any]:
    spans = _of_sensor(sensor_id, span, zone).subquery()
    order = tuple_(spans.c.at, spans.c.quantity)
    query = select(spans)
    if span.cursor:
        query = query.where(order < keys_of(span.cursor, datetime, str))
    return query.order_by(spans.c.at.desc(), spans.c.quantity.desc()).limit(span.limit + 1)


def _of_sensor(sensor_id: str, span: Span, zone: str) -> Select[Any]:
    table = rollups if span.step == "minute" else rollup_hours
    begin = table.c.minute if span.step == "minute" else table.c.hour
    at = begin if span.step != "day" else func.date_trunc("day", begin, zone)
    figures = [table.c[name] for name in FIGURES] if span.step != "day" else _together(table)
    query = select(table.c.quantity, at.label("at"), *figures).where(table.c.sensor == sensor_id)
    if span.quantity:
        query = query.where(table.c.quantity == span.quantity)
    if span.start:
        query = query.where(begin >= span.start)
    if span.end:
        query = query.where(begin < span.end)
    return query if span.step != "day" else query.group_by(table.c.quantity, at)


def _together(table: Any) -> list[Any]:
    newest = func.array_agg(aggregate_order_by(table.c["last"], table.c.last_at.desc()), type_=ARRAY(Float))[1]
    sums = [func.sum(table.c[name]).label(name) for name in ("count", "sum")]
    return [*sums, func.min(table.c["min"]).label("min"), func.max(table.c["max"]).label("max"), newest.label("last")]


def _rollup(row: Any) -> Rollup:
    return Rollup(
        quantity=row.quantity,
        at=row.at,
        count=row._mapping["count"],
        mean=row.sum / row._mapping["count"],
        min=row.min,
        max=row.max,
        last=row.last,
    )


async def _latest(center: Center, sensor: Sensor) -> dict[str, tuple[int, float]]:
    quantities = list(dict.fromkeys([*sensor.quantities, *sensor.reports]))
    if not quantities:
        return {}
    try:
        found = await center.redis.hmget(VALUES, [f"{sensor.id}/{quantity}" for quantity in quantities])
    except (RedisError, OSError):
        return {}
    pairs = zip(quantities, found, strict=True)
    return {quantity: msgspec.json.decode(value, type=tuple[int, float]) for quantity, value in pairs if value}
