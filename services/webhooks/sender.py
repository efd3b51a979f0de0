"""The delivery loop: what is due is sent in the form of its endpoint, and settled; endpoints do not slow each other."""

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city.delivery import (
    DELIVERED,
    HOPELESS,
    THROTTLING,
    WEBHOOK,
    disable_reason,
    next_delay_s,
    retry_after_s,
    verdict,
)
from city.pace import Pace, parted
from infra import log
from infra.clock import utc_now
from infra.metrics import ATTEMPTS
from infra.outbound.post import TIMEOUT_S, Attempt, kept
from infra.postgres import webhook_store
from infra.postgres.told import note_told, overtake
from services.webhooks.forms import Form, Together
from services.webhooks.news import change_in

LEASE = timedelta(seconds=3 * TIMEOUT_S)
AT_ONCE = 8
"""Deliveries under way at one endpoint at one time, each of another incident."""
MOST_TOGETHER = 1000
"""Deliveries that are told in one message."""
LEAST_THROTTLE_S = 5.0
ROUND_S = 0.5
"""Tests, what is sent again, retries, what another sender left: what nobody here is told of is looked for so often."""
_log = log.logger("webhooks")


def reason_of(error: Exception) -> str:
    """What broke, for the log of attempts; of an error of the database without the statement."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return kept(f"{type(cause).__name__}: {cause}")


class Sender:
    """Works through the deliveries of every endpoint, each endpoint in a task of its own."""

    def __init__(
        self, engine: AsyncEngine, forms: Mapping[str, Form], *, exercise: str = "", pace: Pace | None = None
    ) -> None:
        """`forms`: how endpoints of each form are told. In an `exercise` only tests go out. `pace`: with which people
        are told, each endpoint by itself; None: as it comes.
        """
        self._engine = engine
        self._forms = forms
        self._exercise = exercise
        self._busy: dict[str, asyncio.Task[bool]] = {}
        self._throttled: dict[str, datetime] = {}
        self._pace = pace if pace and pace.most else None
        self._paces: dict[str, Pace] = {}
        self.news = asyncio.Event()
        """Set when something may be due."""

    async def run(self) -> None:
        """Rounds until cancelled, one at once whenever there is `news`; raises what a task raised."""
        while True:
            self.news.clear()
            await self.round()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), ROUND_S)

    async def round(self) -> None:
        """Starts a task for each endpoint that has something due and none under way; raises what a task raised."""
        for endpoint_id in [name for name, task in self._busy.items() if task.done()]:
            self._busy.pop(endpoint_id).result()
        now = utc_now()
        async with self._engine.connect() as connection:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            due = await webhook_store.due_endpoints(connection, now)
        for endpoint in due:
            if endpoint.id not in self._busy and self._throttled.get(endpoint.id, now) <= now:
                task = self._busy[endpoint.id] = asyncio.create_task(self._drain(endpoint))
                task.add_done_callback(self._drained)

    def _drained(self, task: asyncio.Task[bool]) -> None:
        """Where something was due there may be more."""
        if task.cancelled() or task.exception() or task.result():
            self.news.set()

    async def close(self) -> None:
        """Ends what is under way; it is due again when its lease ends."""
        for task in self._busy.values():
            task.cancel()
        await asyncio.gather(*self._busy.values(), return_exceptions=True)

    async def _drain(self, endpoint: Row[Any]) -> bool:
        """Whether anything was due and could be claimed."""
        form = self._forms[endpoint.form]
        if self._pace is not None and isinstance(form, Together) and not self._exercise:
            return await self._in_measure(endpoint, form, self._paces.get(endpoint.id, self._pace))
        async with self._engine.begin() as connection:
            if endpoint.form != WEBHOOK:
                await overtake(connection, endpoint.id, utc_now())
            claimed = await webhook_store.claim(connection, endpoint.id, utc_now(), LEASE, AT_ONCE)
        await self._singly(endpoint, claimed)
        return bool(claimed)

    async def _in_measure(self, endpoint: Row[Any], form: Together, pace: Pace) -> bool:
        """Tells people: singly as far as that goes, the gravest first, and of the others in one message; what is more
        than goes singly waits for that. Whether anything was claimed.
        """
        now = utc_now()
        async with self._engine.begin() as connection:
            await overtake(connection, endpoint.id, now)
            due, room = await webhook_store.count_due(connection, endpoint.id, now), pace.room(now)
            if due > room and (held := pace.held_until(now)):
                self._throttled[endpoint.id] = held
                return False
            most = MOST_TOGETHER if due > room else AT_ONCE
            claimed = await webhook_store.claim(connection, endpoint.id, now, LEASE, most)
        places = parted([change_in(one.body) for one in claimed], room)
        singly, together = ([claimed[place] for place in some] for some in places)
        reached = await self._singly(endpoint, singly)
        gathered = await self._together(endpoint, form, together)
        beyond = due > room and bool(reached or gathered)
        self._paces[endpoint.id] = pace.after(utc_now(), reached, together=beyond)
        return bool(claimed)

    async def _singly(self, endpoint: Row[Any], claimed: Sequence[Row[Any]]) -> int:
        """Each by itself, some at once; how many reached anybody."""
        reached = 0
        for first in range(0, len(claimed), AT_ONCE):
            some = claimed[first : first + AT_ONCE]
            reached += sum(await asyncio.gather(*(self._deliver(endpoint, delivery) for delivery in some)))
        return reached

    async def _together(self, endpoint: Row[Any], form: Together, claimed: Sequence[Row[Any]]) -> bool:
        """All in one message to each person; whether it reached anybody."""
        if not claimed:
            return False
        now = utc_now()
        attempts: Sequence[Attempt | None]
        try:
            attempts = await form.tell_together(endpoint, claimed, now)
        except Exception as error:  # noqa: BLE001 (these deliveries have failed, with the reason; others go on)
            _log.exception("deliveries_broke", endpoint=endpoint.id, count=len(claimed))
            attempts = [Attempt(status=None, error=reason_of(error), duration_ms=0)] * len(claimed)
        for delivery, attempt in zip(claimed, attempts, strict=True):
            await self._conclude(endpoint, delivery, attempt, now)
        return any(attempt.told for attempt in attempts if attempt)

    async def _deliver(self, endpoint: Row[Any], delivery: Row[Any]) -> bool:
        """Whether it reached any person."""
        now = utc_now()
        if self._exercise and delivery.version != webhook_store.PROBE:
            await self._withhold(delivery, now)
            return False
        try:
            attempt = await self._forms[endpoint.form].tell(endpoint, delivery, now)
            await self._conclude(endpoint, delivery, attempt, now)
        except Exception as error:  # noqa: BLE001 (this delivery has failed, with the reason; the others go on)
            _log.exception("delivery_broke", endpoint=endpoint.id, delivery=delivery.id)
            attempt = Attempt(status=None, error=reason_of(error), duration_ms=0)
            await self._settle(endpoint, delivery, attempt, now)
        return attempt is not None and bool(attempt.told)

    async def _conclude(self, endpoint: Row[Any], delivery: Row[Any], attempt: Attempt | None, now: datetime) -> None:
        if attempt is None:
            await self._leave(delivery)
        else:
            await self._settle(endpoint, delivery, attempt, now)

    async def _withhold(self, delivery: Row[Any], at: datetime) -> None:
        """Here, where everything that goes out passes: what is new, what waited before, what is sent again."""
        reason = f"withheld: exercise {self._exercise}"
        values = {
            "delivery_id": delivery.id,
            "at": at,
            "status": None,
            "error": reason,
            "duration_ms": 0,
            "response": None,
        }
        async with self._engine.begin() as connection:
            await webhook_store.record_attempt(connection, values)
            await webhook_store.settle_delivery(connection, delivery.id, webhook_store.WITHHELD)

    async def _leave(self, delivery: Row[Any]) -> None:
        """Nobody is concerned by it."""
        async with self._engine.begin() as connection:
            await webhook_store.settle_delivery(connection, delivery.id, webhook_store.UNSAID)

    async def _settle(self, endpoint: Row[Any], delivery: Row[Any], attempt: Attempt, at: datetime) -> None:
        ATTEMPTS.labels(attempt.status or "none").inc()
        if attempt.status in THROTTLING:
            now = utc_now()
            asked = retry_after_s(attempt.retry_after, now)
            self._throttled[endpoint.id] = now + timedelta(seconds=max(asked or 0.0, LEAST_THROTTLE_S))
        values = {
            "delivery_id": delivery.id,
            "at": at,
            "status": attempt.status,
            "error": attempt.error,
            "duration_ms": attempt.duration_ms,
            "response": attempt.response,
        }
        async with self._engine.begin() as connection:
            await webhook_store.record_attempt(connection, values)
            await note_told(connection, delivery.id, attempt.told)
            found = attempt.verdict or verdict(attempt.status)
            if found == HOPELESS:  # which says nothing about the endpoint
                await webhook_store.settle_delivery(connection, delivery.id, webhook_store.FAILED)
                return
            # of what went out beside this one something may have arrived since the endpoint was read
            since = await webhook_store.mark_failing(connection, endpoint.id, None if found == DELIVERED else at)
            if found == DELIVERED:
                await webhook_store.settle_delivery(connection, delivery.id, webhook_store.DELIVERED)
                return
            await self._try_later(connection, delivery, attempt, since)

    async def _try_later(
        self, connection: AsyncConnection, delivery: Row[Any], attempt: Attempt, failing_since: datetime | None
    ) -> None:
        now = utc_now()
        delay = next_delay_s(delivery.attempts, random.random(), retry_after_s(attempt.retry_after, now))
        state = webhook_store.FAILED if delay is None else webhook_store.WAITING
        again = now + timedelta(seconds=delay or 0.0)
        await webhook_store.settle_delivery(connection, delivery.id, state, again)
        reason = disable_reason(attempt.status, failing_since, now)
        if reason:
            await webhook_store.set_enabled(connection, delivery.endpoint_id, reason, now)
