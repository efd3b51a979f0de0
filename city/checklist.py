"""What is to be done about an incident: which procedures it gets, what of them is ticked, what comes next."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

import msgspec

from schemas.errors import Invalid
from schemas.ids import digest
from schemas.procedures import Checklist, Done, Procedure, ProcedureStep, Sheet
from schemas.rules import Rule
from schemas.sentences import say


class Instructions(msgspec.Struct, frozen=True, dict=True):
    """All procedures in force, and what the rules say to do about the effects that they join."""

    procedures: Mapping[str, Procedure] = {}
    rules: Mapping[str, Rule] = {}

    @cached_property
    def by_kind(self) -> dict[str, tuple[str, Procedure]]:
        """Kind of incident → the digest of its procedure, and that."""
        return {kind: (digest_of(one), one) for one in self.procedures.values() for kind in one.kinds}

    @cached_property
    def by_rule(self) -> dict[str, tuple[str, Procedure]]:
        """Id of a rule that says what to do → the digest of that as a procedure, and that."""
        said = {rule.id: of_rule(rule) for rule in self.rules.values() if rule.procedure}
        return {rule: (digest_of(one), one) for rule, one in said.items()}

    @cached_property
    def by_digest(self) -> dict[str, Procedure]:
        """Everything that an incident may get now."""
        return dict([*self.by_kind.values(), *self.by_rule.values()])

    def sheets(self, kind: str, rules: Iterable[str], at: datetime) -> list[Sheet]:
        """What an incident of this kind gets whose members these rules hold together: its root's procedure first."""
        found = [self.by_kind[kind]] if kind in self.by_kind else []
        found += [self.by_rule[rule] for rule in rules if rule in self.by_rule]
        return [
            Sheet(id=one.id, version=one.version, digest=name, at=at, steps=tuple(step.id for step in one.steps))
            for name, one in found
        ]


def digest_of(procedure: Procedure) -> str:
    """20 hex characters that name exactly this wording."""
    return digest(msgspec.json.encode(procedure).decode())


def of_rule(rule: Rule) -> Procedure:
    """What a rule says to do, as a procedure `rule/<id>` with steps 1, 2, …"""
    pairs = zip(rule.procedure, [*rule.procedure_vi, *rule.procedure[len(rule.procedure_vi) :]], strict=False)
    steps = tuple(ProcedureStep(id=str(at), text=text, text_vi=text_vi) for at, (text, text_vi) in enumerate(pairs, 1))
    return Procedure(
        id=f"rule/{rule.id}", title=rule.title, title_vi=rule.title_vi, kinds=(), version=rule.version, steps=steps
    )


def grown(checklist: Checklist, wanted: Sequence[Sheet]) -> Checklist:
    """The checklist with what is wanted now, first; a sheet stays as the incident got it, and while a tick is on it."""
    have = {sheet.id: sheet for sheet in checklist.sheets}
    now = {sheet.id: have.get(sheet.id, sheet) for sheet in wanted}
    kept = [sheet for sheet in checklist.sheets if sheet.id not in now and _ticks(checklist, sheet)]
    return Checklist((*now.values(), *kept), checklist.done)


def merged(checklists: Sequence[Checklist]) -> Checklist:
    """Everything of several checklists; of two versions of a sheet the first one's, but no tick is lost."""
    sheets: dict[str, Sheet] = {}
    done: dict[str, Done] = {}
    for checklist in checklists:
        for sheet in checklist.sheets:
            sheets.setdefault(sheet.id, sheet)
            ticked = _ticks(checklist, sheet)
            if not set(ticked) <= set(sheets[sheet.id].steps):
                sheets[f"{sheet.id}@{sheet.version}"] = msgspec.structs.replace(sheet, id=f"{sheet.id}@{sheet.version}")
                done |= {f"{sheet.id}@{sheet.version}/{step}": checklist.done[f"{sheet.id}/{step}"] for step in ticked}
                continue
            for step in ticked:
                done.setdefault(f"{sheet.id}/{step}", checklist.done[f"{sheet.id}/{step}"])
    return Checklist(tuple(sheets.values()), done)


def _ticks(checklist: Checklist, sheet: Sheet) -> list[str]:
    return [step for step in sheet.steps if f"{sheet.id}/{step}" in checklist.done]


def keys(checklist: Checklist) -> list[str]:
    """`<sheet id>/<step id>` of every step, in order."""
    return [f"{sheet.id}/{step}" for sheet in checklist.sheets for step in sheet.steps]


def ticked(checklist: Checklist, step: str | None, done: Done) -> Checklist:
    """With a step ticked. Raises Invalid if there is none of this name, or somebody has ticked it."""
    key = _known(checklist, step)
    if key in checklist.done:
        raise Invalid(say("ticked_already", by=checklist.done[key].by), field="step")
    return Checklist(checklist.sheets, {**checklist.done, key: done})


def unticked(checklist: Checklist, step: str | None) -> Checklist:
    """With a tick taken back. Raises Invalid if there is none."""
    key = _known(checklist, step)
    if key not in checklist.done:
        raise Invalid(say("not_ticked"), field="step")
    return Checklist(checklist.sheets, {name: one for name, one in checklist.done.items() if name != key})


def _known(checklist: Checklist, step: str | None) -> str:
    if step is None or step not in keys(checklist):
        raise Invalid(say("not_a_step"), field="step")
    return step
