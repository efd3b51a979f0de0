"""A rehearsal of Kafka's start, from which Java keeps loaded and linked classes: later starts cost half."""

import subprocess
import tempfile
from pathlib import Path

import msgspec

from infra.embedded.child import Program, last_lines, spawn
from infra.embedded.jars import Tell, ensure_jars
from infra.embedded.kafka import Kafka, cache_path
from infra.embedded.ports import free_ports
from infra.embedded.server import wait_ready
from infra.kafka.admin import ensure_topics
from infra.terminal import alone
from schemas.errors import Unavailable
from schemas.sentences import say
from schemas.topics import topics

WRITE_SECONDS = 120


def rehearse(tell: Tell) -> None:
    """Writes the cache if it is not there; what fails here costs time at each start, nothing else."""
    if cache_path().is_file():
        return
    ensure_jars(tell)
    tell(say("rehearsing"))
    partial = cache_path().with_suffix(".partial")
    with tempfile.TemporaryDirectory(prefix="soc-rehearsal-") as directory:
        try:
            _run(Path(directory), partial, tell)
        except Unavailable as error:
            tell(say("rehearsal_failed", reason=error.said))
    if partial.is_file():
        for earlier in cache_path().parent.glob("*.aot"):
            earlier.unlink()
        partial.replace(cache_path())


def _run(directory: Path, cache: Path, tell: Tell) -> None:
    port, controller = free_ports(2)
    kafka = Kafka(directory, port, controller, tell)
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
        tell(say("rehearsal_kept_nothing", reason=" ".join(last_lines(log_path))))


def _writing(program: Program, cache: Path) -> Program:
    java, *arguments = program.command
    return msgspec.structs.replace(program, command=[java, f"-XX:AOTCacheOutput={cache}", *arguments])


if __name__ == "__main__":
    alone(rehearse)
