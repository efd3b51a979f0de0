"""What the three embedded servers have in common, and how one is started and waited for."""

import secrets
import subprocess
import time
from pathlib import Path
from typing import Protocol

from infra.embedded.child import Program, ask, last_lines, spawn, wait
from schemas.errors import Unavailable
from schemas.sentences import say

READY_SECONDS = 60.0


class Server(Protocol):
    """A server that runs as one child process on a loopback port."""

    name: str

    def prepare(self) -> None:
        """Makes its data directory if there is none."""

    def program(self) -> Program:
        """How to start and end it."""

    def ready(self) -> bool:
        """Whether it answers."""


def kept_secret(path: Path) -> str:
    """A random word that is made once and kept in a file of mode 600."""
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text()


def wait_ready(server: Server, process: subprocess.Popen[bytes], log_path: Path) -> None:
    """Returns once the server answers. Raises Unavailable with its last line if it ends or stays silent."""
    deadline = time.monotonic() + READY_SECONDS
    while not server.ready():
        if process.poll() is not None:
            reason = " ".join(last_lines(log_path)) or say("nothing_said")
            raise Unavailable(say("server_ended", name=server.name, code=process.returncode, reason=reason))
        if time.monotonic() > deadline:
            raise Unavailable(say("server_silent", name=server.name, seconds=READY_SECONDS, path=log_path))
        time.sleep(0.05)


class Running:
    """A started server, for those who have no supervisor: tests and benches."""

    def __init__(self, server: Server, logs: Path) -> None:
        """Prepares and starts it, and waits until it answers."""
        log_path = logs / f"{server.name}.log"
        self.server = server
        server.prepare()
        self._program = server.program()
        self.process = spawn(self._program, log_path)
        try:
            wait_ready(server, self.process, log_path)
        except Unavailable:
            self.stop()
            raise

    def stop(self) -> None:
        """Ends it."""
        ask(self.process, self._program)
        wait(self.process, self._program)
