"""One connected client from its first frame to its last, the same for SSE and WebSocket."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import msgspec
from redis.exceptions import RedisError
from sqlalchemy import case, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.clock import now_ms, utc_now
from infra.postgres.tables import incidents
from schemas.errors import Unavailable
from schemas.incidents import LIVE_STATES, RESOLVED, Incident
from schemas.signals import SEVERITIES
from services.api.center import Center
from services.api.filters import Followed
from services.api.live import stream
from services.api.live.frames import Ping, Reset, Sent, Snapshot, sent
from services.api.live.hub import Client
from services.api.live.known import Known
from services.api.people import Person
from services.api.sight import seen, sees

PING_S = 15.0
LIFE_MS = 15 * 60 * 1000
"""A connection ends after this, so that load spreads."""
RIGHTS_S = 5.0
"""So often it is looked whether the key or session that opened a connection still counts."""
MOST = 2000
"""Incidents in one snapshot; it says when it was cut."""
RESOLVED_FOR = timedelta(hours=1)
"""Resolved incidents stay in a snapshot this long."""


IsStill = Callable[[], Awaitable[bool]]


class Session:
    """What one client is told."""

    def __init__(self, center: Center, wanted: Followed, person: Person, is_still: IsStill) -> None:
        """`is_still` says whether the person has the rights that he came with."""
        self._center = center
        self._wanted = wanted
        self._person = person
        self._is_still = is_still
        self._known = Known(center.engine, self._lets_through)
        self._number = wanted.since or 0

    async def frames(self) -> AsyncIterator[Sent]:
        """Everything for this client until it goes or the stream ends with a reason."""
        try:
            client = await self._center.hub.join(self._person.agency)
        except Unavailable:
            yield sent(Reset("redis"), last=True)
            return
        watching = asyncio.create_task(self._watch(client))
        try:
            for frame in await self._opening(client):
                yield frame
            async for frame in self._following(client):
                yield frame
        except (RedisError, OSError):
            yield sent(Reset("redis"), last=True)
        except SQLAlchemyError:
            yield sent(Reset("postgres"), last=True)
        finally:
            watching.cancel()
            self._center.hub.leave(client)

    async def _watch(self, client: Client) -> None:
        """Beside the frames, which do not wait for PostgreSQL."""
        while not client.over.is_set():
            await asyncio.sleep(RIGHTS_S)
            if not await self._is_still():
                client.end("withdrawn")

    async def _opening(self, client: Client) -> list[Sent]:
        state = [await self._center.hub.values(), *self._center.hub.tiles(client)]
        if self._wanted.since is None:
            return [await self._snapshot(), *state]
        reason = await self._cannot_resume(self._wanted.since)
        if reason:
            return [sent(Reset(reason)), await self._snapshot(), *state]
        missed = await stream.after(self._center.redis, self._wanted.since)
        return [told for frame in missed for told in await self._told(frame)] + state

    async def _cannot_resume(self, since: int) -> str | None:
        newest, oldest = await stream.newest(self._center.redis), await stream.oldest(self._center.redis)
        if since > newest:
            return "unknown_number"
        return "too_old" if since + 1 < oldest else None

    async def _snapshot(self) -> Sent:
        self._number = await stream.newest(self._center.redis)
        found = await live_incidents(self._center.engine, self._wanted, self._person)
        told = found[:MOST]
        self._known.begin(incident.id for incident in told)
        return sent(Snapshot(self._number, told, cut=len(found) > MOST))

    def _lets_through(self, incident: Incident) -> bool:
        return sees(self._person, incident) and not self._wanted.refuses(incident)

    async def _told(self, frame: Sent) -> list[Sent]:
        """What the client gets for a frame: nothing for a change that it has had or that is none of its business, and
        a new snapshot for one that takes an incident that it knows out of its agency's sight."""
        incident = frame.incident
        if incident is None:
            return [frame]
        if (frame.number or 0) <= self._number:
            return []
        self._number = frame.number or 0
        if self._lets_through(incident):
            self._known.add(incident.id)
        elif not await self._known.had(incident):
            return []
        return [frame] if sees(self._person, incident) else [sent(Reset("rights")), await self._snapshot()]

    async def _following(self, client: Client) -> AsyncIterator[Sent]:
        end_ms = now_ms() + LIFE_MS
        while now_ms() < end_ms:
            try:
                async with asyncio.timeout(PING_S):
                    frame = await client.next()
            except TimeoutError:
                frame = sent(Ping(utc_now()))
            for told in await self._told(frame):
                yield told
            if frame.last:
                return
        yield sent(Reset("lifetime"), last=True)


async def live_incidents(engine: AsyncEngine, wanted: Followed, person: Person) -> list[Incident]:
    """What a snapshot holds, and one more if it has to be cut: incidents that are live or were resolved within the
    hour; live ones first, of these the most severe, of these the newest."""
    lately = (incidents.c.state == RESOLVED) & (incidents.c.updated_at > utc_now() - RESOLVED_FOR)
    query = select(incidents.c.body).where(wanted.condition(), seen(person))
    if not wanted.state:
        query = query.where(incidents.c.state.in_(LIVE_STATES) | lately)
    ranks = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    rank = case(ranks, value=incidents.c.severity, else_=len(ranks))
    first = (incidents.c.state.in_(LIVE_STATES).desc(), rank, incidents.c.updated_at.desc())
    async with engine.connect() as connection:
        found = await connection.execute(query.order_by(*first).limit(MOST + 1))
        return [msgspec.convert(body, Incident) for body in found.scalars()]
