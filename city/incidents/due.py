"""What the clock does: an incident whose hold-down has passed resolves, a resolved one closes at last."""

from datetime import datetime, timedelta

import msgspec

from city.incidents.change import change
from city.incidents.model import CLOSE, RESOLVE, Moment, Outcome, State, Tracked
from schemas.incidents import CLOSED, RESOLVED, Incident

REOPENS_FOR = timedelta(hours=24)
"""So long after it resolved an incident reopens; then it closes for good, and what comes later opens a new one."""


def fire(state: State, clock: datetime, moment: Moment) -> Outcome:
    """The changes of everything that is due at `clock` (event time), earliest first."""
    outcome = Outcome()
    due = [one for one in state.incidents.values() if one.due_at is not None and one.due_at <= clock and not one.over]
    for tracked in sorted(due, key=lambda one: (one.due_at or clock, one.incident.id)):
        if tracked.due == RESOLVE:
            outcome.add(*change(*resolved(tracked, tracked.due_at or clock), "resolved", moment))
        else:
            outcome.add(*change(*closed(tracked), "closed", moment))
    return outcome


def resolved(tracked: Tracked, at: datetime) -> tuple[Tracked, Incident]:
    """Resolved at `at`; it will close by itself."""
    waiting = msgspec.structs.replace(tracked, due=CLOSE, due_at=at + REOPENS_FOR)
    return waiting, msgspec.structs.replace(tracked.incident, state=RESOLVED, resolved_at=at)


def closed(tracked: Tracked) -> tuple[Tracked, Incident]:
    """Closed: nothing is due any more."""
    return msgspec.structs.replace(tracked, due=None, due_at=None), msgspec.structs.replace(
        tracked.incident, state=CLOSED
    )
