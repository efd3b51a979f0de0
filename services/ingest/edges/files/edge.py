"""Takes the files of a folder once they are complete; they leave it only after Kafka has what was in them."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncssh

from infra import log
from infra.metrics import EDGE_FILES_PASSED_OVER
from infra.secrets import secret
from schemas.edges import Files, Sftp
from schemas.errors import Unavailable
from schemas.sentences import say
from services.ingest.edges.files.folders import Entry, Folder, LocalFolder, Patience, RemoteFolder, Stuck
from services.ingest.edges.files.layout import LayoutReader
from services.ingest.edges.health import why
from services.ingest.edges.intake import Fault, Intake, Message, Outcome

_log = log.logger("edges")
PATIENCE_S = 20.0
AGAIN_S = 30.0
"""So long after a file could not be taken it is tried again."""
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
                intake.health.now("connected", watch.passed_over())
                await asyncio.sleep(files.poll_s)
    except (OSError, asyncssh.Error) as error:
        raise Unavailable(why(error)) from None
    finally:
        EDGE_FILES_PASSED_OVER.labels(intake.edge.id).set(0)


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
    ):
        patience = Patience(connection)
        with patience.answered():
            client = await connection.start_sftp_client(path_errors="surrogateescape")
        async with client:
            yield RemoteFolder(client, files.folder, patience)


class Watch:
    """Remembers what was seen, so that a file is read only when it has stopped growing.

    A file of which any part was refused is never deleted: of very many bad lines not all become dead letters. One that
    cannot be read or put away is passed over and tried again later: it holds up no other.
    """

    def __init__(self, intake: Intake, files: Files) -> None:
        self._intake, self._files = intake, files
        self._reader = LayoutReader(intake.edge, files.layout)
        self._seen: dict[Entry, float] = {}
        self._taken: dict[Entry, Outcome] = {}
        self._stuck: dict[Entry, tuple[str, float]] = {}

    async def look(self, folder: Folder, now: float) -> None:
        """Takes what is complete at `now`, seconds of a steady clock."""
        entries = await folder.entries(self._files.pattern)
        self._seen = {entry: self._seen.get(entry, now) for entry in entries}
        self._taken = {entry: outcome for entry, outcome in self._taken.items() if entry in self._seen}
        self._stuck = {entry: why for entry, why in self._stuck.items() if entry in self._seen}
        for entry, since in self._seen.items():
            _, again = self._stuck.get(entry, ("", now))
            if now - since >= self._files.settle_s and now >= again:
                await self._try(folder, entry, now)
        EDGE_FILES_PASSED_OVER.labels(self._intake.edge.id).set(len(self._stuck))

    def passed_over(self) -> str:
        """How many files the last look passed over, and why the first of them; empty if none."""
        if not self._stuck:
            return ""
        entry, (reason, _) = next(iter(self._stuck.items()))
        many, again = len(self._stuck), f"{AGAIN_S:.0f}"
        return say("files_passed_over", files=many, seconds=again, first=_told(entry), reason=reason)

    async def _try(self, folder: Folder, entry: Entry, now: float) -> None:
        try:
            if entry not in self._taken:
                self._taken[entry] = await self._intake.take([await self._message(folder, entry)])
            await self._put_away(folder, entry, self._taken[entry])
            del self._taken[entry]
        except Stuck as error:
            if entry not in self._stuck:
                _log.warning("file_passed_over", edge=self._intake.edge.id, file=_told(entry), reason=str(error))
            self._stuck[entry] = str(error), now + AGAIN_S
            return
        if self._stuck.pop(entry, None):
            _log.info("file_taken_after_all", edge=self._intake.edge.id, file=_told(entry))

    async def _put_away(self, folder: Folder, entry: Entry, outcome: Outcome) -> None:
        taken = outcome.accepted or outcome.duplicates
        if not taken or (outcome.rejected and self._files.after == "delete"):
            await folder.move(entry.name, REFUSED, over=False)
        elif self._files.after == "delete":
            await folder.delete(entry.name)
        else:
            await folder.move(entry.name, DONE, over=True)

    async def _message(self, folder: Folder, entry: Entry) -> Message:
        name = _told(entry)
        if entry.size > self._files.largest:
            fault = Fault(b"", say("file_too_large", size=entry.size, limit=self._files.largest))
            return Message(origin=name, faults=[fault])
        body = await folder.read(entry.name)
        return await asyncio.to_thread(self._reader.read, name, body)


def _told(entry: Entry) -> str:
    """Its name as it can be told: one that is no UTF-8 is no text."""
    return os.fsencode(entry.name).decode(errors="replace")
