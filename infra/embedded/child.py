"""Child processes that write to a capped log of their own and never outlive the process that started them."""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

LOG_LIMIT_BYTES = 16 * 1024 * 1024
PR_SET_PDEATHSIG = 1


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """What to run and how to end it."""

    name: str
    command: Sequence[str]
    environment: dict[str, str] | None = None
    """None: this process's own."""
    user: int | None = None
    """The OS user to run as; None: this process's own."""
    held: bool = False
    """It waits, loaded, until its standard input ends (`SOC_HELD`)."""
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 8.0


def privileges(user: int | None) -> dict[str, Any]:
    """Arguments of `subprocess` that run a child as this OS user, in its group and no other."""
    return {} if user is None else {"user": user, "group": pwd.getpwuid(user).pw_gid, "extra_groups": []}


def _dies_with_parent(stop_signal: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def before_exec() -> None:
        prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return before_exec


def spawn(program: Program, log_path: Path, directory: Path | None = None) -> subprocess.Popen[bytes]:
    """Starts a program in a session of its own, output appended to `log_path`; call from the main thread only.

    On Linux the kernel sends it `stop_signal` when this process dies, however it dies. Raises OSError.
    """
    log_path.parent.mkdir(parents=True, exist_ok=True)
    with log_path.open("ab") as log:
        return subprocess.Popen(
            list(program.command),
            stdin=subprocess.PIPE if program.held else subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env=program.environment,
            **privileges(program.user),
            start_new_session=True,
            preexec_fn=_dies_with_parent(program.stop_signal),  # noqa: PLW1509 (no thread of ours holds a lock here)
        )


def release(process: subprocess.Popen[bytes]) -> None:
    """Lets a held program begin; others do not notice."""
    if process.stdin:
        process.stdin.close()


def ask(process: subprocess.Popen[bytes], program: Program) -> None:
    """Asks a program to end. Once only: a second signal could hit it when its handlers are gone already."""
    if process.poll() is None:
        process.send_signal(program.stop_signal)


def wait(process: subprocess.Popen[bytes], program: Program) -> int:
    """Waits until a program that was asked has ended, after `stop_seconds` makes it; its exit code."""
    try:
        return process.wait(program.stop_seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.wait()


def cap_log(path: Path, limit_bytes: int = LOG_LIMIT_BYTES) -> None:
    """Keeps one older part of a log that has grown over its limit; its writer appends and notices nothing."""
    if path.is_file() and path.stat().st_size > limit_bytes:
        shutil.copyfile(path, path.with_suffix(".log.1"))
        os.truncate(path, 0)


def last_lines(path: Path, count: int = 1) -> list[str]:
    """The last non-empty lines of a log, to name the reason of a failure."""
    if not path.is_file():
        return []
    with path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - 16_384))
        lines = log.read().decode(errors="replace").splitlines()
    return [line for line in lines if line.strip()][-count:]
