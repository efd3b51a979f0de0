"""What one shift hands over to the next: live work with owner and next steps, shelved work with its end."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from schemas.handovers import NextStep, OpenWork
from schemas.incidents import Incident
from schemas.procedures import Checklist, Procedure
from schemas.signals import severity_rank

STEPS = 3
"""So many next steps of each incident."""
COPIED = tuple(name for name in OpenWork.__struct_fields__ if name != "next_steps")


def work(incident: Incident, checklist: Checklist, words: Mapping[str, Procedure]) -> OpenWork:
    """An incident with its next steps; `words` has each sheet's under its digest."""
    said = {name: getattr(incident, name) for name in COPIED}
    return OpenWork(**said, next_steps=tuple(_undone(checklist, words))[:STEPS])


def _undone(checklist: Checklist, words: Mapping[str, Procedure]) -> Iterable[NextStep]:
    for sheet in checklist.sheets:
        for step in words[sheet.digest].steps if sheet.digest in words else ():
            key = f"{sheet.id}/{step.id}"
            if key in checklist.done:
                continue
            due_at = None if step.due_minutes is None else sheet.at + timedelta(minutes=step.due_minutes)
            said = {name: getattr(step, name) for name in ("text", "text_vi", "agency", "role")}
            yield NextStep(key=key, due_at=due_at, **said)


def parted(found: Iterable[OpenWork]) -> tuple[tuple[OpenWork, ...], tuple[OpenWork, ...]]:
    """Open work, the worst and oldest first, and shelved work, what returns first first."""
    every = list(found)
    open_work = [one for one in every if one.shelved is None]
    shelved = [one for one in every if one.shelved is not None]
    return (
        tuple(sorted(open_work, key=lambda one: (severity_rank(one.severity), one.opened_at, one.id))),
        tuple(sorted(shelved, key=lambda one: (one.shelved.until if one.shelved else one.opened_at, one.id))),
    )
