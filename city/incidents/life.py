"""How an incident goes on when its tree has changed: state, reopening, settling, what becomes due."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from city.checklist import merged as merged_checklists
from city.incidents.deadlines import joined as joined_dues
from city.incidents.figures import root_of
from city.incidents.model import CLOSE, RESOLVE, UNSHELVE, Moment, Tracked, with_timer
from city.incidents.trees import Tree
from schemas.incidents import (
    ACKNOWLEDGED,
    IN_PROGRESS,
    LIVE_STATES,
    MERGED,
    OPEN,
    RESOLVED,
    Acknowledgement,
    Incident,
    Shelved,
)
from schemas.signals import severity_rank

ADVANCE = {RESOLVED: -1, OPEN: 0, ACKNOWLEDGED: 1, IN_PROGRESS: 2}
"""Of two incidents that become one, the further one's state holds; a resolved one does not hold a live one back."""


def opened(incident_id: str, tree: Tree, fields: dict[str, Any], moment: Moment) -> Tracked:
    """A new incident, before its first version."""
    incident = Incident(
        id=incident_id,
        version=0,
        state=OPEN,
        updated_at=moment.now,
        follows=tree.follows,
        settled_at=settled_at(None, tree, moment.now),
        **fields,
    )
    return Tracked(incident=incident, region=tree.groups[0].region, created_at=moment.now)


def settled_at(before: datetime | None, tree: Tree, now: datetime) -> datetime | None:
    """Until when sound and webhooks wait; None once nothing can explain the root any more."""
    settle_s = root_of(tree)[0].settle_s
    if settle_s <= 0:
        return before if before is not None and before <= now else None
    return before or now + timedelta(seconds=settle_s)


def with_due(tracked: Tracked, clears_at: datetime | None) -> Tracked:
    """When it resolves by itself; an incident that stays resolved keeps what was due."""
    if tracked.incident.state == RESOLVED:
        return tracked
    return with_timer(with_timer(tracked, CLOSE, None), RESOLVE, clears_at)


def reopens(before: Incident, after_active: int, new_active: bool, began_at: datetime | None) -> bool:
    """Whether an incident that is resolved comes back: something burns that did not then, or has burned since.

    `began_at`: when the last of what is new began; it may have ended within the same batch.
    """
    burns = after_active > 0 and (before.active_count == 0 or new_active)
    return burns or (began_at is not None and before.resolved_at is not None and began_at > before.resolved_at)


def reopened(incident: Incident) -> Incident:
    """Open again, to be acknowledged anew; who works on it stays."""
    return msgspec.structs.replace(incident, state=OPEN, resolved_at=None, acknowledged_by=None, acknowledgements=())


def returned(tracked: Tracked) -> tuple[Tracked, Incident]:
    """Off the shelf: what still burns has to be acknowledged anew (ISA-18.2)."""
    after = msgspec.structs.replace(tracked.incident, shelved=None)
    burns = after.state in LIVE_STATES and after.active_count > 0
    return with_timer(tracked, UNSHELVE, None), reopened(after) if burns else after


def judged(incident: Incident) -> Incident:
    """An incident whose `severity` is the judged one, with the person's in its place while that holds."""
    said = incident.override
    if said is None:
        return incident
    rank = severity_rank(incident.severity)
    if rank < severity_rank(said.judged_then) and rank < severity_rank(said.severity):
        return msgspec.structs.replace(incident, override=None)
    override = msgspec.structs.replace(said, judged=incident.severity)
    return msgspec.structs.replace(incident, severity=said.severity, override=override)


def worse_than_shelved(incident: Incident) -> bool:
    """Whether it is worse now than it was when a person shelved it."""
    shelf = incident.shelved
    return shelf is not None and severity_rank(incident.severity) < severity_rank(shelf.severity)


def acknowledged(parts: Iterable[Acknowledgement]) -> tuple[Acknowledgement, ...]:
    """Of each agency the latest acknowledgement, in the order given."""
    return tuple({one.agency: one for one in parts}.values())


def with_merged(survivor: Tracked, merged: tuple[Tracked, ...]) -> Tracked:
    """The survivor with what people did on those that came in: state, assignee, acknowledgement, timers."""
    if not merged:
        return survivor
    all_of = [survivor, *merged]
    incidents = [one.incident for one in all_of]
    furthest = max(incidents, key=lambda one: ADVANCE.get(one.state, 0))
    incident = msgspec.structs.replace(
        survivor.incident,
        state=furthest.state,
        resolved_at=furthest.resolved_at,
        assignee=next((one.assignee for one in incidents if one.assignee), None),
        acknowledged_by=next((one.acknowledged_by for one in incidents if one.acknowledged_by), None),
        acknowledgements=acknowledged(part for one in reversed(incidents) for part in one.acknowledgements),
        override=next((one.override for one in incidents if one.override), None),
        shelved=_shelf(incidents),
        acknowledge_due=joined_dues([one.acknowledge_due for one in incidents]),
        resolve_due=joined_dues([one.resolve_due for one in incidents]),
        overrules=tuple(sorted((said for one in incidents for said in one.overrules), key=lambda said: said.at)),
    )
    shelf = incident.shelved
    timers = _earliest(all_of)
    joined = msgspec.structs.replace(
        survivor,
        incident=incident,
        acted=any(one.acted for one in all_of),
        timers=timers,
        checklist=merged_checklists([one.checklist for one in all_of]),
    )
    return with_timer(joined, UNSHELVE, shelf.until if shelf else None)


def elsewhere(incident: Incident, merged: tuple[Tracked, ...]) -> str | None:
    """Who else worked on what came in: an incident has one assignee, and nobody is forgotten."""
    others = [one.incident for one in merged if one.incident.assignee not in (None, incident.assignee)]
    return "; ".join(f"{one.assignee} worked on {one.id}" for one in others) or None


def _shelf(incidents: list[Incident]) -> Shelved | None:
    """What one part burns openly for is not hidden by the shelf of another."""
    shelves = [one.shelved for one in incidents if one.shelved]
    return min(shelves, key=lambda shelf: shelf.until) if len(shelves) == len(incidents) else None


def _earliest(all_of: list[Tracked]) -> dict[str, datetime]:
    """Every timer at its earliest; when one resolves and closes is the survivor's own affair."""
    found: dict[str, datetime] = {}
    for one in all_of[1:]:
        for name, at in one.timers.items():
            if name not in (RESOLVE, CLOSE):
                found[name] = min(at, found.get(name, at))
    mine = all_of[0].timers
    return {**found, **{name: min(at, found.get(name, at)) for name, at in mine.items()}}


def gone_into(tracked: Tracked, survivor: str) -> tuple[Tracked, Incident]:
    """A merged incident: final, it answers with where it went."""
    after = msgspec.structs.replace(tracked.incident, state=MERGED, merged_into=survivor, shelved=None)
    return msgspec.structs.replace(tracked, timers={}), after
