"""Who posts slowly holds up nobody else on the way through the API to ingest."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from prometheus_client import REGISTRY

from services.api import passing
from tests.integration.api_center import Api, running_api
from tests.servers import Servers
from tests.waiting import eventually

MANY = 110
"""More than httpx connects by itself."""


async def _ingest(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes what comes whole, as the real one does whoever sends it."""
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.partition(b":")[2]))
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
    writer.close()


@pytest.fixture
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    ingest = await asyncio.start_server(_ingest, "127.0.0.1", 0)
    async with ingest, running_api(shared_servers, ingest_port=ingest.sockets[0].getsockname()[1]) as running:
        yield running


@asynccontextmanager
async def begun(api: Api) -> AsyncIterator[asyncio.StreamReader]:
    """A post of which one byte of a hundred has come."""
    port = api.center.settings.http_port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"POST /v1/events HTTP/1.1\r\nHost: center\r\nContent-Length: 100\r\n\r\n{")
        await writer.drain()
        yield reader
    finally:
        writer.close()


async def test_many_who_post_slowly_do_not_keep_others_from_posting(api: Api) -> None:
    async with AsyncExitStack() as slow:
        for _ in range(MANY):
            await slow.enter_async_context(begun(api))
        async with asyncio.timeout(20):
            answer = await api.http.post("/v1/events", json={}, timeout=20)
    assert answer.status_code == 202, answer.text


async def test_who_goes_away_in_the_middle_of_a_body_is_no_error_of_the_center(api: Api) -> None:
    def cut_off() -> float:
        labels = {"method": "POST", "route": "/v1/events", "status": "400"}
        return REGISTRY.get_sample_value("soc_api_requests_total", labels) or 0.0

    before = cut_off()
    async with begun(api):
        await asyncio.sleep(0.2)

    async def counted() -> bool:
        return cut_off() == before + 1

    await eventually(counted, "the request is over, as one that cannot be read", 20)


async def test_a_body_of_which_nothing_more_comes_is_a_408_and_ends_the_connection(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passing, "PIECE_WITHIN_S", 0.5)
    async with begun(api) as reader, asyncio.timeout(20):
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 ") and json.loads(body)["code"] == "body_stalled", head
