"""One connected client from its first frame to its last, the same for SSE and WebSocket."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
from redis.exceptions import RedisError
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.clock import now_ms, utc_now
from infra.postgres.tables import incidents
from schemas.errors import Unavailable
from schemas.incidents import LIVE_STATES, RESOLVED, Incident
from services.api.center import Center
from services.api.filters import Followed
from services.api.live import stream
from services.api.live.frames import Ping, Reset, Sent, Snapshot, sent
from services.api.live.hub import Client
from services.api.people import Person
from services.api.sight import seen, sees

PING_S = 15.0
LIFE_MS = 15 * 60 * 1000
"""A connection ends after this, so that rights are checked again and load spreads."""
MOST = 2000
RESOLVED_FOR = timedelta(hours=1)
"""Resolved incidents stay in a snapshot this long."""


class Session:
    """What one client is told; remembers which incidents it knows, so that one that leaves the filter is updated."""

    def __init__(self, center: Center, wanted: Followed, person: Person) -> None:
        self._center = center
        self._wanted = wanted
        self._person = person
        self._known: set[str] = set()
        self._number = wanted.since or 0

    async def frames(self) -> AsyncIterator[Sent]:
        """Everything for this client until it goes or the stream ends with a reason."""
        try:
            client = await self._center.hub.join()
        except Unavailable:
            yield sent(Reset("redis"), last=True)
            return
        try:
            for frame in await self._opening():
                yield frame
            async for frame in self._following(client):
                yield frame
        except (RedisError, OSError):
            yield sent(Reset("redis"), last=True)
        except SQLAlchemyError:
            yield sent(Reset("postgres"), last=True)
        finally:
            self._center.hub.leave(client)

    async def _opening(self) -> list[Sent]:
        state = [await self._center.hub.values(), *([self._center.hub.tiles] if self._center.hub.tiles else [])]
        if self._wanted.since is None:
            return [await self._snapshot(), *state]
        reason = await self._cannot_resume(self._wanted.since)
        if reason:
            return [sent(Reset(reason)), await self._snapshot(), *state]
        missed = await stream.after(self._center.redis, self._wanted.since)
        return [frame for frame in missed if self._takes(frame)] + state

    async def _cannot_resume(self, since: int) -> str | None:
        newest, oldest = await stream.newest(self._center.redis), await stream.oldest(self._center.redis)
        if since > newest:
            return "unknown_number"
        return "too_old" if since + 1 < oldest else None

    async def _snapshot(self) -> Sent:
        self._number = await stream.newest(self._center.redis)
        found = await live_incidents(self._center.engine, self._wanted, self._person)
        self._known = {incident.id for incident in found}
        return sent(Snapshot(self._number, found))

    def _takes(self, frame: Sent) -> bool:
        """Whether this client gets the frame; what it has had already is left out."""
        if frame.name != "change" or frame.incident is None:
            return True
        if (frame.number or 0) <= self._number:
            return False
        self._number = frame.number or 0
        if not sees(self._person, frame.incident):
            return False
        if self._wanted.refuses(frame.incident) and frame.incident.id not in self._known:
            return False
        self._known.add(frame.incident.id)
        return True

    def _lost(self, frame: Sent) -> bool:
        """Whether the frame takes an incident that the client knows out of its agency's sight."""
        incident = frame.incident
        return incident is not None and incident.id in self._known and not sees(self._person, incident)

    async def _following(self, client: Client) -> AsyncIterator[Sent]:
        end_ms = now_ms() + LIFE_MS
        while now_ms() < end_ms:
            try:
                async with asyncio.timeout(PING_S):
                    frame = await client.waiting.get()
            except TimeoutError:
                frame = sent(Ping(utc_now()))
            if self._lost(frame):
                yield sent(Reset("rights"))
                frame = await self._snapshot()
            if self._takes(frame):
                yield frame
            if frame.last:
                return
        yield sent(Reset("lifetime"), last=True)


async def live_incidents(engine: AsyncEngine, wanted: Followed, person: Person) -> list[Incident]:
    """What a snapshot holds: incidents that are live or were resolved within the hour, newest first."""
    lately = (incidents.c.state == RESOLVED) & (incidents.c.updated_at > utc_now() - RESOLVED_FOR)
    query = select(incidents.c.body).where(wanted.condition(), seen(person))
    if not wanted.state:
        query = query.where(incidents.c.state.in_(LIVE_STATES) | lately)
    query = query.order_by(incidents.c.updated_at.desc()).limit(MOST)
    async with engine.connect() as connection:
        return [msgspec.convert(body, Incident) for body in (await connection.execute(query)).scalars()]
