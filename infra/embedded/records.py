"""What a supervisor has started, on disk, so that any later command can see it and end it, and nothing else."""

import contextlib
import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import psutil

from schemas.errors import Conflict
from schemas.sentences import say

SAME_START_S = 2.0
STOP_SECONDS = 60.0
KILL_SECONDS = 12.0


class ProcessRecord(msgspec.Struct, kw_only=True):
    """One child as last seen."""

    name: str
    pid: int | None = None
    started: float | None = None
    """Unix seconds; with the pid it names a process for ever."""
    restarts: int = 0
    state: str = "running"
    last_exit: str | None = None
    last_code: int | None = None
    """Of its last end, negative for a signal; `last_exit` says the same in English."""


class CenterRecord(msgspec.Struct, kw_only=True):
    """`supervisor.json` of a run directory; printed by `soc status --json`."""

    pid: int
    started: float
    state: str = "starting"
    """`starting`, `ready`, `stopping`, `stopped` or `failed`."""
    url: str = ""
    kafka: str = ""
    database: str = ""
    """host:port/name, without the password."""
    redis: str = ""
    reason: str = ""
    processes: list[ProcessRecord] = []


def start_of(pid: int) -> float | None:
    """When this process started, Unix seconds; None if there is none (a zombie counts as none)."""
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else float(process.create_time())
    except psutil.NoSuchProcess:
        return None


def lives(pid: int | None, started: float | None) -> bool:
    """Whether exactly this process, not a later one with its number, still lives."""
    if pid is None or started is None:
        return False
    found = start_of(pid)
    return found is not None and abs(found - started) < SAME_START_S


def read(run_path: Path) -> CenterRecord | None:
    """What the last supervisor of this run directory wrote; None if there never was one."""
    try:
        return msgspec.json.decode((run_path / "supervisor.json").read_bytes(), type=CenterRecord)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def write(run_path: Path, record: CenterRecord) -> None:
    """Replaces the record in one step."""
    path = run_path / "supervisor.json"
    partial = path.with_suffix(".partial")
    partial.write_bytes(msgspec.json.format(msgspec.json.encode(record)))
    partial.replace(path)


@contextmanager
def only_supervisor(run_path: Path) -> Iterator[None]:
    """Holds the run directory; the kernel lets go however we end. Raises Conflict if another supervisor has it."""
    run_path.mkdir(parents=True, exist_ok=True)
    with (run_path / "supervisor.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            record = read(run_path)
            if record is None or not record.url:
                raise Conflict(say("already_runs", path=run_path)) from None
            raise Conflict(say("already_runs_at", path=run_path, url=record.url)) from None
        yield


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _wait_gone(one: CenterRecord | ProcessRecord, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while lives(one.pid, one.started):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def end_children(record: CenterRecord) -> list[str]:
    """Ends recorded children that outlived their supervisor; their names. Kills what does not end by itself."""
    left = [one for one in record.processes if lives(one.pid, one.started)]
    for one in left:
        _signal(one.pid or 0, signal.SIGINT if one.name == "postgres" else signal.SIGTERM)
    for one in left:
        if not _wait_gone(one, KILL_SECONDS):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(one.pid or 0, signal.SIGKILL)
            _wait_gone(one, KILL_SECONDS)
    return [one.name for one in left]


def end_center(run_path: Path) -> list[str] | None:
    """Ends what this run directory's supervisor started and nothing else; the names, None if nothing ran."""
    record = read(run_path)
    if record is None:
        return None
    names = [one.name for one in record.processes if lives(one.pid, one.started)]
    if lives(record.pid, record.started):
        _signal(record.pid, signal.SIGTERM)
        if not _wait_gone(record, STOP_SECONDS):
            _signal(record.pid, signal.SIGKILL)
            _wait_gone(record, KILL_SECONDS)
    elif not names:
        return None
    end_children(read(run_path) or record)
    record.state, record.processes = "stopped", []
    write(run_path, record)
    return names
