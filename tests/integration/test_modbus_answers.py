"""A controller that answers otherwise than it was asked: its other registers go on."""

import asyncio
import struct
from contextlib import suppress
from typing import Any, cast

from schemas.edges import Edge, Modbus, Register
from services.ingest.edges.health import Health
from services.ingest.edges.intake import Door, Intake
from services.ingest.edges.modbus.edge import run
from tests.unit.edges.door import JUDGE, Letters, Packer, Seen
from tests.waiting import eventually

LONG, SHORT, RIGHT = 1, 2, 3
"""Addresses that are answered with two words, with none, with one."""
WORDS = {LONG: (5, 6), SHORT: (), RIGHT: (7,)}


async def _controller(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            number, _, _, device, _, address, _ = struct.unpack(">HHHBBHH", await reader.readexactly(12))
            words = struct.pack(f">{len(WORDS[address])}H", *WORDS[address])
            body = struct.pack(">BBB", device, 3, len(words)) + words
            writer.write(struct.pack(">HHH", number, 0, len(body)) + body)
    writer.close()


async def test_a_register_that_is_answered_with_too_many_or_too_few_words_holds_up_no_other() -> None:
    server = await asyncio.start_server(_controller, "127.0.0.1", 0)
    registers = tuple(Register(address=each, sensor=f"s-{each}", quantity="stage_m") for each in WORDS)
    port = server.sockets[0].getsockname()[1]
    edge = Edge(id="e", name="E", name_vi="E", modbus=Modbus(host="127.0.0.1", port=port, registers=registers))
    packer, letters, health = Packer(0), Letters(), Health("e")
    packer.done.set_result(None)
    door = Door(lambda: JUDGE, cast(Any, packer), cast(Any, letters), cast(Any, Seen()), cast(Any, None))
    async with server:
        running = asyncio.create_task(run(Intake(edge, door, health)))

        async def taken() -> bool:
            assert not running.done(), running.exception()
            return bool(health.told.detail)

        await eventually(taken, "the answers are taken", 30)
        running.cancel()
        await asyncio.wait({running})
    assert (health.told.accepted, health.told.state) == (1, "connected")
    assert [letter.field for letter in letters.found] == [f"holding {LONG}", f"holding {SHORT}"]
