"""What the clock does: an incident whose hold-down has passed resolves, a resolved one closes at last."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from city.incidents.change import change
from city.incidents.deadlines import escalated, told
from city.incidents.flaps import CALM, calm
from city.incidents.life import returned
from city.incidents.model import (
    CLOSE,
    ESCALATE,
    RESOLVE,
    UNSHELVE,
    Moment,
    Outcome,
    State,
    Tracked,
    timer_kind,
    with_timer,
)
from schemas.incidents import CLOSED, RESOLVED, Incident

REOPENS_FOR = timedelta(hours=24)
"""So long after it resolved an incident reopens; then it closes for good, and what comes later opens a new one."""

Fired = tuple[Tracked, Incident, str]
"""The incident without the timer, what it says now, and the kind of the change."""


def fire(state: State, clock: datetime, moment: Moment) -> Outcome:
    """The changes of everything that is due at `clock` (event time), earliest first."""
    outcome = Outcome()
    due = [
        (at, tracked.incident.id, name)
        for tracked in state.incidents.values()
        for name, at in tracked.timers.items()
        if at <= clock and not tracked.over
    ]
    for at, incident, name in sorted(due):
        tracked = outcome.incidents.get(incident) or state.incidents[incident]
        does = FIRES.get(timer_kind(name))
        if does is not None and tracked.timers.get(name) == at:
            waiting, after, kind = does(with_timer(tracked, name, None), name, at)
            outcome.add(*change(waiting, after, kind, moment, **told(name, after)))
    return outcome


def resolved(tracked: Tracked, at: datetime) -> tuple[Tracked, Incident]:
    """Resolved at `at`; it will close by itself."""
    waiting = closing(with_timer(tracked, RESOLVE, None), at)
    return waiting, msgspec.structs.replace(tracked.incident, state=RESOLVED, resolved_at=at)


def closing(tracked: Tracked, resolved_at: datetime) -> Tracked:
    """With the time at which one that resolved then closes."""
    return with_timer(tracked, CLOSE, resolved_at + REOPENS_FOR)


def closed(tracked: Tracked, at: datetime) -> tuple[Tracked, Incident]:
    """Closed at `at`, which resolves what was not: nothing is due any more."""
    resolved_at = tracked.incident.resolved_at or at
    after = msgspec.structs.replace(tracked.incident, state=CLOSED, resolved_at=resolved_at, shelved=None)
    return msgspec.structs.replace(tracked, timers={}), after


def _resolve(tracked: Tracked, _: str, at: datetime) -> Fired:
    return *resolved(tracked, at), "resolved"


def _close(tracked: Tracked, _: str, at: datetime) -> Fired:
    return *closed(tracked, at), "closed"


def _unshelve(tracked: Tracked, _: str, at: datetime) -> Fired:
    return *returned(tracked), "returned"


def _escalate(tracked: Tracked, name: str, _: datetime) -> Fired:
    return tracked, escalated(tracked, name), "escalated"


FIRES: dict[str, Callable[[Tracked, str, datetime], Fired]] = {
    RESOLVE: _resolve,
    CLOSE: _close,
    UNSHELVE: _unshelve,
    ESCALATE: _escalate,
    CALM: calm,
}
"""Kind of timer → what it does, given the incident without it, its name, and the event time it was set for."""
