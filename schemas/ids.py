"""Ids that derive from what they name, so that a replay makes the same ones."""

from datetime import datetime
from hashlib import blake2b

from schemas.times import rfc3339


def digest(*parts: str) -> str:
    """20 hex characters (80 bits) of BLAKE2b over the parts, unambiguous in where each ends."""
    return blake2b("\x1f".join(parts).encode(), digest_size=10).hexdigest()


def report_asset(source: str, event_id: str) -> str:
    """`report-…`: what the signal of a citizen's report, by source and id of its event, is raised at."""
    return "report-" + digest(source, event_id)


def signal_id(asset: str, kind: str, raised_at: datetime) -> str:
    """`sig-…` of (asset, kind, raised_at): a repeated judgement gives the same id (DESIGN D2)."""
    return "sig-" + digest(asset, kind, rfc3339(raised_at))


def incident_id(anchor_signal: str) -> str:
    """`inc-…` of the anchor signal of the group that first opened the incident."""
    return "inc-" + digest(anchor_signal)
