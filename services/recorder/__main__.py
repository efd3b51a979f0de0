"""Starts the recorder: one loop for links, one for dead letters."""

import asyncio

from city.enrich import Catalogue
from infra.kafka.clients import UNHURRIED_MS, producer
from infra.kafka.reference import ReferenceReader
from infra.memory import collect_seldom
from infra.postgres.engine import connect
from infra.postgres.known_groups import known_on
from infra.postgres.window_store import Present
from infra.postgres.words import NAMES, words_of
from infra.process import run
from infra.settings import Settings
from schemas.topics import DEAD_LETTERS, LINKS, events_topic
from services.recorder.ages import Ages
from services.recorder.follower import Follower
from services.recorder.letters import Kept, Letters, log_refusal
from services.recorder.links import Links
from services.recorder.windows import Windows
from services.recorder.works import REPORTS, Works


class Words:
    """The catalogue of the present reference data, made anew when it has changed."""

    def __init__(self, reader: ReferenceReader) -> None:
        self._reader = reader
        self._present: Catalogue | None = None
        reader.on_change(self._forget)

    def __call__(self) -> Catalogue:
        """The present catalogue."""
        if self._present is None:
            self._present = words_of({name: self._reader.snapshot(name).items for name in NAMES})
        return self._present

    def _forget(self, _: str) -> None:
        self._present = None


FROZEN_S = 20
"""A recorder that does nothing in a transaction for so long is frozen: another one may go on without its locks."""


async def record(settings: Settings) -> None:
    """Records until cancelled."""
    engine = connect(settings.database_url, idle_s=FROZEN_S)
    reader, sender = ReferenceReader(settings.kafka, NAMES), producer(settings.kafka)
    letters, ages = Letters(sender), Ages(settings.redis_url)
    words, kept = Words(reader), Kept(settings.dead_letters_hourly)
    present = Present(words)
    links = Links(words, letters, ages.passed, present, known_on(engine))
    cluster, works, unhurried = settings.kafka, Works(letters), {"fetch_max_wait_ms": UNHURRIED_MS}
    loops = [
        Follower(cluster, LINKS, engine, links.apply, letters.refuse).run(),
        Follower(cluster, DEAD_LETTERS, engine, kept.apply, log_refusal, **unhurried).run(),
        Follower(cluster, events_topic(REPORTS), engine, works.apply, letters.refuse, **unhurried).run(),
        Windows(engine, words, present).run(),
    ]
    await sender.start()
    try:
        await reader.start()
        await asyncio.gather(*loops, ages.run(), reader.failed())
    finally:
        await reader.stop()
        await sender.stop()
        await engine.dispose()


def main() -> None:
    """`python -m services.recorder`."""
    collect_seldom()
    run("recorder", record)


if __name__ == "__main__":
    main()
