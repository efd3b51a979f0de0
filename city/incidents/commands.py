"""What people command: each a pure change of one incident, refused when somebody else was faster."""

from collections.abc import Callable

import msgspec

from city.incidents.change import change
from city.incidents.due import closed, resolved
from city.incidents.life import reopened
from city.incidents.model import CLOSE, Moment, Tracked, with_timer
from schemas.errors import Conflict, Invalid
from schemas.incidents import ACKNOWLEDGED, CLOSED, IN_PROGRESS, MERGED, OPEN, RESOLVED, Change, Incident

NOTE_LENGTH = 4000


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /v1/incidents/{id}/commands`."""

    command: str
    """acknowledge, resolve, take, assign, note, close, reopen."""
    version: int
    """The version that the person saw."""
    assignee: str | None = None
    """`assign`: to whom."""
    note: str | None = None
    """`note`: the text; a remark or reason on all others (`reopen` needs one)."""


def _acknowledge(tracked: Tracked, _: Command, moment: Moment) -> tuple[Tracked, Incident, str]:
    state = ACKNOWLEDGED if tracked.incident.state == OPEN else tracked.incident.state
    return tracked, msgspec.structs.replace(tracked.incident, state=state, acknowledged_by=moment.by), "acknowledged"


def _resolve(tracked: Tracked, _: Command, moment: Moment) -> tuple[Tracked, Incident, str]:
    return *resolved(tracked, moment.now), "resolved"


def _take(tracked: Tracked, _: Command, moment: Moment) -> tuple[Tracked, Incident, str]:
    return tracked, _given_to(tracked.incident, moment.by, moment.by), "updated"


def _assign(tracked: Tracked, command: Command, moment: Moment) -> tuple[Tracked, Incident, str]:
    if not command.assignee:
        raise Invalid("say to whom", field="assignee")
    return tracked, _given_to(tracked.incident, command.assignee, moment.by), "updated"


def _note(tracked: Tracked, command: Command, moment: Moment) -> tuple[Tracked, Incident, str]:
    if not command.note:
        raise Invalid("the note is empty", field="note")
    return tracked, tracked.incident, "updated"


def _close(tracked: Tracked, _: Command, moment: Moment) -> tuple[Tracked, Incident, str]:
    return *closed(tracked), "closed"


def _reopen(tracked: Tracked, command: Command, moment: Moment) -> tuple[Tracked, Incident, str]:
    if tracked.incident.state != RESOLVED:
        raise Invalid("only a resolved incident can be reopened", field="command")
    if not command.note:
        raise Invalid("say why", field="note")
    return with_timer(tracked, CLOSE, None), reopened(tracked.incident), "reopened"


def _given_to(incident: Incident, assignee: str, by: str) -> Incident:
    state = IN_PROGRESS if incident.state in (OPEN, ACKNOWLEDGED) else incident.state
    return msgspec.structs.replace(
        incident, state=state, assignee=assignee, acknowledged_by=incident.acknowledged_by or by
    )


Verb = Callable[[Tracked, Command, Moment], tuple[Tracked, Incident, str]]
VERBS: dict[str, Verb] = {
    "acknowledge": _acknowledge,
    "resolve": _resolve,
    "take": _take,
    "assign": _assign,
    "note": _note,
    "close": _close,
    "reopen": _reopen,
}


def obey(tracked: Tracked, command: Command, moment: Moment) -> tuple[Tracked, Change]:
    """The incident after the command, and the change.

    Raises Conflict if another command, a merge or a split came since `version`; Invalid if it cannot be done.
    """
    verb = VERBS.get(command.command)
    if verb is None:
        raise Invalid(f"there is no command {command.command!r}; use {', '.join(VERBS)}", field="command")
    if command.version > tracked.incident.version:
        raise Invalid(f"there is no version {command.version} yet", field="version")
    if command.note is not None and len(command.note) > NOTE_LENGTH:
        raise Invalid(f"longer than {NOTE_LENGTH} characters", field="note")
    if command.version < tracked.command_version:
        raise Conflict(f"the incident changed since version {command.version}", field="version")
    if tracked.incident.state in (CLOSED, MERGED) and command.command != "note":
        raise Invalid(f"the incident is {tracked.incident.state}, which is final", field="command")
    waiting, after, kind = verb(tracked, command, moment)
    done, made = change(waiting, after, kind, moment, note=command.note)
    return msgspec.structs.replace(done, command_version=done.incident.version, acted=True), made
