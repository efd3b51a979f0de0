"""Starts a supervisor in the background and tells what it says until it is ready or has failed."""

import subprocess
import time
from pathlib import Path

from infra.embedded import records
from infra.embedded.jars import Tell
from infra.embedded.plan import environment
from infra.embedded.supervisor import exit_text
from infra.settings import Settings
from schemas.errors import Unavailable
from schemas.sentences import say

LOOK_SECONDS = 0.1


class Tail:
    """Follows what is appended to a file."""

    def __init__(self, path: Path) -> None:
        """Starts at the present end."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        self._path, self._position = path, path.stat().st_size

    def new_lines(self) -> list[str]:
        """Complete lines since the last call."""
        with self._path.open("rb") as file:
            file.seek(self._position)
            text = file.read()
        whole = text[: text.rfind(b"\n") + 1]
        self._position += len(whole)
        return whole.decode(errors="replace").splitlines()


def up_detached(settings: Settings, command: list[str], tell: Tell) -> None:
    """Runs `command`, a supervisor in the foreground, in the background; returns once it is ready.

    Returns at once if this run directory's center already runs. Raises Unavailable with the reason when it fails.
    """
    there = records.read(settings.run_path)
    if there and there.state == "ready" and records.lives(there.pid, there.started):
        tell(say("already_running", url=there.url))
        return
    log_path = settings.run_path / "logs" / "supervisor.log"
    tail = Tail(log_path)
    with log_path.open("ab") as log:
        supervisor = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            env=environment(settings),
            start_new_session=True,
        )
    _follow(settings, supervisor, tail, tell)


def _follow(settings: Settings, supervisor: subprocess.Popen[bytes], tail: Tail, tell: Tell) -> None:
    last = ""
    while True:
        code = supervisor.poll()
        record = records.read(settings.run_path)
        ready = record is not None and record.pid == supervisor.pid and record.state == "ready"
        lines = tail.new_lines()
        for line in lines[: None if code is None else -1]:
            tell(say("as_found", text=line))
        last = lines[-1] if lines else last
        if code is not None:
            raise Unavailable(last.removeprefix("soc: ") or say("supervisor_ended", how=exit_text(code)))
        if ready:
            for line in tail.new_lines():
                tell(say("as_found", text=line))
            return
        time.sleep(LOOK_SECONDS)
