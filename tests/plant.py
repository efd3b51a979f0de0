"""Real servers of a plant for tests: Modbus TCP and OPC UA, in a thread of their own."""

import asyncio
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import nan

from asyncua.server.server import Server
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from infra.embedded.ports import free_ports


class Plant:
    """Five holding registers with two numbers and one that is none, and two nodes: a number and a text."""

    def __init__(self) -> None:
        self.modbus_port, opcua_port = free_ports(2)
        self.opcua_url = f"opc.tcp://127.0.0.1:{opcua_port}/plant/"
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def start(self) -> None:
        """Returns at once: an OPC UA server takes seconds to build what it offers."""
        self._thread.start()
        self._starting = asyncio.run_coroutine_threadsafe(self._serve(), self._loop)

    @property
    def nodes(self) -> list[str]:
        """The ids of the nodes, once it runs."""
        return self._starting.result(120)

    def stop(self) -> None:
        self._starting.result(120)
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(120)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _serve(self) -> list[str]:
        high, low = struct.unpack(">HH", struct.pack(">f", 2.5))
        values = [-20 & 0xFFFF, low, high, *struct.unpack(">HH", struct.pack(">f", nan))]
        device = SimDevice(1, [SimData(0, values=values, datatype=DataType.REGISTERS)])
        self._modbus = ModbusTcpServer(device, address=("127.0.0.1", self.modbus_port))
        await self._modbus.serve_forever(background=True)
        self._opcua = Server()
        await self._opcua.init()
        self._opcua.set_endpoint(self.opcua_url)
        space = await self._opcua.register_namespace("plant")
        objects = self._opcua.nodes.objects
        nodes = [await objects.add_variable(space, *each) for each in (("Level", 3.5), ("Name", "Line 1"))]
        await self._opcua.start()
        return [node.nodeid.to_string() for node in nodes]

    async def _end(self) -> None:
        await self._modbus.shutdown()  # type: ignore[no-untyped-call]
        await self._opcua.stop()


@contextmanager
def running_plant() -> Iterator[Plant]:
    """Both servers, ended at the end."""
    plant = Plant()
    plant.start()
    try:
        yield plant
    finally:
        plant.stop()
