"""What is wrong with a procedure, whether it comes from a file or over the API, and with deadlines."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Set

from schemas.assets import Deadlines
from schemas.procedures import ROLES, Procedure, ProcedureStep
from schemas.signals import SEVERITIES

STEP_ID = re.compile(r"^[a-z0-9_]{1,40}$")
Fault = tuple[str, str, str]
"""Place, field, message."""


def procedure_faults(procedure: Procedure, others: Mapping[str, Procedure], kinds: Set[str]) -> Iterable[Fault]:
    """The faults of a procedure beside the others in force (it may be among them); `kinds` are those there are."""
    for field in ("kinds", "steps"):
        if not getattr(procedure, field):
            yield "", field, "is empty"
    for message in _kind_faults(procedure, others, kinds):
        yield "", "kinds", message
    for name, count in Counter(step.id for step in procedure.steps).items():
        if count > 1:
            yield f'step "{name}"', "id", "is there twice"
    for step in procedure.steps:
        for field, message in _step_faults(step):
            yield f'step "{step.id}"', field, message


def _kind_faults(procedure: Procedure, others: Mapping[str, Procedure], kinds: Set[str]) -> Iterable[str]:
    taken = {kind: other.id for other in others.values() if other.id != procedure.id for kind in other.kinds}
    for kind in procedure.kinds:
        if kind not in kinds:
            yield f'"{kind}" is a signal kind of no domain'
        if kind in taken:
            yield f'"{kind}" has the procedure "{taken[kind]}" already; override it by its id'


def _step_faults(step: ProcedureStep) -> Iterable[tuple[str, str]]:
    if not STEP_ID.match(step.id):
        yield "id", "is not of small letters, digits and _"
    if not step.text or not step.text_vi:
        yield "text", "is needed in both languages"
    if step.role is not None and step.role not in ROLES:
        yield "role", f'"{step.role}" is not one of {", ".join(ROLES)}'
    if step.role is not None and step.agency is not None:
        yield "role", "is given beside agency; a step is for one of them"
    if step.due_minutes is not None and step.due_minutes <= 0:
        yield "due_minutes", "is not above 0"
    if step.link is not None and not step.link.startswith(("https://", "http://")):
        yield "link", "is not an http or https address"


def deadline_faults(deadlines: Mapping[str, Deadlines]) -> Iterable[tuple[str, str]]:
    """(field, message) of what is wrong with a city's deadlines."""
    for severity, one in deadlines.items():
        if severity not in SEVERITIES:
            yield severity, f"is not one of {', '.join(SEVERITIES)}"
        if one.acknowledge_s < 0 or one.resolve_s < 0:
            yield severity, "a time cannot be negative"
        if one.levels < 1:
            yield f"{severity}.levels", "is not above 0"
