"""When incidents called for the operator: what reached him, not what was measured (EEMUA 191)."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby

import msgspec

TURNING = ("opened", "reopened", "merged", "split", "returned", "shelved", "suppressed", "resolved", "closed")
"""Kinds of changes after which an incident may stand before the operator, or not any more."""
JOINING = ("updated", "moved")
"""Kinds of changes after which it may name agencies that it did not name before."""


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """One incident after one change of a kind in TURNING, or in JOINING."""

    incident: str
    at: datetime
    stands: bool
    """It lives and is neither shelved nor suppressed."""
    settled_at: datetime | None = None
    severity: str
    kind: str
    asset: str | None
    agencies: tuple[str, ...] = ()


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """An incident began, or began anew, to stand before the operator."""

    incident: str
    at: datetime
    """When it could sound: what ends before it has settled has called nobody."""
    until: datetime | None
    """When it was resolved, closed, merged into another, shelved or suppressed, or left the desk; None: it stands."""
    severity: str
    kind: str
    asset: str | None


def calls(turns: Iterable[Turn], agency: str | None = None) -> list[Call]:
    """The calls of all incidents in time; the turns of each incident come together and in order.

    `agency`: those at its desk, where an incident stands from when it names the agency, maybe long after it opened.
    """
    found = [call for _, own in groupby(turns, key=lambda turn: turn.incident) for call in _calls(own, agency)]
    return sorted(found, key=lambda call: (call.at, call.incident))


def _calls(turns: Iterable[Turn], agency: str | None) -> Iterable[Call]:
    began: Turn | None = None
    for turn in turns:
        stands = turn.stands and (agency is None or agency in turn.agencies)
        if began is None and stands:
            began = turn
        elif began is not None and not stands:
            yield from _call(began, turn.at)
            began = None
    if began is not None:
        yield from _call(began, None)


def _call(began: Turn, until: datetime | None) -> Iterable[Call]:
    at = max(began.at, began.settled_at or began.at)
    if until is None or at < until:
        yield Call(
            incident=began.incident,
            at=at,
            until=until,
            severity=began.severity,
            kind=began.kind,
            asset=began.asset,
        )
