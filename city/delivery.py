"""What a webhook delivery is and when it is tried again: pure, as Standard Webhooks 1.0.0 asks."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import msgspec

from schemas.ids import digest
from schemas.incidents import LIVE_STATES, Change, Incident
from schemas.sentences import Sentence, say
from schemas.times import rfc3339

RETRY_DELAYS_S = (0.0, 5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
"""Seconds before each attempt after the one before it: the example of Standard Webhooks 1.0.0; 75 h 35 min 5 s."""
JITTER = 0.2
"""A delay is stretched or shortened by up to this share, so that failed deliveries do not return in step."""
RETRY_AFTER_LIMIT_S = 86_400.0
DISABLE_AFTER_S = 5 * 86_400.0
"""An endpoint that has only failed for so long is disabled."""

WEBHOOK, EMAIL, MESSAGE = FORMS = ("webhook", "email", "message")
"""Forms of endpoints: systems are told by signed POSTs, people by mail or through a gateway of short messages."""
WAYS = {EMAIL: "email", MESSAGE: "phone"}
"""Form of an endpoint for people → the field of a turn of duty that says where it reaches them."""
DELIVERED, RETRY, GONE, HOPELESS = "delivered", "retry", "gone", "hopeless"
THROTTLING = (429, 502, 504)
QUIET_KINDS = ("opened", "updated", "acknowledged", "reopened", "moved")
"""Changes of a shelved incident that nobody is told of; its ends, its way onto the shelf and back are told."""
SAY, SKIP, TAKE_BACK = "say", "skip", "take_back"
ENDS = ("suppressed", "resolved", "closed", "merged")
"""What is said of a suppressed incident to those who know of it: that it is, and that it is over."""
FILTERS = ("kinds", "severity", "domain", "agency", "zone", "state")
FOR_PEOPLE = {"kinds": ["opened", "escalated", "resolved"], "severity": ["critical", "major"]}
"""What people are told unless somebody chooses otherwise."""


def message_id(endpoint: str, incident: str, version: int) -> str:
    """`webhook-id`: stable over retries and replays of one change to one endpoint; never contains a full stop."""
    return "msg_" + digest(endpoint, incident, str(version))


def payload(change: Change) -> bytes:
    """The body, serialised once: `{"type", "timestamp", "data"}`; these bytes are stored, signed, sent and replayed."""
    body = {"type": f"incident.{change.kind}", "timestamp": rfc3339(change.at), "data": change}
    return msgspec.json.encode(body)


def probe(now: datetime) -> bytes:
    """The body of a test event, which tells of no incident: `{"type": "center.test", "timestamp", "data": {}}`."""
    return msgspec.json.encode({"type": "center.test", "timestamp": rfc3339(now), "data": {}})


def _any(wanted: Sequence[str], present: Sequence[str | None]) -> bool:
    return not wanted or not set(wanted).isdisjoint(present)


def matches(filters: Mapping[str, Sequence[str]], change: Change, agency: str | None = None) -> bool:
    """Whether an endpoint with these filters wants the change; an absent or empty filter lets everything through.

    `returned` passes for `opened` too: who was not told before is told now, but for what was resolved on the shelf. A
    shelved incident is quiet. An endpoint of an `agency` gets only what names it, whatever its filters.
    """
    incident = change.incident
    if agency is not None and agency not in incident.agencies:
        return False
    if incident.shelved is not None and change.kind in QUIET_KINDS:
        return False
    back = change.kind == "returned" and incident.state in LIVE_STATES
    present: dict[str, Sequence[str | None]] = {
        "kinds": (change.kind, "opened") if back else (change.kind,),
        "severity": (incident.severity,),
        "domain": (incident.domain,),
        "agency": incident.agencies,
        "zone": incident.zones,
        "state": (incident.state,),
    }
    return all(_any(filters.get(name, ()), present[name]) for name in FILTERS)


def concerns(filters: Mapping[str, Sequence[str]], change: Change, agency: str | None = None, *, known: bool) -> bool:
    """Whether people are told by an endpoint with these filters; `known`: something of the incident was to be said.

    Severity narrows what they hear of first; what escalates they hear whatever it is, and the end of what they know.
    """
    if change.kind in ENDS and not known:
        return False
    if change.kind == "escalated" or change.kind in ENDS:
        filters = {name: values for name, values in filters.items() if name != "severity"}
    return matches(filters, change, agency)


def level_of(incident: Incident) -> int:
    """Up to which level people are told: the first, and one more for each time that it was escalated."""
    return 1 + max((due.level for due in (incident.acknowledge_due, incident.resolve_due) if due), default=0)


def verdict(status: int | None) -> str:
    """What an attempt came to: only 2xx delivers, 410 means never again, all else (3xx too) is tried again."""
    if status is not None and 200 <= status < 300:
        return DELIVERED
    return GONE if status == 410 else RETRY


def retry_after_s(header: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` asks for (RFC 9110 §10.2.3: seconds or a date), 0 to one day; junk is None."""
    if not header:
        return None
    if header.isascii() and header.strip().isdigit():
        return min(float(header), RETRY_AFTER_LIMIT_S)
    try:
        until = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    wait = (until.replace(tzinfo=until.tzinfo or UTC) - now).total_seconds()
    return min(max(wait, 0.0), RETRY_AFTER_LIMIT_S)


def next_delay_s(attempts: int, chance: float, asked_s: float | None = None) -> float | None:
    """Seconds until the next attempt after `attempts` failed ones; None when the schedule is exhausted.

    `chance` in 0..1 spreads the delay by JITTER; the receiver's own wish (`asked_s`) is never undercut.
    """
    if attempts >= len(RETRY_DELAYS_S):
        return None
    spread = RETRY_DELAYS_S[attempts] * (1 + JITTER * (2 * chance - 1))
    return max(spread, asked_s or 0.0)


def disable_reason(status: int | None, failing_since: datetime | None, now: datetime) -> Sentence | None:
    """Why an endpoint is disabled now, in words for its owner; None while it is not."""
    if status == 410:
        return say("answered_gone")
    if failing_since is not None and (now - failing_since).total_seconds() >= DISABLE_AFTER_S:
        return say("failed_for_days")
    return None


def waits_until(change: Change) -> datetime:
    """The earliest time to send: an incident whose cause may still come is not announced before it has settled."""
    return max(change.at, change.incident.settled_at or change.at)


def saying(change: Change, attempted: bool) -> str:
    """Whether to say a change, to skip it, or to take back what waits of its incident too.

    `attempted`: something of the incident was tried at this endpoint. Taken back is an incident that went into another,
    or that silences or works cover, before anybody was told of it.
    """
    if change.incident.merged_into is not None and not attempted:
        return TAKE_BACK
    if change.incident.suppressed is None:
        return SAY
    if not attempted:
        return TAKE_BACK
    return SAY if change.kind in ENDS else SKIP
