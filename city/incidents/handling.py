"""Commands about who works on an incident and how far it is."""

import msgspec

from city.incidents.due import closed, resolved
from city.incidents.life import acknowledged, reopened
from city.incidents.model import CLOSE, Command, Moment, Tracked, with_timer
from schemas.errors import Invalid
from schemas.incidents import ACKNOWLEDGED, IN_PROGRESS, OPEN, RESOLVED, Acknowledgement, Incident
from schemas.sentences import say

NAME_LENGTH = 200
"""Letters of who works on it: a person, a unit, an agency."""
Done = tuple[Tracked, Incident, str]
"""What waits, the incident after the command, and the kind of the change."""


def acknowledge(tracked: Tracked, _: Command, moment: Moment) -> Done:
    """A person of an agency acknowledges its part; the whole is once the center did, or every agency that it names."""
    after = _seen_by(tracked.incident, moment)
    parts = {one.agency for one in after.acknowledgements}
    if None not in parts and not parts.issuperset(after.agencies):
        return tracked, after, "acknowledged"
    state = ACKNOWLEDGED if after.state == OPEN else after.state
    return tracked, msgspec.structs.replace(after, state=state, acknowledged_by=moment.by), "acknowledged"


def resolve(tracked: Tracked, _: Command, moment: Moment) -> Done:
    """Over, as far as a person can tell; it comes back when something else burns. Raises Invalid when it is already:
    its end was told once, and when it closes counts from then."""
    if tracked.incident.state == RESOLVED:
        raise Invalid(say("resolved_already"), field="command")
    return *resolved(tracked, moment.event_time), "resolved"


def take(tracked: Tracked, _: Command, moment: Moment) -> Done:
    """The person works on it himself."""
    return tracked, _given_to(tracked.incident, moment.by, moment), "updated"


def assign(tracked: Tracked, command: Command, moment: Moment) -> Done:
    """Somebody else works on it. Raises Invalid without `assignee`, or with one that is no name."""
    assignee = (command.assignee or "").strip()
    if not assignee:
        raise Invalid(say("say_whom"), field="assignee")
    if len(assignee) > NAME_LENGTH:
        raise Invalid(say("too_long", most=NAME_LENGTH), field="assignee")
    return tracked, _given_to(tracked.incident, assignee, moment), "updated"


def note(tracked: Tracked, command: Command, _: Moment) -> Done:
    """A remark, also on what is closed. Raises Invalid when it says nothing."""
    if not command.note or not command.note.strip():
        raise Invalid(say("note_empty"), field="note")
    return tracked, tracked.incident, "updated"


def close(tracked: Tracked, _: Command, moment: Moment) -> Done:
    """For good."""
    return *closed(tracked, moment.event_time), "closed"


def reopen(tracked: Tracked, command: Command, _: Moment) -> Done:
    """A resolved one is open again. Raises Invalid without a reason."""
    if tracked.incident.state != RESOLVED:
        raise Invalid(say("not_resolved"), field="command")
    because(command)
    return with_timer(tracked, CLOSE, None), reopened(tracked.incident), "reopened"


def because(command: Command) -> str:
    """The reason that the command gives. Raises Invalid without one."""
    if not command.note or not command.note.strip():
        raise Invalid(say("say_why"), field="note")
    return command.note


def _given_to(incident: Incident, assignee: str, moment: Moment) -> Incident:
    seen = _seen_by(incident, moment)
    state = IN_PROGRESS if incident.state in (OPEN, ACKNOWLEDGED) else incident.state
    by = incident.acknowledged_by or moment.by
    return msgspec.structs.replace(seen, state=state, assignee=assignee, acknowledged_by=by)


def _seen_by(incident: Incident, moment: Moment) -> Incident:
    part = Acknowledgement(agency=moment.agency, by=moment.by, at=moment.now)
    return msgspec.structs.replace(incident, acknowledgements=acknowledged((*incident.acknowledgements, part)))
