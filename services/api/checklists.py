"""The checklist of an incident with its words, as it is shown."""

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from schemas.procedures import Checklist, Done, Procedure, ProcedureStep, Sheet
from schemas.times import At


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do."""

    key: str
    """Give it as `step` to the commands `tick` and `untick`."""
    text: str
    text_vi: str
    agency: str | None
    """In charge; null with `role`, and both null: the operator."""
    role: str | None
    due_at: At | None
    link: str | None
    done: Done | None
    """Who ticked it, and when; null: to be done."""


class SheetView(msgspec.Struct, frozen=True, kw_only=True):
    """A procedure as the incident got it, or (`rule/…`) what a correlation rule adds."""

    id: str
    version: int
    title: str
    title_vi: str
    at: At
    steps: list[StepView]


class ChecklistView(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done about an incident."""

    incident: str
    version: int
    """Of the incident, for the commands."""
    steps: int
    steps_done: int
    sheets: list[SheetView]
    """The root's procedure first."""


def sheet_views(checklist: Checklist, words: Mapping[str, Procedure]) -> list[SheetView]:
    """The sheets of a checklist; `words` has each digest's."""
    return [_sheet(sheet, words[sheet.digest], checklist.done) for sheet in checklist.sheets if sheet.digest in words]


def _sheet(sheet: Sheet, words: Procedure, done: Mapping[str, Done]) -> SheetView:
    steps = [_step(sheet, step, done.get(f"{sheet.id}/{step.id}")) for step in words.steps]
    return SheetView(
        id=sheet.id, version=sheet.version, title=words.title, title_vi=words.title_vi, at=sheet.at, steps=steps
    )


def _step(sheet: Sheet, step: ProcedureStep, done: Done | None) -> StepView:
    due_at = None if step.due_minutes is None else sheet.at + timedelta(minutes=step.due_minutes)
    return StepView(
        key=f"{sheet.id}/{step.id}",
        text=step.text,
        text_vi=step.text_vi,
        agency=step.agency,
        role=step.role,
        due_at=due_at,
        link=step.link,
        done=done,
    )
