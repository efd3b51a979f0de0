"""The door of the edges while Kafka is away: nothing is let go, nobody else is disturbed."""

import asyncio
from typing import Any, cast

import pytest

from schemas.edges import Edge
from schemas.errors import Unavailable
from services.ingest.edges import intake as module
from services.ingest.edges.health import Health
from services.ingest.edges.intake import Door, Intake, Message, readings
from tests.unit.edges.door import JUDGE, Packer, Seen

EDGE = Edge(id="e", name="E", name_vi="E")


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
