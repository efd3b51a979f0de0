"""Keeps the processes of one center running: starts, watches, restarts and ends them, visibly."""

import os
import signal
import subprocess
import time
from pathlib import Path

import msgspec

from infra.embedded import records
from infra.embedded.child import Program, ask, cap_log, last_lines, release, spawn, wait
from infra.embedded.jars import Tell
from infra.embedded.records import CenterRecord, ProcessRecord
from infra.embedded.server import Server, wait_ready
from schemas.errors import Unavailable
from schemas.sentences import Sentence, say

LOOK_SECONDS = 0.2
LOG_LOOK_SECONDS = 10.0
FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 0.3, 15.0
STEADY_S = 30.0
"""A process that ran this long starts anew with the shortest backoff."""
GIVE_UP_BEFORE_READY = 4


def exit_text(code: int) -> Sentence:
    """How a process ended, for people."""
    return say("exit_signal", name=signal.Signals(-code).name) if code < 0 else say("exit_code", code=code)


def reason_in(log_path: Path) -> str:
    """The last error that a process logged, else its last line."""
    for line in reversed(last_lines(log_path, 20)):
        try:
            event = msgspec.json.decode(line.encode(), type=dict)
        except msgspec.DecodeError:
            continue
        if isinstance(event, dict) and "error" in event:
            return str(event["error"])
    return " ".join(last_lines(log_path)) or say("nothing_said")


class Child:
    """One supervised program."""

    def __init__(self, program: Program, wave: int, process: subprocess.Popen[bytes]) -> None:
        self.program, self.wave = program, wave
        self.record = ProcessRecord(name=program.name)
        self._failures = 0
        self.restart_at: float | None = None
        self.started_as(process)

    def started_as(self, process: subprocess.Popen[bytes]) -> None:
        """Takes note of its present process."""
        self.process = process
        self.restart_at = None
        self._since = time.monotonic()
        self.record.pid, self.record.started = process.pid, records.start_of(process.pid)
        self.record.state = "running"

    def ended(self, code: int) -> None:
        """Takes note of its end and plans the restart."""
        now = time.monotonic()
        self._failures = 0 if now - self._since > STEADY_S else self._failures + 1
        self.restart_at = now + min(FIRST_BACKOFF_S * 2 ** max(0, self._failures - 1), LONGEST_BACKOFF_S)
        self.record.pid = self.record.started = None
        self.record.state, self.record.last_exit, self.record.last_code = "restarting", str(exit_text(code)), code


class Supervisor:
    """The children of this process. Use from the main thread: children die with the thread that started them."""

    def __init__(self, run_path: Path, tell: Tell) -> None:
        """`tell` gets one line for people per event."""
        self._run_path, self.tell = run_path, tell
        self._children: list[Child] = []
        self._servers: list[tuple[Server, Child]] = []
        self._next_log_look = 0.0
        pid = os.getpid()
        self.record = CenterRecord(pid=pid, started=records.start_of(pid) or 0.0)
        self.save()

    def log_of(self, name: str) -> Path:
        """Where a process's output goes."""
        return self._run_path / "logs" / f"{name}.log"

    def save(self) -> None:
        """Writes the present state for `soc status` and `soc down`."""
        self.record.processes = [child.record for child in self._children]
        records.write(self._run_path, self.record)

    def start(self, program: Program, wave: int) -> Child:
        """Starts a program; at the end, lower waves are ended first."""
        child = Child(program, wave, spawn(program, self.log_of(program.name)))
        self._children.append(child)
        self.save()
        return child

    def start_server(self, server: Server, wave: int) -> None:
        """Prepares and starts a server; `wait_servers` comes after the last."""
        server.prepare()
        self._servers.append((server, self.start(server.program(), wave)))

    @property
    def servers(self) -> list[str]:
        """Names of the servers that were started."""
        return [server.name for server, _ in self._servers]

    def wait_servers(self) -> None:
        """Returns once all started servers answer. Raises Unavailable."""
        for server, child in self._servers:
            wait_ready(server, child.process, self.log_of(server.name))

    def release(self, *names: str) -> None:
        """Lets held programs begin, all of them if none is named; when they start anew they are not held."""
        for child in self._children:
            if not names or child.program.name in names:
                release(child.process)
                child.program = msgspec.structs.replace(child.program, held=False)

    def look(self) -> None:
        """One look at every child: restarts what has ended, caps the logs."""
        for child in self._children:
            self._look_at(child)
        if time.monotonic() > self._next_log_look:
            self._next_log_look = time.monotonic() + LOG_LOOK_SECONDS
            for child in self._children:
                cap_log(self.log_of(child.program.name))

    def watch(self) -> None:
        """Looks for ever; a signal ends it by raising KeyboardInterrupt."""
        while True:
            self.look()
            time.sleep(LOOK_SECONDS)

    def require_starting(self) -> None:
        """Raises Unavailable if a process ended again and again before the center was ready."""
        for child in self._children:
            if child.record.restarts >= GIVE_UP_BEFORE_READY:
                log_path = self.log_of(child.program.name)
                raise Unavailable(
                    say("starts_never", name=child.program.name, reason=reason_in(log_path), path=log_path)
                )

    def stop(self) -> None:
        """Ends all children, wave by wave."""
        self.record.state = "stopping" if self.record.state != "failed" else "failed"
        self.save()
        for wave in sorted({child.wave for child in self._children}):
            self._stop_wave([child for child in self._children if child.wave == wave])

    def _look_at(self, child: Child) -> None:
        code = child.process.poll()
        if code is None:
            return
        if child.restart_at is None:
            child.ended(code)
            self.save()
        elif time.monotonic() >= child.restart_at:
            self._restart(child)

    def _restart(self, child: Child) -> None:
        child.started_as(spawn(child.program, self.log_of(child.program.name)))
        child.record.restarts += 1
        self.save()
        how, number = exit_text(child.record.last_code or 0), child.record.restarts
        self.tell(say("process_restarted", name=child.program.name, how=how, number=number))

    def _stop_wave(self, children: list[Child]) -> None:
        running = [child for child in children if child.process.poll() is None]
        for child in running:
            ask(child.process, child.program)
        for child in running:
            code = wait(child.process, child.program)
            child.record.last_exit, child.record.last_code = str(exit_text(code)), code
        for child in children:
            child.record.pid, child.record.started, child.record.state = None, None, "stopped"
        self.save()
