"""What is handed over: in which order, with which next steps."""

from datetime import timedelta

import msgspec
import pytest

from city.handover import parted, work
from schemas.handovers import OpenWork
from schemas.incidents import Shelved
from schemas.procedures import Checklist, Done, Procedure, ProcedureStep, Sheet
from tests.changes import a_change
from tests.truth import at

STEPS = tuple(
    ProcedureStep(id=name, text=name, text_vi=name, agency="power", due_minutes=5 if name == "b" else None)
    for name in "abcde"
)
WORDS = {"d": Procedure(id="p", title="P", title_vi="P", kinds=("power.outage",), steps=STEPS)}
SHEET = Sheet(id="p", version=1, digest="d", at=at(0), steps=tuple("abcde"))


def given(name: str = "inc-1", shelved_until: float | None = None, **fields: object) -> OpenWork:
    shelf = None
    if shelved_until is not None:
        shelf = Shelved(by="lan", at=at(0), until=at(shelved_until), reason="chờ vật tư", severity="major")
    incident = msgspec.structs.replace(a_change().incident, id=name, shelved=shelf, **fields)
    return work(incident, Checklist(), {})


@pytest.mark.parametrize(("done", "following"), [("", "abc"), ("a", "bcd"), ("bd", "ace"), ("abcde", "")])
def test_the_next_steps_are_the_first_three_that_nobody_has_done(done: str, following: str) -> None:
    checklist = Checklist((SHEET,), {f"p/{name}": Done("lan", at(1)) for name in done})
    found = work(a_change().incident, checklist, WORDS)
    assert [step.key for step in found.next_steps] == [f"p/{name}" for name in following]


def test_a_next_step_says_who_and_by_when() -> None:
    (_, step, _) = work(a_change().incident, Checklist((SHEET,)), WORDS).next_steps
    assert (step.agency, step.due_at) == ("power", at(0) + timedelta(minutes=5))


def test_open_work_comes_the_worst_first_and_shelved_work_the_soonest_back_first() -> None:
    found = [
        given("young", severity="major", opened_at=at(9)),
        given("old", severity="major", opened_at=at(1)),
        given("bad", severity="critical", opened_at=at(20)),
        given("late", shelved_until=900),
        given("soon", shelved_until=800),
    ]
    open_work, shelved = parted(found)
    assert [one.id for one in open_work] == ["bad", "old", "young"]
    assert [(one.id, one.shelved and one.shelved.reason) for one in shelved] == [
        ("soon", "chờ vật tư"),
        ("late", "chờ vật tư"),
    ]


def test_a_sheet_whose_words_are_not_known_says_nothing() -> None:
    assert work(a_change().incident, Checklist((SHEET,)), {}).next_steps == ()
