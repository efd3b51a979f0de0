"""Takes the files of a folder once they are complete; they leave it only after Kafka has what was in them."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh

from infra.secrets import secret
from schemas.edges import Files, Sftp
from schemas.errors import Unavailable
from schemas.sentences import say
from services.ingest.edges.files.folders import Entry, Folder, LocalFolder, RemoteFolder
from services.ingest.edges.files.layout import LayoutReader
from services.ingest.edges.intake import Fault, Intake, Message

PATIENCE_S = 20.0
DONE, REFUSED = "done", "refused"


async def run(intake: Intake) -> None:
    """Looks again and again until the folder cannot be reached. Raises Unavailable saying why."""
    files = intake.edge.sftp or intake.edge.files
    assert files is not None
    watch = Watch(intake, files)
    try:
        async with _opened(files) as folder:
            while True:
                await watch.look(folder, time.monotonic())
                intake.health.now("connected")
                await asyncio.sleep(files.poll_s)
    except (OSError, asyncssh.Error) as error:
        raise Unavailable(str(error) or repr(error)) from None


@asynccontextmanager
async def _opened(files: Files) -> AsyncIterator[Folder]:
    if not isinstance(files, Sftp):
        yield LocalFolder(Path(files.folder))
        return
    key = [asyncssh.import_private_key(secret(files.key))] if files.key else None
    host_key = asyncssh.import_public_key(files.host_key)
    async with (
        asyncssh.connect(
            files.host,
            files.port,
            username=files.username,
            password=secret(files.password) or None,
            client_keys=key,
            known_hosts=([host_key], [], []),
            config=None,
            agent_path=None,
            connect_timeout=PATIENCE_S,
            login_timeout=PATIENCE_S,
            keepalive_interval=PATIENCE_S,
        ) as connection,
        connection.start_sftp_client() as client,
    ):
        yield RemoteFolder(client, files.folder)


class Watch:
    """Remembers what was seen, so that a file is read only when it has stopped growing.

    A file of which any part was refused is never deleted: of very many bad lines not all become dead letters.
    """

    def __init__(self, intake: Intake, files: Files) -> None:
        self._intake, self._files = intake, files
        self._reader = LayoutReader(intake.edge, files.layout)
        self._seen: dict[Entry, float] = {}

    async def look(self, folder: Folder, now: float) -> None:
        """Takes what is complete at `now`, seconds of a steady clock."""
        entries = await folder.entries(self._files.pattern)
        self._seen = {entry: self._seen.get(entry, now) for entry in entries}
        for entry, since in self._seen.items():
            if now - since >= self._files.settle_s:
                await self._take(folder, entry)

    async def _take(self, folder: Folder, entry: Entry) -> None:
        message = await self._message(folder, entry)
        outcome = await self._intake.take([message])
        taken = outcome.accepted or outcome.duplicates
        if not taken or (outcome.rejected and self._files.after == "delete"):
            await folder.move(entry.name, REFUSED, over=False)
        elif self._files.after == "delete":
            await folder.delete(entry.name)
        else:
            await folder.move(entry.name, DONE, over=True)

    async def _message(self, folder: Folder, entry: Entry) -> Message:
        name = os.fsencode(entry.name).decode(errors="replace")  # as it can be told
        if entry.size > self._files.largest:
            fault = Fault(b"", say("file_too_large", size=entry.size, limit=self._files.largest))
            return Message(origin=name, faults=[fault])
        body = await folder.read(entry.name)
        return await asyncio.to_thread(self._reader.read, name, body)
