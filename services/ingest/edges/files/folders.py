"""A folder of files, here or on another machine, as the edge sees it."""

import asyncio
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from itertools import count
from pathlib import Path
from typing import NamedTuple, Protocol, cast
from unicodedata import normalize

import asyncssh

from schemas.errors import Unavailable
from schemas.sentences import say

ANSWERED_WITHIN_S = 60.0
PIECE = 65_536
"""Bytes of a remote file that are asked for at a time."""


class Entry(NamedTuple):
    """A file and what tells whether it still grows."""

    name: str
    size: int
    changed: float


class Stuck(Exception):
    """One file cannot be read, moved or removed; the folder itself can be reached."""


LOST = (asyncssh.SFTPNoConnection, asyncssh.SFTPConnectionLost)


@contextmanager
def _of_one_file(*errors: type[Exception]) -> Iterator[None]:
    """Such errors are the file's own, unless the connection is lost."""
    try:
        yield
    except LOST:
        raise
    except errors as error:
        raise Stuck(getattr(error, "strerror", "") or str(error) or repr(error)) from error


class Folder(Protocol):
    """What the edge needs of a folder. Raises OSError or asyncssh.Error when it cannot be reached.

    What concerns one file only raises Stuck.
    """

    async def entries(self, pattern: str) -> list[Entry]:
        """Its files whose names match, by name."""
        ...

    async def read(self, name: str) -> bytes:
        """A file, whole."""
        ...

    async def move(self, name: str, below: str, *, over: bool) -> None:
        """Puts a file into a subfolder, `over` one of the same name or beside it under a numbered one."""
        ...

    async def delete(self, name: str) -> None:
        """Removes a file."""
        ...


def numbered(name: str) -> Iterator[str]:
    """The name, then with a number behind it, for as long as somebody asks."""
    yield name
    yield from (f"{name}.{number}" for number in count(2))


def composed(name: str) -> str:
    """The name with letters as one character each: some machines write "ạ" as a letter and its marks."""
    return normalize("NFC", name)


def _is_named(name: str, pattern: str) -> bool:
    return fnmatch(composed(name), composed(pattern))


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


class LocalFolder:
    """A folder of this machine; links in it are passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def entries(self, pattern: str) -> list[Entry]:
        """Its files whose names match, by name."""
        return await asyncio.to_thread(self._entries, pattern)

    def _entries(self, pattern: str) -> list[Entry]:
        found = []
        for path in sorted(one for one in self._path.iterdir() if _is_named(one.name, pattern)):
            with suppress(FileNotFoundError):  # gone since it was listed
                told = path.lstat()
                if stat.S_ISREG(told.st_mode):
                    found.append(Entry(path.name, told.st_size, told.st_mtime))
        return found

    async def read(self, name: str) -> bytes:
        """A file, whole. Raises Stuck also if it is a link by now: who may drop files may not read all of ours."""
        return await asyncio.to_thread(self._read, name)

    def _read(self, name: str) -> bytes:
        with _of_one_file(OSError), open(self._path / name, "rb", opener=_no_link) as file:
            return file.read()

    async def move(self, name: str, below: str, *, over: bool) -> None:
        """Puts a file into a subfolder that is no link, `over` one of the same name or beside it."""
        await asyncio.to_thread(self._move, name, below, over)

    def _move(self, name: str, below: str, over: bool) -> None:
        target = self._path / below
        target.mkdir(exist_ok=True)
        if target.is_symlink():
            raise NotADirectoryError(f"{target} is a link")
        with _of_one_file(OSError):
            free = name if over else next(one for one in numbered(name) if not os.path.lexists(target / one))
            (self._path / name).replace(target / free)

    async def delete(self, name: str) -> None:
        """Removes a file."""
        with _of_one_file(OSError):
            await asyncio.to_thread((self._path / name).unlink)


class Patience:
    """Ends a connection on which SFTP leaves a request unanswered: SSH itself may be alive beside it for ever."""

    def __init__(self, connection: asyncssh.SSHClientConnection) -> None:
        self._connection = connection

    @contextmanager
    def answered(self) -> Iterator[Callable[[], None]]:
        """Waits for an answer, after each call of what it yields for one more. Raises Unavailable if none comes."""
        loop, gone = asyncio.get_running_loop(), []

        def give_up() -> None:
            gone.append(True)
            self._connection.abort()

        timer = loop.call_later(ANSWERED_WITHIN_S, give_up)

        def again() -> None:
            nonlocal timer
            timer.cancel()
            timer = loop.call_later(ANSWERED_WITHIN_S, give_up)

        try:
            yield again
        except asyncssh.Error:
            if not gone:
                raise
            raise Unavailable(say("sftp_silent", seconds=f"{ANSWERED_WITHIN_S:g}")) from None
        finally:
            timer.cancel()


class RemoteFolder:
    """A folder of another machine, over SFTP. Raises Unavailable too when the server leaves something unanswered."""

    def __init__(self, client: asyncssh.SFTPClient, path: str, patience: Patience) -> None:
        self._client, self._path, self._patience = client, path.rstrip("/"), patience

    async def entries(self, pattern: str) -> list[Entry]:
        """Its files whose names match, by name."""
        found = []
        with self._patience.answered() as again:
            async for one in self._client.scandir(self._path):
                again()
                name, told = str(one.filename), one.attrs
                if _is_named(name, pattern) and stat.S_ISREG(told.permissions or 0):
                    found.append(Entry(name, told.size or 0, float(told.mtime or 0)))
        return sorted(found)

    async def read(self, name: str) -> bytes:
        """A file, whole."""
        body = bytearray()
        with self._patience.answered() as again, _of_one_file(asyncssh.SFTPError):
            async with self._client.open(f"{self._path}/{name}", "rb") as file:
                while piece := await file.read(PIECE):
                    again()
                    body += cast(bytes, piece)
        return bytes(body)

    async def move(self, name: str, below: str, *, over: bool) -> None:
        """Puts a file into a subfolder, `over` one of the same name or beside it."""
        target = f"{self._path}/{below}"
        with self._patience.answered() as again:
            if not await self._client.exists(target):
                await self._client.mkdir(target)
            again()
            with _of_one_file(asyncssh.SFTPError):
                await self._move(name, target, over)

    async def _move(self, name: str, target: str, over: bool) -> None:
        names = numbered(name)
        free = next(names)
        if over and await self._client.exists(f"{target}/{free}"):
            await self._client.remove(f"{target}/{free}")
        while not over and await self._client.exists(f"{target}/{free}"):
            free = next(names)
        await self._client.rename(f"{self._path}/{name}", f"{target}/{free}")

    async def delete(self, name: str) -> None:
        """Removes a file."""
        with self._patience.answered(), _of_one_file(asyncssh.SFTPError):
            await self._client.remove(f"{self._path}/{name}")
