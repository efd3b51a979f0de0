"""The duty roster in PostgreSQL."""

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from city.duty import checked
from infra.postgres.reference import check_agency, present_city
from infra.postgres.tables import duty
from schemas.duty import Duty, Turn
from schemas.errors import Conflict, Unknown
from schemas.sentences import say


def _duty(row: Row[Any]) -> Duty:
    return Duty(**{name: getattr(row, name) for name in Duty.__struct_fields__})


async def roster(connection: AsyncConnection) -> list[Duty]:
    """Every turn of duty, those of before too, in the order in which they begin."""
    query = select(duty).order_by(duty.c.starts_at, duty.c.level, duty.c.name, duty.c.id)
    return [_duty(row) for row in await connection.execute(query)]


async def add(connection: AsyncConnection, duty_id: str, turn: Turn) -> Duty:
    """Puts a turn into the roster. Raises Invalid naming the field."""
    values = await _values(connection, turn)
    return _duty(
        (await connection.execute(insert(duty).values(id=duty_id, revision=1, **values).returning(duty))).one()
    )


async def change(connection: AsyncConnection, duty_id: str, turn: Turn, revision: int | None) -> Duty:
    """Puts another turn in the place of one. Raises Unknown, Conflict if it is of another revision, Invalid."""
    await _as_seen(connection, duty_id, revision)
    values = await _values(connection, turn)
    statement = update(duty).where(duty.c.id == duty_id).values(revision=duty.c.revision + 1, **values)
    return _duty((await connection.execute(statement.returning(duty))).one())


async def remove(connection: AsyncConnection, duty_id: str, revision: int | None) -> Duty:
    """Takes a turn out of the roster; what it was. Raises Unknown, and Conflict if it is of another revision."""
    found = await _as_seen(connection, duty_id, revision)
    await connection.execute(duty.delete().where(duty.c.id == duty_id))
    return found


async def _as_seen(connection: AsyncConnection, duty_id: str, revision: int | None) -> Duty:
    row = (await connection.execute(select(duty).where(duty.c.id == duty_id).with_for_update())).one_or_none()
    if row is None:
        raise Unknown(say("no_duty", id=duty_id))
    found = _duty(row)
    if revision not in (None, found.revision):
        raise Conflict(say("changed_since", id=duty_id), field="revision", current=found)
    return found


async def _values(connection: AsyncConnection, turn: Turn) -> dict[str, Any]:
    await check_agency(connection, turn.agency)
    city = await present_city(connection)
    return msgspec.structs.asdict(checked(turn, ZoneInfo(city.time_zone)))
