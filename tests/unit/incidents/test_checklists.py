"""The checklist of an incident: of its root's kind, kept as it was, ticked with name, never lost."""

import msgspec
import pytest

from city.checklist import Instructions, grown, merged, of_rule
from schemas.errors import Invalid
from schemas.ids import incident_id
from schemas.procedures import Checklist, Done, Procedure, ProcedureStep, Sheet
from schemas.rules import Rule
from tests.truth import at, group, signal
from tests.unit.incidents.book import Book

TRIP, DARK = signal("feeder-1", 0), signal("lamp-1", 20, "traffic.signal_dark")
OUTAGE, LAMP = incident_id(TRIP.id), incident_id(DARK.id)


def procedure(name: str, kind: str, *steps: str, version: int = 1) -> Procedure:
    found = tuple(ProcedureStep(id=step, text=step, text_vi=step) for step in steps)
    return Procedure(id=name, title=name, title_vi=name, kinds=(kind,), version=version, steps=found)


DARKENS = Rule(
    id="outage_darkens",
    title="t",
    title_vi="t",
    runbook="r",
    runbook_vi="r",
    procedure=["send police"],
    procedure_vi=["cử CSGT"],
)
PROCEDURES = {
    "power": procedure("power", "power.outage", "look", "call"),
    "lamp": procedure("lamp", "traffic.signal_dark", "repair"),
}


def book(**more: Procedure) -> Book:
    found = Book()
    instructions = Instructions({**PROCEDURES, **more}, {DARKENS.id: DARKENS})
    found.words = msgspec.structs.replace(found.words, instructions=instructions)
    return found


def sheets(found: Book, name: str = OUTAGE) -> list[str]:
    return [sheet.id for sheet in found.state.incidents[name].checklist.sheets]


def test_an_incident_gets_the_procedure_of_its_root_when_it_opens() -> None:
    found = book()
    found.take(group(TRIP))
    assert sheets(found) == ["power"]
    assert (found.incident(OUTAGE).steps, found.incident(OUTAGE).steps_done) == (2, 0)


def test_a_kind_without_a_procedure_has_nothing_to_tick() -> None:
    found = Book()
    found.take(group(TRIP))
    assert found.incident(OUTAGE).steps == 0
    with pytest.raises(Invalid):
        found.command(OUTAGE, "tick", step="power/look")


def test_a_rule_adds_what_to_do_about_the_effect_that_it_joins() -> None:
    found = book()
    found.take(group(TRIP), group(DARK, cause=TRIP))
    assert sheets(found) == ["power", "rule/outage_darkens"]


def test_a_tick_says_who_and_when_and_is_a_change() -> None:
    found = book()
    found.take(group(TRIP))
    change = found.command(OUTAGE, "tick", by="lan", step="power/call", note="có điện lúc 9 giờ")
    done = found.state.incidents[OUTAGE].checklist.done["power/call"]
    assert done == Done("lan", found.now, "có điện lúc 9 giờ")
    assert (change.kind, change.command, change.step, change.by) == ("updated", "tick", "power/call", "lan")
    assert (change.incident.steps, change.incident.steps_done) == (2, 1)


def test_a_tick_is_taken_back() -> None:
    found = book()
    found.take(group(TRIP))
    found.command(OUTAGE, "tick", step="power/call")
    change = found.command(OUTAGE, "untick", step="power/call")
    assert (change.command, change.incident.steps_done) == ("untick", 0)


@pytest.mark.parametrize(("verb", "step"), [("tick", None), ("tick", "power/dance"), ("untick", "power/look")])
def test_what_is_no_step_or_not_ticked_is_refused(verb: str, step: str | None) -> None:
    found = book()
    found.take(group(TRIP))
    with pytest.raises(Invalid):
        found.command(OUTAGE, verb, step=step)


def test_a_step_is_ticked_once_and_the_second_person_is_told_by_whom() -> None:
    found = book()
    found.take(group(TRIP))
    found.command(OUTAGE, "tick", by="lan", step="power/call")
    with pytest.raises(Invalid, match="lan has ticked it"):
        found.command(OUTAGE, "tick", by="minh", step="power/call")


def test_an_open_incident_keeps_the_version_that_it_began_with() -> None:
    found = book()
    found.take(group(TRIP))
    newer = procedure("power", "power.outage", "other", version=2)
    instructions = Instructions({"power": newer})
    found.words = msgspec.structs.replace(found.words, instructions=instructions)
    found.take(group(TRIP, signal("feeder-1b", 5), revision=2))
    (sheet,) = found.state.incidents[OUTAGE].checklist.sheets
    assert (sheet.version, sheet.steps) == (1, ("look", "call"))


def test_a_late_cause_brings_its_procedure_and_a_merge_keeps_every_tick() -> None:
    found = book()
    found.take(group(DARK))
    found.command(LAMP, "tick", by="lan", step="lamp/repair")
    found.take(group(TRIP), group(DARK, cause=TRIP, revision=2))
    assert sheets(found, LAMP) == ["power", "rule/outage_darkens", "lamp"]
    assert found.state.incidents[LAMP].checklist.done["lamp/repair"].by == "lan"


def test_two_that_become_one_keep_the_ticks_of_both_and_what_nobody_began_goes() -> None:
    found = book()
    found.take(group(TRIP), group(DARK))
    found.command(OUTAGE, "tick", by="minh", step="power/look")
    found.take(group(DARK, cause=TRIP, revision=2))
    assert sheets(found) == ["power", "rule/outage_darkens"]
    assert found.incident(OUTAGE).steps_done == 1


def sheet(version: int, *steps: str) -> Sheet:
    return Sheet(id="power", version=version, digest=f"d{version}", at=at(0), steps=steps)


def test_a_tick_of_another_version_is_not_lost_in_a_merge() -> None:
    old = Checklist((sheet(1, "look", "smell"),), {"power/smell": Done("lan", at(1))})
    both = merged([Checklist((sheet(2, "look"),), {"power/look": Done("minh", at(2))}), old])
    assert [one.id for one in both.sheets] == ["power", "power@1"]
    assert set(both.done) == {"power/look", "power@1/smell"}
    assert [one.id for one in grown(both, [sheet(3, "look")]).sheets] == ["power", "power@1"]


def test_the_first_of_two_ticks_of_one_step_stays_in_a_merge() -> None:
    first, second = (Checklist((sheet(1, "look"),), {"power/look": Done(by, at(1))}) for by in ("lan", "minh"))
    assert merged([first, second]).done["power/look"].by == "lan"


def test_a_rule_that_lacks_a_translation_says_it_in_the_other_language() -> None:
    said = of_rule(msgspec.structs.replace(DARKENS, procedure=["a", "b"], procedure_vi=["á"]))
    assert [(step.id, step.text_vi) for step in said.steps] == [("1", "á"), ("2", "b")]
