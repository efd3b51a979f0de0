"""What people command: each a pure change of one incident, refused when somebody else was faster."""

from collections.abc import Callable

import msgspec

from city.incidents import handling, instructing, severity, shelving
from city.incidents.change import change
from city.incidents.model import Command, Moment, Tracked
from schemas.addresses import is_web_address
from schemas.errors import Conflict, Invalid
from schemas.incidents import CLOSED, MERGED, Change, Incident
from schemas.sentences import say

NOTE_LENGTH = 4000
ADDRESS_LENGTH = 2000

Verb = Callable[[Tracked, Command, Moment], tuple[Tracked, Incident, str]]
VERBS: dict[str, Verb] = {
    "acknowledge": handling.acknowledge,
    "take": handling.take,
    "assign": handling.assign,
    "note": handling.note,
    "tick": instructing.tick,
    "untick": instructing.untick,
    "severity": severity.override,
    "shelve": shelving.shelve,
    "unshelve": shelving.unshelve,
    "resolve": handling.resolve,
    "close": handling.close,
    "reopen": handling.reopen,
}
"""Commands on one incident by itself."""
RESHAPING = ("merge", "split", "detach", "undo")
"""Commands that change which signals belong to it (`overrule`)."""


def obey(tracked: Tracked, command: Command, moment: Moment) -> tuple[Tracked, Change]:
    """The incident after the command, and the change.

    Raises Conflict if another command, a merge or a split came since `version`, other than that an agency acknowledged
    its part; Invalid if it cannot be done.
    """
    verb = VERBS.get(command.command)
    if verb is None:
        known = ", ".join([*VERBS, *RESHAPING])
        raise Invalid(say("no_command", command=command.command, known=known), field="command")
    check(tracked, command)
    waiting, after, kind = verb(tracked, command, moment)
    said = {"note": command.note, "command": command.command, "attachment": command.attachment, "step": command.step}
    done, made = change(waiting, after, kind, moment, **said)
    # agencies acknowledge their parts at the same moment: none of them decides anything for the others
    part = command.command == "acknowledge" and moment.agency is not None
    bound = tracked.command_version if part else done.incident.version
    return msgspec.structs.replace(done, command_version=bound, acted=True), made


def check(tracked: Tracked, command: Command) -> None:
    """Raises what `obey` raises before it looks at the command itself."""
    if command.version > tracked.incident.version:
        raise Invalid(say("no_version", version=command.version), field="version")
    if command.note is not None and len(command.note) > NOTE_LENGTH:
        raise Invalid(say("too_long", most=NOTE_LENGTH), field="note")
    if (link := command.attachment) is not None and not (is_web_address(link) and len(link) <= ADDRESS_LENGTH):
        raise Invalid(say("not_http"), field="attachment")
    if command.version < tracked.command_version:
        raise Conflict(say("incident_changed", version=command.version), field="version")
    if tracked.incident.state in (CLOSED, MERGED) and command.command != "note":
        raise Invalid(say("incident_final", state=tracked.incident.state), field="command")
