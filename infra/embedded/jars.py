"""Kafka's jars: resolved once from the Maven repository into the environment, then only read."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from infra.terminal import alone
from schemas.errors import Unavailable
from schemas.sentences import Sentence, say

KAFKA_VERSION = "4.3.1"
ENDPOINT = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.apache.kafka:kafka-tools:{KAFKA_VERSION}"

Tell = Callable[[Sentence], None]
"""Gets one line for people."""


def jar_directory() -> Path:
    """Where the jars lie: inside the Python environment, so that a checkout has its own."""
    return Path(sys.prefix) / "share" / "soc" / f"kafka-{KAFKA_VERSION}"


def classpath() -> str:
    """Kafka's class path; `ensure_jars` comes first."""
    return f"{jar_directory()}/*"


def ensure_jars(tell: Tell) -> None:
    """Downloads Kafka if it is not there, with a line about progress every few seconds. Raises Unavailable."""
    target = jar_directory()
    if target.is_dir():
        return
    tell(say("jars_coming", version=KAFKA_VERSION))
    work = target.with_suffix(".partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    done = Event()
    Thread(target=_tell_progress, args=(work, tell, done), daemon=True).start()
    try:
        _resolve(work)
    finally:
        done.set()
    _publish(work, target)


def _resolve(work: Path) -> None:
    import requests  # here: a start with the jars in place need not pay for it
    from jgo.env import EnvironmentBuilder, LinkStrategy
    from jgo.maven import MavenContext

    builder = EnvironmentBuilder(
        context=MavenContext(timeout=60), link_strategy=LinkStrategy.COPY, cache_dir=work / "environment"
    )
    try:
        jars = builder.from_endpoint(ENDPOINT).all_jars
    except (requests.RequestException, RuntimeError, ValueError) as error:
        raise Unavailable(say("jars_failed", reason=error)) from None
    for jar in jars:
        shutil.copyfile(jar, work / jar.name)


def _publish(work: Path, target: Path) -> None:
    """The directory appears whole or not at all, whoever else is downloading."""
    shutil.rmtree(work / "environment")
    try:
        work.rename(target)
    except OSError:
        if not target.is_dir():
            raise
        shutil.rmtree(work)


def _tell_progress(work: Path, tell: Tell, done: Event) -> None:
    while not done.wait(5):
        sizes = [jar.stat().st_size for jar in work.rglob("*.jar") if jar.is_file()]
        tell(say("jars_so_far", number=len(sizes), size=sum(sizes) / 1e6))


if __name__ == "__main__":
    alone(ensure_jars)
