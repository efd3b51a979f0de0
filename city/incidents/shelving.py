"""Shelving (ISA-18.2): set aside with owner, reason and end, visible, and back by itself."""

from datetime import timedelta

import msgspec

from city.incidents.handling import Done, because
from city.incidents.life import returned
from city.incidents.model import UNSHELVE, Command, Moment, Tracked, with_timer
from schemas.errors import Invalid
from schemas.incidents import Shelved
from schemas.sentences import say

LONGEST = timedelta(days=7)


def shelve(tracked: Tracked, command: Command, moment: Moment) -> Done:
    """Until `until`; of an incident that is shelved already the end moves. Raises Invalid without end or reason."""
    now = moment.event_time
    if command.until is None or not now < command.until <= now + LONGEST:
        raise Invalid(say("say_until"), field="until")
    shelf = Shelved(
        by=moment.by,
        at=moment.now,
        until=command.until,
        reason=because(command),
        severity=tracked.incident.severity,
    )
    waiting = with_timer(tracked, UNSHELVE, command.until)
    return waiting, msgspec.structs.replace(tracked.incident, shelved=shelf), "shelved"


def unshelve(tracked: Tracked, _: Command, moment: Moment) -> Done:
    """Back before its end. Raises Invalid when it is not shelved."""
    if tracked.incident.shelved is None:
        raise Invalid(say("not_shelved"), field="command")
    return *returned(tracked), "returned"
