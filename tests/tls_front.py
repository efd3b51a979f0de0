"""TLS in front of a server that has none, for tests: what the clients of ours do is real, so is what they are shown."""

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.embedded.ports import LOOPBACK
from tests.certificates import certificate

SSL_REQUEST = (80877103).to_bytes(4, "big")
"""How a client of PostgreSQL asks for TLS before it begins: length 8, this code; `S` says yes."""
TAKEN = 65_536


class Front:
    """Listens on a free loopback port and passes on to `port`."""

    def __init__(self, folder: Path, port: int, *, postgres: bool = False) -> None:
        self.authority, key = certificate(folder, LOOPBACK)
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._context.load_cert_chain(self.authority, key)
        self._behind, self._postgres = port, postgres
        self.port = 0

    async def serve(self, ready: threading.Event, over: asyncio.Event) -> None:
        server = await asyncio.start_server(self._pass, LOOPBACK, 0, ssl=None if self._postgres else self._context)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        server.close()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            if self._postgres:
                if (await reader.readexactly(8))[4:] != SSL_REQUEST:
                    writer.close()
                    return
                writer.write(b"S")
                await writer.start_tls(self._context)
            inner, to_inner = await asyncio.open_connection(LOOPBACK, self._behind)
            ways = (self._copy(reader, to_inner), self._copy(inner, writer))
            await asyncio.gather(*ways)

    @staticmethod
    async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while taken := await reader.read(TAKEN):
                writer.write(taken)
                await writer.drain()
        writer.close()


@contextmanager
def tls_before(folder: Path, port: int, *, postgres: bool = False) -> Iterator[Front]:
    """A front in a thread of its own, ended at the end."""
    folder.mkdir(parents=True)
    front, ready = Front(folder, port, postgres=postgres), threading.Event()
    loop, over = asyncio.new_event_loop(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(front.serve(ready, over)), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield front
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
