"""How far the log came is asked until the broker knows: to tell all of it again is what follows else."""

from collections.abc import Iterable
from typing import Any, cast

import pytest
from aiokafka import TopicPartition

from services.relay import publisher
from services.relay.publisher import MARK, came_to


class Broker:
    """Answers what was committed as a broker that has just begun: nothing, until it has read its own log."""

    def __init__(self, end: int, answers: Iterable[int | None]) -> None:
        self._end, self._answers, self.asked = end, iter(answers), 0

    async def end_offsets(self, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self._end)

    async def committed(self, partition: TopicPartition) -> int | None:
        assert partition == MARK
        self.asked += 1
        return next(self._answers, None)


@pytest.mark.parametrize(
    ("end", "answers", "found", "asked"),
    [(7, [None, None, 28_029], 28_029, 3), (7, [28_029], 28_029, 1), (0, [], 0, 1), (7, [], 0, 40)],
    ids=["has just begun", "knows", "a new center", "another database"],
)
async def test_a_broker_that_has_just_begun_is_asked_again_how_far_the_log_came(
    monkeypatch: pytest.MonkeyPatch, end: int, answers: list[int | None], found: int, asked: int
) -> None:
    monkeypatch.setattr(publisher, "ASKED_EVERY_S", 0.0)
    broker = Broker(end, answers)
    assert (await came_to(cast(Any, broker)), broker.asked) == (found, asked)
