"""A rehearsal of Kafka's start, from which Java keeps loaded and linked classes: later starts cost half."""

import subprocess
import tempfile
from pathlib import Path

import msgspec

from infra.embedded.child import Program, last_lines, spawn
from infra.embedded.jars import Say, cache_path, ensure_jars
from infra.embedded.kafka import Kafka
from infra.embedded.ports import free_ports
from infra.embedded.server import wait_ready
from infra.kafka.admin import ensure_topics
from schemas.errors import Unavailable
from schemas.topics import topics

WRITE_SECONDS = 120


def rehearse(say: Say) -> None:
    """Writes the cache if it is not there; what fails here costs time at each start, nothing else."""
    if cache_path().is_file():
        return
    ensure_jars(say)
    say("rehearsing Kafka's start (about 20 s)")
    partial = cache_path().with_suffix(".partial")
    with tempfile.TemporaryDirectory(prefix="soc-rehearsal-") as directory:
        try:
            _run(Path(directory), partial, say)
        except Unavailable as error:
            say(f"no rehearsal: {error}")
    if partial.is_file():
        partial.replace(cache_path())


def _run(directory: Path, cache: Path, say: Say) -> None:
    port, controller = free_ports(2)
    kafka = Kafka(directory, port, controller, say)
    kafka.prepare()
    program, log_path = _writing(kafka.program(), cache), directory / "kafka.log"
    process = spawn(program, log_path)
    try:
        wait_ready(kafka, process, log_path)
        ensure_topics(kafka.bootstrap, topics(["rehearsal"]))
    finally:
        process.terminate()
        try:
            process.wait(WRITE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if not cache.is_file():
        say(f"no cache was written: {' '.join(last_lines(log_path))}")


def _writing(program: Program, cache: Path) -> Program:
    java, *arguments = program.command
    return msgspec.structs.replace(program, command=[java, f"-XX:AOTCacheOutput={cache}", *arguments])


if __name__ == "__main__":
    rehearse(print)
