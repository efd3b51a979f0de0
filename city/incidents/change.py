"""Makes one change of one incident: the next version, whole."""

from typing import Any

import msgspec

from city.incidents.deadlines import watched
from city.incidents.model import Moment, Tracked
from schemas.incidents import Change, Incident

BINDING = ("merged", "split")
"""Changes of the machine that a command must have seen."""


def change(tracked: Tracked, after: Incident, kind: str, moment: Moment, **details: Any) -> tuple[Tracked, Change]:
    """The incident as `after` in its next version, and the change that tells of it; `details` are Change's."""
    version = tracked.incident.version + 1
    updated_at = max(moment.now, tracked.incident.updated_at)
    tracked, after = watched(tracked, after, moment)
    incident = msgspec.structs.replace(after, version=version, updated_at=updated_at)
    made = Change(
        incident_id=incident.id,
        version=version,
        previous_version=tracked.incident.version,
        kind=kind,
        at=updated_at,
        incident=incident,
        oldest_sent_ms=moment.sent_ms,
        by=moment.by,
        **details,
    )
    bound = version if kind in BINDING else tracked.command_version
    return msgspec.structs.replace(tracked, incident=incident, command_version=bound), made
