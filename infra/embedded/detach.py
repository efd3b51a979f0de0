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
FAILED = "soc: "
"""So begins what a supervisor says last when it cannot start."""


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

    Returns at once if this run directory's center already runs. Raises Unavailable with the reason when it fails;
    Ctrl-C ends what has been started.
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
    try:
        _follow(settings, supervisor, tail, tell)
    except KeyboardInterrupt:
        tell(say("stopping"))
        supervisor.terminate()
        supervisor.wait()
        raise


def _follow(settings: Settings, supervisor: subprocess.Popen[bytes], tail: Tail, tell: Tell) -> None:
    """Tells its lines until it is ready. Raises Unavailable with all that it says once it has failed."""
    failed: list[str] = []
    while True:
        code = supervisor.poll()
        record = records.read(settings.run_path)
        ready = record is not None and record.pid == supervisor.pid and record.state == "ready"
        for line in tail.new_lines():
            if failed or line.startswith(FAILED):
                failed.append(line)
            else:
                tell(say("as_found", text=line))
        if code is not None:
            reason = "\n".join(failed).removeprefix(FAILED)
            raise Unavailable(reason or say("supervisor_ended", how=exit_text(code)))
        if ready:
            return
        time.sleep(LOOK_SECONDS)
