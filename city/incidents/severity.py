"""A person's severity instead of the judged one, for as long as nothing worse comes than what the person saw."""

import msgspec

from city.incidents.handling import Done, because
from city.incidents.life import judged
from city.incidents.model import Command, Moment, Tracked
from schemas.errors import Invalid
from schemas.incidents import Incident, Override
from schemas.sentences import say
from schemas.signals import SEVERITIES


def override(tracked: Tracked, command: Command, moment: Moment) -> Done:
    """`severity` holds from now on; null takes an override back. Raises Invalid without a reason."""
    before = tracked.incident.override
    if command.severity is None:
        if before is None:
            raise Invalid(say("severity_judged"), field="severity")
        return tracked, msgspec.structs.replace(tracked.incident, severity=before.judged, override=None), "updated"
    if command.severity not in SEVERITIES:
        raise Invalid(say("none_of", known=", ".join(SEVERITIES)), field="severity")
    present = before.judged if before else tracked.incident.severity
    said = Override(
        severity=command.severity,
        judged=present,
        judged_then=present,
        by=moment.by,
        at=moment.now,
        reason=because(command),
    )
    return tracked, _with(tracked.incident, said), "updated"


def _with(incident: Incident, said: Override) -> Incident:
    return judged(msgspec.structs.replace(incident, severity=said.judged, override=said))
