"""A folder of files, here or on another machine, as the edge sees it."""

import asyncio
import stat
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple, Protocol

import asyncssh


class Entry(NamedTuple):
    """A file and what tells whether it still grows."""

    name: str
    size: int
    changed: float


class Folder(Protocol):
    """What the edge needs of a folder. Raises OSError or asyncssh.Error when it cannot be reached."""

    async def entries(self, pattern: str) -> list[Entry]:
        """Its files whose names match, by name."""
        ...

    async def read(self, name: str) -> bytes:
        """A file, whole."""
        ...

    async def move(self, name: str, below: str) -> None:
        """Puts a file into a subfolder, over one of the same name."""
        ...

    async def delete(self, name: str) -> None:
        """Removes a file."""
        ...


class LocalFolder:
    """A folder of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def entries(self, pattern: str) -> list[Entry]:
        """Its files whose names match, by name."""
        return await asyncio.to_thread(self._entries, pattern)

    def _entries(self, pattern: str) -> list[Entry]:
        found = []
        for path in sorted(self._path.iterdir()):
            if fnmatch(path.name, pattern) and path.is_file():
                told = path.stat()
                found.append(Entry(path.name, told.st_size, told.st_mtime))
        return found

    async def read(self, name: str) -> bytes:
        """A file, whole."""
        return await asyncio.to_thread((self._path / name).read_bytes)

    async def move(self, name: str, below: str) -> None:
        """Puts a file into a subfolder, over one of the same name."""
        target = self._path / below
        await asyncio.to_thread(target.mkdir, exist_ok=True)
        await asyncio.to_thread((self._path / name).replace, target / name)

    async def delete(self, name: str) -> None:
        """Removes a file."""
        await asyncio.to_thread((self._path / name).unlink)


class RemoteFolder:
    """A folder of another machine, over SFTP."""

    def __init__(self, client: asyncssh.SFTPClient, path: str) -> None:
        self._client, self._path = client, path.rstrip("/")

    async def entries(self, pattern: str) -> list[Entry]:
        """Its files whose names match, by name."""
        found = []
        for one in await self._client.readdir(self._path):
            name, told = str(one.filename), one.attrs
            if fnmatch(name, pattern) and stat.S_ISREG(told.permissions or 0):
                found.append(Entry(name, told.size or 0, float(told.mtime or 0)))
        return sorted(found)

    async def read(self, name: str) -> bytes:
        """A file, whole."""
        async with self._client.open(f"{self._path}/{name}", "rb") as file:
            body: bytes = await file.read()
            return body

    async def move(self, name: str, below: str) -> None:
        """Puts a file into a subfolder, over one of the same name."""
        target = f"{self._path}/{below}"
        if not await self._client.exists(target):
            await self._client.mkdir(target)
        if await self._client.exists(f"{target}/{name}"):
            await self._client.remove(f"{target}/{name}")
        await self._client.rename(f"{self._path}/{name}", f"{target}/{name}")

    async def delete(self, name: str) -> None:
        """Removes a file."""
        await self._client.remove(f"{self._path}/{name}")
