"""A real SFTP server for tests, with a host key and a password, in a thread of its own."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh

USER, PASSWORD = "station", "station's secret"


class _Doorkeeper(asyncssh.SSHServer):
    def __init__(self, connections: list[asyncssh.SSHServerConnection]) -> None:
        self._connections = connections

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connections.append(conn)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


class SftpServer:
    """Serves one folder as its root, and while it is `silent` lists nothing, though SSH goes on."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self.host_key = self._key.export_public_key().decode().strip()
        self.port = 0
        self.silent = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self._connections: list[asyncssh.SSHServerConnection] = []

    def start(self) -> None:
        if not self._thread.is_alive():
            self._thread.start()
        self._acceptor = asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        self.port = self._acceptor.get_port()

    def stop(self) -> None:
        """Ends it and its connections; `start` listens on the same port again."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)

    async def _listen(self) -> asyncssh.SSHAcceptor:
        root, outer = str(self._root).encode(), self

        class Files(asyncssh.SFTPServer):
            async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
                while outer.silent:
                    await asyncio.sleep(0.05)
                async for name in super().scandir(path):
                    yield name

        return await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=lambda: _Doorkeeper(self._connections),
            server_host_keys=[self._key],
            sftp_factory=lambda channel: Files(channel, chroot=root),
        )

    async def _end(self) -> None:
        if self._acceptor is not None:
            self._acceptor.close()
            await self._acceptor.wait_closed()
        while self._connections:
            self._connections.pop().abort()


@contextmanager
def running_sftp(root: Path) -> Iterator[SftpServer]:
    server = SftpServer(root)
    server.start()
    try:
        yield server
    finally:
        server.stop()
