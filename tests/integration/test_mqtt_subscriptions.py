"""A broker that lets us in and refuses what we ask for: an edge that hears nothing does not call itself well."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal, cast

import pytest

from schemas.edges import Edge, Mqtt, Topic
from schemas.errors import Unavailable
from services.ingest.edges.health import Health
from services.ingest.edges.intake import Door, Intake
from services.ingest.edges.mqtt.edge import run
from tests.unit.edges.door import JUDGE, Letters, Packer, Seen
from tests.waiting import eventually

GRANTED, REFUSED = 0x01, 0x87
CONNECT, SUBSCRIBE = 1, 8
OLD: Literal["3.1.1"] = "3.1.1"
SENML = b'[{"n": "g-1/stage_m", "v": 1}]'


@asynccontextmanager
async def refusing_broker(version: str, answers: Iterable[int]) -> AsyncIterator[int]:
    """The port of a broker that answers a subscription with these codes, then sends a message of `a/g/senml`."""
    properties = b"\0" if version == "5" else b""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, length = await reader.readexactly(2)
                body = await reader.readexactly(length)
                if kind >> 4 == CONNECT:
                    writer.write(_packet(0x20, b"\0\0" + properties))
                elif kind >> 4 == SUBSCRIBE:
                    writer.write(_packet(0x90, body[:2] + properties + bytes(answers)))
                    topic = b"\0\x09a/g/senml"
                    writer.write(_packet(0x32, topic + b"\0\x01" + properties + SENML))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _packet(kind: int, body: bytes) -> bytes:
    return bytes([kind, len(body)]) + body


def _intake(port: int, version: Literal["5", "3.1.1"], health: Health) -> Intake:
    packer = Packer(0)
    packer.done.set_result(None)
    door = Door(lambda: JUDGE, cast(Any, packer), cast(Any, Letters()), cast(Any, Seen()), cast(Any, None))
    topics = (Topic(topic="a/{gateway}/senml"), Topic(topic="b/{gateway}/senml"))
    mqtt = Mqtt(host="127.0.0.1", port=port, tls=False, version=version, topics=topics)
    return Intake(Edge(id="e", name="E", name_vi="E", mqtt=mqtt), door, health)


@pytest.mark.parametrize(("version", "code", "why"), [("5", REFUSED, "Not authorized"), (OLD, 0x80, "refused")])
async def test_a_broker_that_refuses_every_subscription_is_no_connection(
    version: Literal["5", "3.1.1"], code: int, why: str
) -> None:
    async with refusing_broker(version, [code, code]) as port:
        with pytest.raises(Unavailable, match=rf"refuses 2 of 2 subscriptions: a/\+/senml: {why}, b/\+/senml: {why}"):
            await asyncio.wait_for(run(_intake(port, version, Health("e"))), 20)


@pytest.mark.parametrize(("version", "code"), [("5", REFUSED), (OLD, 0x80)])
async def test_a_subscription_that_is_refused_stays_told_while_the_others_bring_messages(
    version: Literal["5", "3.1.1"], code: int
) -> None:
    health = Health("e")
    async with refusing_broker(version, [GRANTED, code]) as port:
        running = asyncio.create_task(run(_intake(port, version, health)))

        async def taken() -> bool:
            assert not running.done(), running.exception()
            return health.told.accepted == 1 and health.told.state == "connected"

        await eventually(taken, "the message of the other topic is taken", 20)
        assert "refuses 1 of 2 subscriptions: b/+/senml" in health.told.detail
        running.cancel()
        await asyncio.wait({running})


async def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    mqtt = Mqtt(host="127.0.0.1", port=1, ca_file=str(tmp_path / "not-there.pem"), topics=(Topic(topic="a"),))
    intake = Intake(Edge(id="e", name="E", name_vi="E", mqtt=mqtt), cast(Any, None), Health("e"))
    with pytest.raises(Unavailable, match=r"not-there\.pem cannot be read: No such file or directory"):
        await run(intake)
