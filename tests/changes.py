"""A change of an incident, for tests of those who are told of it."""

from datetime import UTC, datetime

import msgspec

from schemas.incidents import Change, Incident

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def a_change(**changes: object) -> Change:
    """Version 3 of an incident, updated; `changes` are fields of the incident."""
    incident = Incident(
        id="inc-1",
        version=3,
        state="open",
        severity="major",
        title="Power outage",
        title_vi="Mất điện",
        kind="power.outage",
        domain="power",
        area=None,
        zones=("z1", "z2"),
        agencies=("power", "transport"),
        position=(106.7, 11.0),
        signal_count=2,
        active_count=2,
        root_signal="sig-1",
        root_asset="feeder-1",
        suspected=False,
        opened_at=NOW,
        updated_at=NOW,
    )
    incident = msgspec.structs.replace(incident, **changes)
    return Change(
        incident_id="inc-1", version=3, previous_version=2, kind="updated", at=NOW, by="center", incident=incident
    )
