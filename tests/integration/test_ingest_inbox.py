"""The inbox on real Kafka: taken as if posted, at least once over kills, poison to the dead letters."""

import asyncio
import json
import os
from base64 import b64decode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import (
    CommitFailedError,
    KafkaTimeoutError,
    NotEnoughReplicasError,
    TopicAuthorizationFailedError,
)

from infra.kafka.clients import consumer, producer
from schemas.topics import DEAD_LETTERS, INBOX, REPORTS_BY_HAND
from services.ingest.inbox import TOPICS, Inbox
from tests.intake import Ingest, event, pack, publish_reference, reference, running_ingest, stored
from tests.servers import Servers
from tests.unit.edges.door import JUDGE, Packer, Seen
from tests.waiting import eventually, until

RIVER, POWER = "city.readings.river.v1", "city.events.power.v1"
REPORTS = "city.events.reports.v1"
Taking = asyncio.Task[None]


@pytest.fixture(scope="module")
def ingest(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ingest]:
    publish_reference(servers.kafka, reference())
    with running_ingest(servers, tmp_path_factory.mktemp("inbox")) as running:
        yield running


def encoded(given: Any) -> bytes:
    return json.dumps(given).encode()


def letters(ingest: Ingest) -> list[dict[str, Any]]:
    return [each for each in asyncio.run(stored(ingest.bootstrap, DEAD_LETTERS)) if each["topic"] == INBOX]


def test_single_readings_are_gathered_into_packs(ingest: Ingest) -> None:
    given = [event(pack("single-1/stage_m", [1.0]), number=f"single-{n}") for n in range(500)]
    ingest.produce(INBOX, *map(encoded, given))

    def taken() -> list[dict[str, Any]]:
        found = ingest.packs(RIVER, "single-1/stage_m")
        return found if sum(len(each["names"]) for each in found) >= 500 else []

    packs = until(taken, "all singles")
    assert len(packs) < 100
    ids = {run["id"] for each in packs for run in each["runs"]}
    assert ids >= {f"single-{n}" for n in range(500)}


def test_only_the_api_speaks_for_people_of_the_center(ingest: Ingest) -> None:
    said = {"category": "crash", "lon": 106.6, "lat": 10.9, "text": "", "reporter": "lan"}
    told = [event(said, kind="report.created", number=name, source="/center/people") for name in ("posed", "true")]
    ingest.produce(INBOX, encoded(told[0]))
    ingest.produce(REPORTS_BY_HAND, encoded(told[1]))

    def refused() -> list[str]:
        return [each["field"] for each in letters(ingest) if b'"posed"' in b64decode(each["value"])]

    def taken() -> list[str]:
        found = [each for each in ingest.records(REPORTS) if each.get("source") == "/center/people"]
        return [each["id"] for each in found]

    assert until(refused, "the dead letter") == ["source"]
    assert until(taken, "the report by hand") == ["true"]


def test_poison_goes_to_the_dead_letters_and_the_rest_is_taken(ingest: Ingest) -> None:
    before = len(letters(ingest))
    half = [*pack("half-1/stage_m", [1.0]), {"n": "half-1/stage_m", "v": "high"}]
    ingest.produce(
        INBOX,
        b"\xff\xfe",
        b"[" * 100_000,
        encoded({"specversion": "1.0", "id": "p", "source": "/t"}),
        encoded(event([{"n": "p-1/stage_m", "v": 1, "u": "furlong"}], number="p-unit")),
        encoded(event(half, number="p-half")),
        encoded(event({"asset": "feeder-9", "kind": "power.outage"}, kind="signal.raised", number="p-good")),
    )
    until(lambda: len(letters(ingest)) == before + 5, "the dead letters")
    until(lambda: ingest.packs(RIVER, "half-1/stage_m"), "the good half")
    until(lambda: [each for each in ingest.records(POWER) if each.get("id") == "p-good"], "the good event")
    fields = {each["field"] for each in letters(ingest)[before:]}
    assert fields == {None, "type", "data.0.u", "data.1.v"}
    assert all(each["reason"] and each["value"] and each["stage"] == "ingest" for each in letters(ingest)[before:])


def test_an_event_that_came_by_http_is_not_taken_again_from_the_inbox(ingest: Ingest) -> None:
    once = event({"asset": "feeder-8", "kind": "power.outage"}, kind="signal.raised", number="twice")
    last = event({"asset": "feeder-8", "kind": "power.outage"}, kind="signal.cleared", number="twice-end")
    assert ingest.post(once).json()["accepted"] == 1
    ingest.produce(INBOX, encoded(once))
    ingest.produce(INBOX, encoded(last))
    until(lambda: [each for each in ingest.records(POWER) if each.get("id") == "twice-end"], "the last one")
    assert len([each for each in ingest.records(POWER) if each.get("id") == "twice"]) == 1


def test_an_event_that_is_in_the_inbox_twice_is_taken_once(ingest: Ingest) -> None:
    once = event({"asset": "feeder-7", "kind": "power.outage"}, kind="signal.raised", number="again")
    last = event({"asset": "feeder-7", "kind": "power.outage"}, kind="signal.cleared", number="again-end")
    between = [event(pack("between-1/stage_m", [1.0]), number=f"between-{n}") for n in range(600)]
    ingest.produce(INBOX, *map(encoded, [once, *between, once, last]))
    until(lambda: [each for each in ingest.records(POWER) if each.get("id") == "again-end"], "the last one")
    until(lambda: len([each for each in ingest.records(POWER) if each.get("id") == "again"]) == 1, "taken once")


def test_nothing_is_lost_when_another_ingest_comes_and_goes(servers: Servers, ingest: Ingest, tmp_path: Path) -> None:
    given = [event(pack("kill-1/stage_m", [1.0]), number=f"kill-{n}") for n in range(3000)]
    ingest.produce(INBOX, *map(encoded, given[:1500]))
    with running_ingest(servers, tmp_path) as second:  # takes over some partitions, then gives them back
        second.produce(INBOX, *map(encoded, given[1500:]))

    def all_taken() -> bool:
        runs = [run for each in ingest.packs(RIVER, "kill-1/stage_m") for run in each["runs"]]
        return {run["id"] for run in runs} >= {f"kill-{n}" for n in range(3000)}

    assert until(all_taken, "all of them")


def test_a_record_with_a_huge_key_is_a_dead_letter_as_any_other(servers: Servers, ingest: Ingest) -> None:
    async def produce() -> None:
        writer = producer(servers.kafka)
        await writer.start()
        await writer.send_and_wait(INBOX, b"no event", key=os.urandom(7_000_000))
        await writer.stop()

    asyncio.run(produce())
    until(lambda: any(b64decode(each["value"]) == b"no event" for each in letters(ingest)), "the dead letter")
    assert ingest.listens()


@asynccontextmanager
async def inbox(servers: Servers, group: str, packer: Packer) -> AsyncIterator[tuple[AIOKafkaConsumer, Taking]]:
    """The inbox alone, as a group that has committed nothing yet, before this packer; its consumer and its task."""
    packer.done.set_result(None)
    writer, reader = producer(servers.kafka), consumer(servers.kafka, *TOPICS, group=group)
    await writer.start()
    await reader.start()
    own = Inbox(reader, writer, cast(Any, packer), cast(Any, Seen()), lambda: JUDGE)
    taking = asyncio.create_task(own.run())
    try:
        yield reader, taking
    finally:
        taking.cancel()
        await reader.stop()
        await writer.stop()


async def test_what_was_not_taken_is_read_again_though_nothing_was_ever_committed(
    servers: Servers, ingest: Ingest
) -> None:
    given = [event(pack("first-1/stage_m", [1.0]), number=f"first-{n}") for n in range(10)]
    ingest.produce(INBOX, *map(encoded, given))
    packer = Packer(refusals=1)

    async def all_taken() -> bool:
        return set(packer.ids) >= {each["id"] for each in given}

    async with inbox(servers, "begins", packer):
        await eventually(all_taken, "those of the batch that was refused", seconds=20)


async def test_what_passes_is_waited_for_and_what_does_not_ends_ingest(servers: Servers, ingest: Ingest) -> None:
    ingest.produce(INBOX, encoded(event(pack("first-1/stage_m", [1.0]), number="waited")))
    errors = [CommitFailedError(), KafkaTimeoutError(), NotEnoughReplicasError(), TopicAuthorizationFailedError(INBOX)]

    async def commit(_: object) -> None:
        raise errors.pop(0)

    async with inbox(servers, "waits", Packer(refusals=0)) as (reader, taking):
        reader.commit = commit
        await asyncio.wait({taking}, timeout=20)
        assert taking.done() and isinstance(taking.exception(), TopicAuthorizationFailedError) and not errors
