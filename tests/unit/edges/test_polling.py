"""Who is asked again and again and always answers the same wrong thing is told of once."""

from collections.abc import Sequence
from typing import Any, cast

import msgspec
import pytest
from structlog.testing import capture_logs

from infra.clock import now_ms
from schemas.dead_letters import DeadLetter
from schemas.edges import Edge
from services.ingest.edges.health import Health
from services.ingest.edges.intake import Door, Fault, Intake
from services.ingest.edges.polling import Answer, poll
from tests.unit.edges.door import JUDGE, Letters, Packer, Seen


class Enough(Exception):
    """Everything was asked."""


async def polled(*answers: Sequence[float], faults: Sequence[Fault] = ()) -> tuple[list[DeadLetter], Health, list[str]]:
    """What became of answers with these values of `s-0`, `s-1` …: dead letters, health, ids of what was taken."""
    packer, letters, health, waiting = Packer(0), Letters(), Health("plc"), list(answers)
    packer.done.set_result(None)
    door = Door(lambda: JUDGE, cast(Any, packer), cast(Any, letters), cast(Any, Seen()), cast(Any, None))

    async def ask() -> Answer:
        if not waiting:
            raise Enough
        at = now_ms()
        named = enumerate(waiting.pop(0))
        records = [{"n": f"s-{number}/stage_m", "v": value, "t": at / 1000} for number, value in named]
        return Answer(origin="h", at_ms=at, records=records, faults=list(faults))

    with pytest.raises(Enough):
        await poll(Intake(Edge(id="plc", name="P", name_vi="P"), door, health), ask, 0)
    return letters.found, health, packer.ids


@pytest.mark.parametrize(
    ("value", "detail"),
    [(float("nan"), "is not a finite number"), (-9999.0, "-9999 is outside the plausible range -10 … 200 m")],
)
async def test_a_value_that_the_judge_refuses_each_time_is_one_dead_letter_and_stands_in_the_health(
    value: float, detail: str
) -> None:
    letters, health, taken = await polled(*[[1.0, value]] * 5)
    assert [(letter.field, letter.reason) for letter in letters] == [("s-1/stage_m", f"s-1/stage_m: {detail}")]
    assert health.told.detail == f"s-1/stage_m: {detail}" and len(taken) == 5
    alone = msgspec.json.decode(letters[0].value or b"")
    assert [record["n"] for record in alone["data"]] == ["s-1/stage_m"], "it can be put right and sent again"


async def test_a_fault_that_comes_back_is_told_again_and_one_of_everything_takes_nothing() -> None:
    letters, health, taken = await polled([-9999.0], [1.0], [-9999.0])
    assert (len(letters), len(taken)) == (2, 1) and "plausible" in health.told.detail


async def test_who_answers_but_nothing_that_could_be_taken_has_failed_until_something_can_be() -> None:
    with capture_logs() as logged:
        _, health, _ = await polled([1.0, 2.0], *[[-9999.0, -9999.0]] * 3)
    assert [each["state"] for each in logged] == ["connected", "failed"], "once, not with each answer"
    assert health.told.state == "failed" and "khoảng hợp lý" in health.told.detail_vi
    _, health, _ = await polled([-9999.0], [-9999.0, 1.0])
    assert health.told.state == "connected"


async def test_what_could_not_be_read_is_told_once_beside_what_is_refused() -> None:
    letters, _, _ = await polled(*[[-9999.0]] * 3, faults=[Fault(b"?", "was refused", "holding 900")])
    assert sorted(str(letter.field) for letter in letters) == ["holding 900", "s-0/stage_m"]
