"""What is wrong with a procedure, whether it comes from a file or over the API, and with deadlines."""

import re
from collections.abc import Iterable, Mapping, Set

from schemas.addresses import is_web_address
from schemas.assets import Deadlines
from schemas.procedures import ROLES, Procedure, ProcedureStep
from schemas.sentences import say
from schemas.signals import SEVERITIES

STEP_ID = re.compile(r"^[a-z0-9_]{1,40}$")
Fault = tuple[int | None, str, str]
"""Number of the step, field, message."""


def procedure_faults(procedure: Procedure, others: Mapping[str, Procedure], kinds: Set[str]) -> Iterable[Fault]:
    """The faults of a procedure beside the others in force (it may be among them); `kinds` are those there are."""
    for field in ("kinds", "steps"):
        if not getattr(procedure, field):
            yield None, field, say("empty")
    for message in _kind_faults(procedure, others, kinds):
        yield None, "kinds", message
    seen: set[str] = set()
    for number, step in enumerate(procedure.steps):
        if step.id in seen:
            yield number, "id", say("twice")
        seen.add(step.id)
        for field, message in _step_faults(step):
            yield number, field, message


def _kind_faults(procedure: Procedure, others: Mapping[str, Procedure], kinds: Set[str]) -> Iterable[str]:
    taken = {kind: other.id for other in others.values() if other.id != procedure.id for kind in other.kinds}
    for kind in procedure.kinds:
        if kind not in kinds:
            yield say("signal_kind_of_no_domain", kind=kind)
        if kind in taken:
            yield say("already_has_procedure", kind=kind, other=taken[kind])


def _step_faults(step: ProcedureStep) -> Iterable[tuple[str, str]]:
    if not STEP_ID.match(step.id):
        yield "id", say("not_small")
    if not step.text or not step.text_vi:
        yield "text", say("both_languages")
    if step.role is not None and step.role not in ROLES:
        yield "role", say("quoted_none_of", value=step.role, known=", ".join(ROLES))
    if step.role is not None and step.agency is not None:
        yield "role", say("beside_agency")
    if step.due_minutes is not None and step.due_minutes <= 0:
        yield "due_minutes", say("not_above_0")
    if step.link is not None and not is_web_address(step.link):
        yield "link", say("not_http")


def deadline_faults(deadlines: Mapping[str, Deadlines]) -> Iterable[tuple[str, str]]:
    """(field, message) of what is wrong with a city's deadlines."""
    for severity, one in deadlines.items():
        if severity not in SEVERITIES:
            yield severity, say("not_one_of", known=", ".join(SEVERITIES))
        if one.acknowledge_s < 0 or one.resolve_s < 0:
            yield severity, say("time_negative")
        if one.levels < 1:
            yield f"{severity}.levels", say("not_above_0")
