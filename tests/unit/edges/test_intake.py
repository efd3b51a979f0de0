"""The door of the edges while Kafka is away: nothing is let go, nobody else is disturbed."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from city.enrich import Catalogue
from city.judge import Accepted, Judge
from infra.cities.folder import shipped
from schemas.edges import Edge
from schemas.errors import Unavailable
from services.ingest.edges import intake as module
from services.ingest.edges.health import Health
from services.ingest.edges.intake import Door, Intake, Message, readings

EDGE = Edge(id="e", name="E", name_vi="E")
JUDGE = Judge(Catalogue.build({}, {}, shipped().domains, {}), 100)


class Packer:
    """Refuses so many times, then has one future for all, as the real one."""

    def __init__(self, refusals: int) -> None:
        self.refusals, self.batches = refusals, 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def add(self, _: Sequence[Accepted]) -> asyncio.Future[None]:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("Kafka is behind")
        self.batches += 1
        return self.done


class Seen:
    async def known(self, _: Sequence[bytes]) -> set[bytes]:
        return set()

    async def remember(self, _: Sequence[bytes]) -> None:
        return


def intake(packer: Packer) -> Intake:
    door = Door(lambda: JUDGE, cast(Any, packer), cast(Any, None), cast(Any, Seen()), cast(Any, None))
    return Intake(EDGE, door, Health("e"))


MESSAGE = Message(origin="m", events=[readings(EDGE, "1", [{"n": "g/stage_m", "v": 1}])])


async def test_what_kafka_does_not_take_is_offered_until_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETRY_S", 0)
    packer = Packer(refusals=2)
    packer.done.set_result(None)
    own = intake(packer)
    outcome = await own.take([MESSAGE])
    assert (outcome.accepted, packer.batches, own.health.told.accepted, own.health.told.state) == (1, 1, 1, "connected")


async def test_a_post_is_told_that_kafka_is_away() -> None:
    with pytest.raises(Unavailable):
        await intake(Packer(refusals=1)).try_take([MESSAGE])


async def test_an_edge_that_is_ended_leaves_the_acknowledgement_to_the_others() -> None:
    packer = Packer(refusals=0)
    taking = asyncio.create_task(intake(packer).take([MESSAGE]))
    while not packer.batches:
        await asyncio.sleep(0)
    taking.cancel()
    await asyncio.wait({taking})
    assert not packer.done.cancelled()
