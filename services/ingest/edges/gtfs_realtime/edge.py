"""Asks a GTFS-Realtime feed again and again; notices that were told are remembered until they are gone."""

import asyncio

import httpx

from infra.clock import now_ms
from infra.secrets import secret
from schemas.edges import GtfsRealtime
from schemas.errors import Invalid, Unavailable
from services.ingest.edges.gtfs_realtime.feed import Feed, Notice
from services.ingest.edges.intake import Fault, Intake, Message

PATIENCE_S = 20.0
LARGEST = 50_000_000


async def run(intake: Intake) -> None:
    """Asks until the feed does not answer. Raises Unavailable saying why."""
    feed = intake.edge.gtfs_realtime
    assert feed is not None
    headers = {name: secret(value) for name, value in feed.headers.items()}
    try:
        async with httpx.AsyncClient(headers=headers, timeout=PATIENCE_S, follow_redirects=True) as client:
            tag = ""
            while True:
                tag = await _ask(client, intake, feed, tag)
                intake.health.now("connected")
                await asyncio.sleep(feed.poll_s)
    except httpx.HTTPError as error:
        raise Unavailable(str(error) or repr(error)) from None


async def _ask(client: httpx.AsyncClient, intake: Intake, settings: GtfsRealtime, tag: str) -> str:
    """Takes what is new; the tag of the answer, by which the next one may be `304 Not Modified`."""
    answer = await client.get(settings.url, headers={"If-None-Match": tag} if tag else {})
    if answer.status_code == httpx.codes.NOT_MODIFIED:
        return tag
    answer.raise_for_status()
    if len(answer.content) > LARGEST:
        raise Unavailable(f"the answer has {len(answer.content)} bytes; the limit is {LARGEST}")
    await _take(intake, answer.content)
    return str(answer.headers.get("etag", ""))


async def _take(intake: Intake, body: bytes) -> None:
    try:
        feed = await asyncio.to_thread(Feed, intake.edge, body, now_ms())
    except Invalid as error:
        await intake.take([Message(origin="feed", faults=[Fault(body, error.said)])])
        return
    before = await intake.recall(Notice)
    present = feed.read(before)
    await intake.take([feed.message])
    if present != before:
        await intake.remember(present)
