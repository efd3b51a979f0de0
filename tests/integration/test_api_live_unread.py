"""Who opens a live stream and reads nothing of it: little is kept for him, and his connection ends."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest

from infra.redis import client as redis
from services.api import __main__ as module
from services.api.live import hub
from services.api.live.frames import Values, sent
from services.api.live.hub import Client
from tests.integration.api_center import KEY, Api, running_api
from tests.servers import Servers
from tests.waiting import PATIENCE_S, eventually

LARGE = sent(Values({f"sensor-{number}/speed_kmh": (number, 1.0) for number in range(40_000)}))
OPENING = b"GET %b HTTP/1.1\r\nHost: center\r\nAuthorization: Bearer %b\r\n%b\r\n"
UPGRADE = (
    b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)


@pytest.fixture
async def api(shared_servers: Servers, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Api]:
    monkeypatch.setattr(redis, "TIMEOUT_S", PATIENCE_S)
    monkeypatch.setattr(module, "UNREAD_S", 1.0)
    async with running_api(shared_servers) as running:
        yield running


@contextmanager
def unread(api: Api, path: bytes, more: bytes) -> Iterator[None]:
    with socket.socket() as stream:
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stream.connect(("127.0.0.1", api.center.settings.http_port))
        stream.sendall(OPENING % (path, KEY.encode(), more))
        yield


async def test_frames_that_nobody_takes_are_kept_up_to_a_limit_of_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hub, "MOST_BYTES", 3 * len(LARGE.json))
    reader, frozen = Client(None), Client(None)
    for _ in range(8):
        reader.give(LARGE)
        frozen.give(LARGE)
        assert await reader.next() is LARGE, "who reads may be told any number of them"
    assert json.loads((await frozen.next()).json) == {"frame": "reset", "reason": "slow"}


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="this system keeps such connections")
@pytest.mark.parametrize(("path", "more"), [(b"/v1/live", b""), (b"/v1/live/ws", UPGRADE)])
async def test_a_connection_of_which_nothing_is_read_ends(api: Api, path: bytes, more: bytes) -> None:
    with unread(api, path, more):

        async def joined() -> bool:
            return api.center.hub.clients == 1

        await eventually(joined, "the stream is open", 20)
        for _ in range(8):
            api.center.hub._tell(LARGE)

        async def left() -> bool:
            return api.center.hub.clients == 0

        await eventually(left, "its connection has ended", 40)
