"""Asks a GTFS-Realtime feed again and again; notices that were told are remembered until they are gone."""

import asyncio
from collections.abc import Mapping

import httpx

from infra.clock import now_ms
from infra.secrets import secret
from schemas.cloudevents import CloudEvent, encode_event
from schemas.edges import GtfsRealtime
from schemas.errors import Invalid
from schemas.sentences import joined, say
from services.ingest.edges.gtfs_realtime.feed import Change, Feed, Key, Notice, key_of
from services.ingest.edges.gtfs_realtime.page import Page
from services.ingest.edges.health import FAILED
from services.ingest.edges.intake import Fault, Intake, Message, readings
from services.ingest.edges.polling import Answer, Told, shown, sifted

PATIENCE_S = 20.0
OLD_MIN = 5
"""From so many minutes on it is told how old a feed is; GTFS-Realtime wants one made anew every 30 s."""


async def run(intake: Intake) -> None:
    """Asks until the feed does not answer. Raises Unavailable saying why."""
    feed = intake.edge.gtfs_realtime
    assert feed is not None
    headers = {name: secret(value) for name, value in feed.headers.items()}
    async with httpx.AsyncClient(headers=headers, timeout=PATIENCE_S) as client:
        page, watch = Page(client, feed.url), Watch(intake, feed)
        while True:
            body = await page.changed()
            if body is not None:
                await watch.take(body)
            intake.health.now(watch.state, watch.detail(now_ms()))
            await asyncio.sleep(feed.poll_s)


class Watch:
    """Takes what is new in each answer; what is refused is tried again with the next one, and told when it begins."""

    def __init__(self, intake: Intake, settings: GtfsRealtime) -> None:
        self._intake, self._told = intake, Told()
        self._origin = settings.url.partition("?")[0]
        self._faults, self._made_ms = "", 0
        self.state = "connected"
        """`failed` where the last answer was no feed at all: nothing comes, whatever it is that answers."""

    def detail(self, now: int) -> str:
        """What the last answer had that could not be taken, and how old it is; `now`: Unix milliseconds."""
        minutes = (now - self._made_ms) // 60_000 if self._made_ms else 0
        old = say("feed_old", minutes=minutes) if minutes >= OLD_MIN else ""
        return joined(filter(None, (old, self._faults)), "; ")

    async def take(self, body: bytes) -> None:
        """Takes an answer and remembers which notices were. Raises Unavailable without Redis."""
        try:
            feed = await asyncio.to_thread(Feed, self._intake.edge, body, now_ms())
        except Invalid as error:
            await self._give([], [Fault(body, error.whole, error.field)])
            self.state = FAILED
            return
        self.state, self._made_ms = "connected", feed.made_ms
        before = await self._intake.recall(Notice)
        answer = Answer(origin="vehicles", at_ms=feed.at_ms, records=feed.speeds, faults=feed.faults)
        speeds, faults = sifted(self._intake, answer)
        events = [readings(self._intake.edge, answer.id, speeds)] if speeds else []
        present = dict(feed.notices)
        for change in feed.changes(before):
            fault = self._refused(change)
            if fault is None:
                events.append(change.event)
            else:
                faults.append(fault)
                present = _as_before(present, before, change.about)
        await self._give(events, [*answer.faults, *faults])
        if present != before:
            await self._intake.remember(present)

    def _refused(self, change: Change) -> Fault | None:
        error = self._intake.refusal(change.event)
        if error is None:
            return None
        return Fault(encode_event(change.event), error.whole, f"entity.{change.notice}")

    async def _give(self, events: list[CloudEvent], faults: list[Fault]) -> None:
        await self._intake.take([Message(origin=self._origin, events=events, faults=self._told.begun(faults))])
        self._faults = shown(faults)


def _as_before(present: Mapping[str, Notice], before: Mapping[str, Notice], about: Key) -> dict[str, Notice]:
    """The notices that were told, where what changed about one asset and kind was refused."""
    others = {name: notice for name, notice in present.items() if key_of(notice) != about}
    return others | {name: notice for name, notice in before.items() if key_of(notice) == about}
