"""Timers for people: how long an incident may wait to be acknowledged and to be resolved, and its escalation."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from city.incidents.model import ESCALATE, Moment, Tracked, with_timer
from schemas.assets import City, Deadlines
from schemas.incidents import LIVE_STATES, OPEN, Due, Incident

ACKNOWLEDGE, RESOLVE = "acknowledge", "resolve"
WATCHED = {ACKNOWLEDGE: ("acknowledge_due", (OPEN,)), RESOLVE: ("resolve_due", LIVE_STATES)}
"""What people are to do → the field of Incident that says until when, and the states in which it is to be done."""
MINUTE, HOUR = 60.0, 3600.0
DEFAULTS: Mapping[str, Deadlines] = {
    "critical": Deadlines(acknowledge_s=2 * MINUTE, resolve_s=2 * HOUR),
    "major": Deadlines(acknowledge_s=5 * MINUTE, resolve_s=4 * HOUR),
    "minor": Deadlines(acknowledge_s=15 * MINUTE, resolve_s=12 * HOUR),
    "warning": Deadlines(acknowledge_s=60 * MINUTE, resolve_s=24 * HOUR),
}
"""By severity, where the city says nothing (our own choice): an operator acknowledges well within EEMUA 191's ten
minutes an incident; what stands for 24 hours is stale by ISA-18.2."""


def deadlines_of(city: City) -> Mapping[str, Deadlines]:
    """Severity → the city's deadlines over the defaults. A city of recordings has none: nobody sits before the past."""
    return {**DEFAULTS, **city.deadlines} if city.clock == "live" else {}


def watched(tracked: Tracked, incident: Incident, moment: Moment) -> tuple[Tracked, Incident]:
    """An incident as it will be after a change, and its timers, with both deadlines set, kept or taken away."""
    for what in WATCHED:
        tracked, incident = _watched(tracked, incident, what, moment)
    return tracked, incident


def _watched(tracked: Tracked, incident: Incident, what: str, moment: Moment) -> tuple[Tracked, Incident]:
    field, states = WATCHED[what]
    timer, due = f"{ESCALATE}:{what}", getattr(incident, field)
    if incident.state not in states or incident.shelved or incident.suppressed:
        return with_timer(tracked, timer, None), msgspec.structs.replace(incident, **{field: None})
    limits = moment.deadlines.get(incident.severity)
    within = timedelta(seconds=getattr(limits, f"{what}_s") if limits else 0)
    if limits is None or not within:
        return tracked, incident
    fresh = max(moment.now, incident.settled_at or moment.now) + within
    if due is None or (due.level == 0 and fresh < due.at):
        return with_timer(tracked, timer, fresh), msgspec.structs.replace(incident, **{field: Due(at=fresh)})
    if due.level < limits.levels and timer not in tracked.timers:
        return with_timer(tracked, timer, moment.now + within), incident
    return tracked, incident


def escalated(tracked: Tracked, timer: str) -> Incident:
    """One level up: the time of this timer has passed."""
    field, _ = WATCHED[timer.partition(":")[2]]
    due = getattr(tracked.incident, field)
    after = msgspec.structs.replace(due, level=due.level + 1) if due else None
    return msgspec.structs.replace(tracked.incident, **{field: after})


def told(timer: str, after: Incident) -> dict[str, Any]:
    """What the change of an escalation says besides: which deadline has passed, and the level reached."""
    kind, _, what = timer.partition(":")
    if kind != ESCALATE:
        return {}
    due = getattr(after, WATCHED[what][0])
    return {"deadline": what, "level": due.level if due else None}


def joined(dues: list[Due | None]) -> Due | None:
    """Of several incidents that become one, what escalated furthest, else what is due first."""
    return min((due for due in dues if due), key=lambda due: (-due.level, due.at), default=None)
