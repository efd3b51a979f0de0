"""Endpoints, deliveries and attempts in PostgreSQL: what the API shows and the sender works through."""

import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, bindparam, exists, func, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from city.delivery import WAYS, WEBHOOK
from city.duty import Way
from infra.postgres.tables import attempts, deliveries, endpoints
from schemas.duty import ON_DUTY
from schemas.errors import Conflict, Unknown
from schemas.ids import digest
from schemas.sentences import Sentence, say, told

SECRET_BYTES = 32
WAITING, DELIVERED, FAILED, UNSAID, WITHHELD = "waiting", "delivered", "failed", "unsaid", "withheld"
PROBE = 0
"""The version of a test event; those of incidents begin with 1."""

Found = Row[Any]


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: `whsec_` and base64 of 32 random bytes."""
    return "whsec_" + b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


async def add_endpoint(connection: AsyncConnection, wish: Mapping[str, Any], now: datetime) -> Found:
    """Registers an endpoint and returns its row, a webhook with a new secret; the caller has checked its columns."""
    values = {
        **wish,
        "id": "ep-" + digest(now.isoformat(), secrets.token_hex(8)),
        "secrets": [new_secret()] if wish.get("form", WEBHOOK) == WEBHOOK else [],
        "created_at": now,
    }
    await connection.execute(insert(endpoints).values(values))
    return await endpoint(connection, str(values["id"]))


def _endpoints() -> Select[Any]:
    """Endpoints, each with how many deliveries wait and since when the oldest of them does."""
    counts = (func.count().label("waiting"), func.min(deliveries.c.created_at).label("since"))
    waiting = select(deliveries.c.endpoint_id, *counts).where(deliveries.c.state == WAITING)
    queued = waiting.group_by(deliveries.c.endpoint_id).subquery()
    shown = (endpoints, func.coalesce(queued.c.waiting, 0).label("waiting"), queued.c.since.label("waiting_since"))
    return select(*shown).outerjoin(queued, queued.c.endpoint_id == endpoints.c.id)


async def endpoint(connection: AsyncConnection, endpoint_id: str, *, lock: bool = False) -> Found:
    """One endpoint, with `lock` nobody else's until the end of the transaction; raises Unknown."""
    query = _endpoints().where(endpoints.c.id == endpoint_id)
    query = query.with_for_update(of=endpoints) if lock else query
    found: Found | None = (await connection.execute(query)).one_or_none()
    if found is None:
        raise Unknown(say("no_webhook", id=endpoint_id))
    return found


async def all_endpoints(connection: AsyncConnection) -> Sequence[Found]:
    """Every endpoint, oldest first, disabled ones too."""
    return (await connection.execute(select(endpoints).order_by(endpoints.c.created_at))).all()


async def ways_to_duty(connection: AsyncConnection) -> list[Way]:
    """Of the endpoints that are on those that tell whoever is on duty."""
    on = endpoints.c.disabled_at.is_(None) & endpoints.c.form.in_(WAYS) & endpoints.c.to.contains([ON_DUTY])
    rows = await connection.execute(select(endpoints.c.form, endpoints.c.agency).where(on))
    return [Way(WAYS[row.form], row.agency) for row in rows]


async def queued_endpoints(connection: AsyncConnection, agency: str | None = None) -> Sequence[Found]:
    """Every endpoint, or those of an agency, oldest first, with what waits for it.

    Counts all that waits: for people, not for sending.
    """
    query = _endpoints().order_by(endpoints.c.created_at)
    if agency is not None:
        query = query.where(endpoints.c.agency == agency)
    found: Sequence[Found] = (await connection.execute(query)).all()
    return found


async def change_endpoint(connection: AsyncConnection, endpoint_id: str, values: Mapping[str, Any]) -> Found:
    """Another address, description or filters; what is queued goes to the new address. Raises Unknown."""
    if values:
        await connection.execute(update(endpoints).where(endpoints.c.id == endpoint_id).values(**values))
    return await endpoint(connection, endpoint_id)


async def remove_endpoint(connection: AsyncConnection, endpoint_id: str) -> None:
    """Deletes an endpoint with its deliveries; raises Unknown."""
    await endpoint(connection, endpoint_id)
    # deliveries first, as the sender locks them: the other way round the two would wait for each other
    await connection.execute(deliveries.delete().where(deliveries.c.endpoint_id == endpoint_id))
    await connection.execute(endpoints.delete().where(endpoints.c.id == endpoint_id))


async def set_enabled(connection: AsyncConnection, endpoint_id: str, reason: Sentence | None, now: datetime) -> None:
    """Disables an endpoint for `reason`, or enables it again when that is None."""
    values = {
        "disabled_at": now if reason else None,
        "disabled_reason": reason and str(reason),
        "disabled_reason_vi": reason and str(told(reason, "vi")),
        "failing_since": None,
    }
    await connection.execute(update(endpoints).where(endpoints.c.id == endpoint_id).values(values))


async def rotate_secret(connection: AsyncConnection, endpoint_id: str) -> str:
    """A new secret in front; the one before it goes on signing until the next rotation. Raises Unknown, Conflict."""
    found = await endpoint(connection, endpoint_id, lock=True)
    if found.form != WEBHOOK:
        raise Conflict(say("only_webhooks_sign"))
    fresh = new_secret()
    values = {"secrets": [fresh, *found.secrets[:1]]}
    await connection.execute(update(endpoints).where(endpoints.c.id == endpoint_id).values(values))
    return fresh


async def add_deliveries(connection: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Queues deliveries; one that is already there (same endpoint and message) is left as it is."""
    if rows:
        await connection.execute(insert(deliveries).on_conflict_do_nothing(), list(rows))


WRITTEN_DOWN = exists().where(attempts.c.delivery_id == deliveries.c.id)
"""Whether the log has an attempt of a delivery; one whose sender ended meanwhile it never gets."""


async def was_attempted(connection: AsyncConnection, endpoint_id: str, incident_id: str) -> bool:
    """Whether anything of this incident was ever tried at this endpoint: is on its way or in the log of attempts."""
    mine = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.incident_id == incident_id)
    query = select(exists().where(mine, or_(deliveries.c.attempts > 0, WRITTEN_DOWN)))
    return bool((await connection.execute(query)).scalar_one())


async def leave_unsaid(connection: AsyncConnection, endpoint_id: str, incident_id: str) -> bool:
    """Drops what waits of an incident that went into another, or was suppressed, before anybody was told.

    False, and nothing is dropped, if a first attempt has begun: no claim can come between this question and the end of
    the transaction.
    """
    mine = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.incident_id == incident_id)
    waiting = mine & (deliveries.c.state == WAITING)
    await connection.execute(select(deliveries.c.id).where(waiting).order_by(deliveries.c.id).with_for_update())
    if await was_attempted(connection, endpoint_id, incident_id):
        return False
    await connection.execute(update(deliveries).where(waiting).values(state=UNSAID))
    return True


CLAIM = text(
    """
    UPDATE deliveries SET next_at = :lease, attempts = attempts + 1
    WHERE id IN (
        SELECT head.id FROM (
            SELECT DISTINCT ON (incident_id) id, next_at FROM deliveries
            WHERE endpoint_id = :endpoint AND state = 'waiting' ORDER BY incident_id, version
        ) head WHERE head.next_at <= :now ORDER BY head.next_at LIMIT :most
    ) AND state = 'waiting' AND next_at <= :now
    RETURNING id, endpoint_id, message_id, incident_id, version, body, attempts, told
    """
)


DUE = text(
    """
    SELECT count(*) FROM (
        SELECT DISTINCT ON (incident_id) next_at FROM deliveries
        WHERE endpoint_id = :endpoint AND state = 'waiting' ORDER BY incident_id, version
    ) head WHERE next_at <= :now
    """
)


async def count_due(connection: AsyncConnection, endpoint_id: str, now: datetime) -> int:
    """How many deliveries `claim` could take."""
    return int((await connection.execute(DUE, {"endpoint": endpoint_id, "now": now})).scalar_one())


async def claim(
    connection: AsyncConnection, endpoint_id: str, now: datetime, lease: timedelta, most: int
) -> Sequence[Found]:
    """Takes what is due: at most one delivery of each incident, the oldest version first (order per incident).

    A claim is a lease: if the sender dies, the delivery is due again when the lease ends.
    """
    values = {"endpoint": endpoint_id, "now": now, "lease": now + lease, "most": most}
    return (await connection.execute(CLAIM, values)).all()


_DUE_ENDPOINTS = select(endpoints).where(
    endpoints.c.disabled_at.is_(None),
    endpoints.c.id.in_(
        select(deliveries.c.endpoint_id)
        .where(deliveries.c.state == WAITING, deliveries.c.next_at <= bindparam("now"))
        .distinct()
    ),
)


async def due_endpoints(connection: AsyncConnection, now: datetime) -> Sequence[Found]:
    """Enabled endpoints with something due."""
    return (await connection.execute(_DUE_ENDPOINTS, {"now": now})).all()


async def record_attempt(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Writes one line of the log of attempts."""
    await connection.execute(attempts.insert().values(values))


async def settle_delivery(
    connection: AsyncConnection, delivery_id: int, state: str, next_at: datetime | None = None
) -> None:
    """The state of a delivery after an attempt; `next_at` when it waits on, unless it was overtaken meanwhile."""
    values: dict[str, Any] = {"state": state} | ({"next_at": next_at} if next_at else {})
    statement = update(deliveries).where(deliveries.c.id == delivery_id)
    if state == WAITING:
        statement = statement.where(deliveries.c.state == WAITING)
    await connection.execute(statement.values(values))


async def mark_failing(connection: AsyncConnection, endpoint_id: str, since: datetime | None) -> datetime | None:
    """Notes since when an endpoint only fails (kept if already noted), or that it works again (None).

    Returns what is noted now.
    """
    value = func.coalesce(endpoints.c.failing_since, since) if since else None
    noted = update(endpoints).where(endpoints.c.id == endpoint_id).values(failing_since=value)
    row = (await connection.execute(noted.returning(endpoints.c.failing_since))).one_or_none()
    return row.failing_since if row else None


async def deliveries_of(
    connection: AsyncConnection, endpoint_id: str, before: int, most: int, state: str | None = None
) -> Sequence[Found]:
    """Deliveries of an endpoint, newest first, with an id below `before`, each with its last attempt."""
    last = select(attempts.c.at.label("tried_at"), attempts.c.status, attempts.c.error)
    tried = last.where(attempts.c.delivery_id == deliveries.c.id).order_by(attempts.c.id.desc()).limit(1).lateral()
    query = select(deliveries, tried).outerjoin(tried, true())
    query = query.where(deliveries.c.endpoint_id == endpoint_id, deliveries.c.id < before)
    if state is not None:
        query = query.where(deliveries.c.state == state)
    return (await connection.execute(query.order_by(deliveries.c.id.desc()).limit(most))).all()


async def deliveries_about(connection: AsyncConnection, incident_id: str, most: int) -> Sequence[Found]:
    """Deliveries of an incident to all endpoints, newest first, each with its endpoint's address and last attempt."""
    tried = select(func.max(attempts.c.at)).where(attempts.c.delivery_id == deliveries.c.id).scalar_subquery()
    query = select(deliveries, endpoints.c.form, endpoints.c.url, endpoints.c.description, tried.label("tried_at"))
    query = query.join(endpoints, endpoints.c.id == deliveries.c.endpoint_id)
    query = query.where(deliveries.c.incident_id == incident_id).order_by(deliveries.c.id.desc()).limit(most)
    return (await connection.execute(query)).all()


async def attempts_of(connection: AsyncConnection, endpoint_id: str, delivery_id: int) -> Sequence[Found]:
    """The attempts of one delivery of an endpoint, oldest first. Raises Unknown."""
    mine = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.id == delivery_id)
    if (await connection.execute(select(deliveries.c.id).where(mine))).one_or_none() is None:
        raise Unknown(say("no_delivery", id=endpoint_id, delivery=delivery_id))
    query = select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.id)
    return (await connection.execute(query)).all()


async def add_probe(connection: AsyncConnection, endpoint_id: str, body: bytes, now: datetime) -> Found:
    """Queues a test event, due now, as a delivery of an incident of its own. Raises Unknown."""
    await endpoint(connection, endpoint_id)
    name = "test-" + secrets.token_hex(8)
    values = {
        "endpoint_id": endpoint_id,
        "message_id": "msg_" + digest(endpoint_id, name),
        "incident_id": name,
        "version": PROBE,
        "body": body,
        "state": WAITING,
        "created_at": now,
        "next_at": now,
    }
    added: Found = (await connection.execute(insert(deliveries).values(values).returning(deliveries.c.id))).one()
    return added
