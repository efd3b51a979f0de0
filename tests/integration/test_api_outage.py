"""Live streams when something is wrong: Redis away, a client that does not read, nothing to say, old age."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from infra.embedded.server import Running
from infra.embedded.valkey import Valkey
from infra.redis.client import TIMEOUT_S
from services.api.live import hub, session
from services.api.live.stream import newest
from tests.center import free_port
from tests.integration.api_center import KEY, Api, change, running_api
from tests.integration.frames import first, sse
from tests.servers import Servers


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Valkey:
    """A server of these tests' own, which they may end."""
    return Valkey(tmp_path_factory.mktemp("valkey"), free_port())


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("logs")


@pytest.fixture(scope="module")
async def api(shared_servers: Servers, valkey: Valkey, logs: Path) -> AsyncIterator[Api]:
    running = await asyncio.to_thread(Running, valkey, logs)
    try:
        async with running_api(shared_servers, redis_url=valkey.url) as found:
            await found.have(change("inc-first").incident)
            yield found
    finally:
        await asyncio.to_thread(running.stop)


async def test_a_quiet_stream_pings(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "PING_S", 0.1)
    async with aclosing(sse(api)) as stream:
        assert (await first(stream, "ping"))[0]["now"]


async def test_a_stream_ends_with_the_reason_when_its_life_is_over(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "LIFE_MS", 300)
    async with asyncio.timeout(20):
        frames = [frame async for frame in sse(api)]
    assert (frames[-1]["frame"], frames[-1]["reason"]) == ("reset", "lifetime")


async def test_a_client_that_does_not_read_is_dropped_with_the_reason_and_others_go_on(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "MOST_WAITING", 10)
    request = f"GET /v1/live HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", api.center.settings.http_port, limit=4096)
    writer.write(request)
    await reader.readuntil(b"event: snapshot")
    async with aclosing(sse(api)) as other:
        await first(other, "snapshot")
        for number in range(1, 121):
            await api.publish(number, change("inc-large", number, title="x" * 200_000))
            assert (await first(other, "change"))[0]["number"] == number
    said = b""
    async with asyncio.timeout(30):
        while not said.endswith(b"0\r\n\r\n"):
            said = said[-1000:] + await reader.read(1 << 20)
    writer.close()
    assert b'"reason":"slow"' in said


async def test_a_redis_that_hangs_for_a_moment_ends_no_stream(api: Api) -> None:
    pid = (await api.center.redis.info("server"))["process_id"]
    async with aclosing(sse(api)) as stream:
        await first(stream, "tiles")
        os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(1.1 * TIMEOUT_S)
        finally:
            os.kill(pid, signal.SIGCONT)
        number = 1 + await newest(api.center.redis)
        await api.publish(number, change("inc-first"))
        async with asyncio.timeout(20):
            frames = [await anext(stream)]
            while frames[-1].get("number") != number:
                frames.append(await anext(stream))
    assert "reset" not in {one["frame"] for one in frames}


async def test_without_redis_streams_end_with_the_reason_rest_goes_on_and_they_come_back(
    api: Api, valkey: Valkey, logs: Path
) -> None:
    async with aclosing(sse(api)) as stream:
        await first(stream, "snapshot")
        await asyncio.to_thread(_shut_down, valkey)
        frames = []
        async with asyncio.timeout(20):
            async for frame in stream:
                frames.append(frame)
    assert (frames[-1]["frame"], frames[-1]["reason"]) == ("reset", "redis")
    assert (await api.http.get("/v1/incidents")).status_code == 200
    taken = await api.http.post("/v1/incidents/inc-first/commands", json={"command": "take", "version": 1})
    assert taken.status_code == 200
    refused = [frame async for frame in sse(api)]
    assert [frame.get("reason") for frame in refused] == ["redis"]
    told = (await api.http.get("/metrics")).text
    assert 'soc_ready{dependency="redis"} 0.0' in told and 'soc_ready{dependency="postgres"} 1.0' in told
    assert "soc_stage_age_seconds{" not in told
    counted = [line.split("} ") for line in told.splitlines() if line.startswith("soc_incidents{")]
    assert [labels for labels, value in counted if float(value) == 1.0] == [
        'soc_incidents{severity="major",state="in_progress"'
    ]

    again = await asyncio.to_thread(Running, valkey, logs)
    try:
        async with asyncio.timeout(20):
            while not (await _names(api)):
                await asyncio.sleep(0.2)
    finally:
        await asyncio.to_thread(again.stop)


async def _names(api: Api) -> list[str]:
    """Incidents of the snapshot that a new stream begins with; none while it ends at once."""
    async with aclosing(sse(api)) as stream:
        opening = await anext(stream)
    return [one["id"] for one in opening.get("incidents", [])]


def _shut_down(valkey: Valkey) -> None:
    from redis import Redis

    Redis.from_url(valkey.url).shutdown(nosave=True)
