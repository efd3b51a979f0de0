"""From changes to deliveries: each change, once, for every endpoint that wants it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from city.delivery import SAY, TAKE_BACK, WEBHOOK, concerns, matches, message_id, payload, saying, waits_until
from infra.postgres import webhook_store
from infra.postgres.told import is_known
from schemas.incidents import Change
from schemas.refusals import refusal


class ChangeEvent(msgspec.Struct, frozen=True):
    """The part of a CloudEvent on `city.changes.v1` that counts here."""

    data: Change


_decode = msgspec.json.Decoder(ChangeEvent).decode


def change_of(value: bytes | None) -> Change:
    """The change in a record's value; raises Invalid naming what is wrong."""
    try:
        return _decode(value or b"").data
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise refusal(error) from None


def delivery_row(endpoint_id: str, change: Change, now: datetime) -> dict[str, Any]:
    """The row of one delivery, with the bytes that will be signed and sent."""
    return {
        "endpoint_id": endpoint_id,
        "message_id": message_id(endpoint_id, change.incident_id, change.version),
        "incident_id": change.incident_id,
        "version": change.version,
        "body": payload(change),
        "state": webhook_store.WAITING,
        "created_at": now,
        "next_at": waits_until(change),
    }


async def queue(
    connection: AsyncConnection, endpoints: Sequence[Row[Any]], changes: Sequence[Change], now: datetime
) -> None:
    """Queues what the enabled endpoints want of `changes`; queueing the same change again does nothing."""
    for endpoint in endpoints:
        if endpoint.disabled_at is not None:
            continue
        for change in changes:
            said = saying(change, await webhook_store.was_attempted(connection, endpoint.id, change.incident_id))
            if said == TAKE_BACK:
                if await webhook_store.leave_unsaid(connection, endpoint.id, change.incident_id):
                    continue
                said = saying(change, attempted=True)  # the first attempt began meanwhile
            if said == SAY and await _wants(connection, endpoint, change):
                await webhook_store.add_deliveries(connection, [delivery_row(endpoint.id, change, now)])


async def _wants(connection: AsyncConnection, endpoint: Row[Any], change: Change) -> bool:
    if endpoint.form == WEBHOOK:
        return matches(endpoint.filters, change, endpoint.agency)
    known = await is_known(connection, endpoint.id, change.incident_id)
    return concerns(endpoint.filters, change, endpoint.agency, known=known)
