"""Which incidents are suppressed: every active member is covered by a silence or works, itself or through its cause."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from city.incidents.change import change
from city.incidents.deadlines import watched
from city.incidents.figures import ended_at, holding
from city.incidents.model import Moment, Outcome, State, Tracked
from city.suppression import Standing
from schemas.incidents import Incident
from schemas.links import Explanation
from schemas.signals import ACTIVE, Signal
from schemas.suppression import SILENCE, Suppressed, Suppression, Window

MOST_NAMED = 20
SUPPRESSED, RETURNED, UPDATED = "suppressed", "returned", "updated"
Covered = dict[str, dict[str, str | None]]
"""Signal → window → the signal of the cause through which it is covered (None: it is matched itself)."""


class Judged(msgspec.Struct, frozen=True):
    """What came out for the incidents that were looked at."""

    outcome: Outcome
    held: dict[str, list[Suppression]]
    """Incident → everything of it that is covered now, or was when it ended."""


def suppress(state: State, outcome: Outcome, names: Iterable[str], standing: Standing, moment: Moment) -> Judged:
    """The outcome with what silences and works make of these incidents, of which `state` (after it) holds every group.

    A change that the outcome already has says it along; else the incident gets one, if anything is new.
    """
    groups: dict[str, list[Explanation]] = {name: [] for name in names}
    for group, incident in state.assigned.items():
        if incident in groups and group in state.groups:
            groups[incident].append(state.groups[group])
    made, held = Outcome().then(outcome), {}
    for name, found in sorted(groups.items()):
        tracked = made.incidents.get(name) or state.incidents.get(name)
        if tracked is None or tracked.over or not (standing or _is_said(tracked.incident)):
            continue
        counting = counting_of(found)
        covered = covering(found, {signal.id for signal in counting}, standing)
        after = said_of(tracked.incident, counting, covered, standing)
        if after != tracked.incident:
            _tell(made, tracked, after, moment) if _loud(tracked.incident, after) else _note(made, tracked, after)
        news = after.suppressed_count or after.suppressed != tracked.incident.suppressed
        told = covered if news else ()  # what is over is covered no more, once it was said that it was
        held[name] = [one for signal in told for one in _suppressions(signal, covered[signal], standing)]
    return Judged(made, held)


def _is_said(incident: Incident) -> bool:
    """Something covers it, or did when its last member ended: that counts no more once one burns again."""
    return incident.suppressed is not None or bool(incident.suppressed_count)


def counting_of(groups: list[Explanation]) -> list[Signal]:
    """The active members; once there are none, those that ended last, which alone were active at the end."""
    members = holding([signal for one in groups for signal in one.signals])
    active = [signal for signal in members if signal.state == ACTIVE]
    if active or not members:
        return active
    last = max(map(ended_at, members))
    return [signal for signal in members if ended_at(signal) == last]


def covering(groups: list[Explanation], counting: set[str], standing: Standing) -> Covered:
    """Which of the counting members are covered, and how."""
    return Covering({one.group: one for one in groups}, counting, standing).all()


class Covering:
    """Walks from causes to effects."""

    def __init__(self, groups: dict[str, Explanation], counting: set[str], standing: Standing) -> None:
        self._groups, self._counting, self._standing = groups, counting, standing
        self._covered: Covered = {}
        self._done: set[str] = set()

    def all(self) -> Covered:
        """Signal → what covers it."""
        for group in self._groups.values():
            if group.group not in self._done and any(signal.id in self._counting for signal in group.signals):
                self._cover(group)
        return self._covered

    def _cover(self, group: Explanation) -> None:
        """Its cause first, then itself; what covers an active cause covers its effects, where it says so."""
        self._done.add(group.group)
        through = self._through(group)
        for signal in group.signals:
            direct = self._standing.covering(signal) if signal.id in self._counting else ()
            if direct or (through and signal.id in self._counting):
                found: dict[str, str | None] = {
                    window: by for window, by in through.items() if self._standing.covers_effect(window, signal.kind)
                }
                found |= {window.id: None for window in direct}
                if found:
                    self._covered[signal.id] = found

    def _through(self, group: Explanation) -> dict[str, str]:
        """What covers the cause of a group → the signal of the cause."""
        cause = self._groups.get(group.parent_group or "")
        if cause is None:
            return {}
        if cause.group not in self._done:
            self._cover(cause)
        return {window: signal.id for signal in cause.signals for window in self._covered.get(signal.id, ())}


def said_of(incident: Incident, counting: list[Signal], covered: Covered, standing: Standing) -> Incident:
    """The incident with what its coverage says.

    Once no member is active it is what it was at the end, as far as is known by now: what is told late comes to what it
    would have come to in time. By what nobody remembers any more it stays suppressed.
    """
    said, count = incident.suppressed, sum(signal.id in covered for signal in counting)
    whole = _whole([covered[signal.id] for signal in counting], standing) if 0 < count == len(counting) else None
    if any(signal.state == ACTIVE for signal in counting):
        return msgspec.structs.replace(incident, suppressed=whole, suppressed_count=count)
    forgotten = said is not None and not all(map(standing.knows, said.by))
    return msgspec.structs.replace(incident, suppressed=said if forgotten else whole, suppressed_count=0)


def _whole(covered: list[dict[str, str | None]], standing: Standing) -> Suppressed:
    """All are covered: by what, and until the first of them returns."""
    windows = {name: standing.window(name) for one in covered for name in one}
    until = min(max(windows[name].ends_at for name in one) for one in covered)
    ordered = sorted(windows.values(), key=lambda one: (-one.ends_at.timestamp(), one.id))
    why, why_vi = words_of(ordered[0], until, standing)
    return Suppressed(by=tuple(one.id for one in ordered[:MOST_NAMED]), until=until, why=why, why_vi=why_vi)


def words_of(window: Window, until: datetime, standing: Standing) -> tuple[str, str]:
    """E.g. "Silenced by lan until 14:30 01/05/2026: test of the feeder"."""
    at = until.astimezone(standing.words.time_zone).strftime("%H:%M %d/%m/%Y")
    if window.kind == SILENCE:
        said = f"Silenced by {window.owner} until {at}", f"{window.owner} tạm dừng báo đến {at}"
    else:
        said = f"Planned works of {window.owner} until {at}", f"Công việc theo kế hoạch của {window.owner} đến {at}"
    return f"{said[0]}: {window.reason}", f"{said[1]}: {window.reason}"


def _suppressions(signal: str, by: dict[str, str | None], standing: Standing) -> Iterable[Suppression]:
    for name, through in sorted(by.items()):
        window = standing.window(name)
        why, why_vi = words_of(window, window.ends_at, standing)
        if through is not None:
            why, why_vi = f"{why} (as its cause)", f"{why_vi} (như nguyên nhân của nó)"
        yield Suppression(signal=signal, window=name, through=through, until=window.ends_at, why=why, why_vi=why_vi)


def _loud(before: Incident, after: Incident) -> bool:
    """Whether it is a change: not while only the turns of what flaps are counted."""
    return not before.flapping or before.suppressed != after.suppressed


def _note(outcome: Outcome, tracked: Tracked, after: Incident) -> None:
    outcome.incidents[after.id] = msgspec.structs.replace(tracked, incident=after)


def _tell(outcome: Outcome, tracked: Tracked, after: Incident, moment: Moment) -> None:
    """Says it with the last change that the outcome has of the incident, else with one of its own."""
    kind = _kind(tracked.incident, after)
    places = [number for number, one in enumerate(outcome.changes) if one.incident_id == after.id]
    if not places:
        outcome.add(*change(tracked, after, kind, moment))
        return
    tracked, after = watched(tracked, after, moment)
    said = outcome.changes[places[-1]]
    kind = kind if said.kind == UPDATED else said.kind
    outcome.changes[places[-1]] = msgspec.structs.replace(said, kind=kind, incident=after)
    outcome.incidents[after.id] = msgspec.structs.replace(tracked, incident=after)


def _kind(before: Incident, after: Incident) -> str:
    if (before.suppressed is None) == (after.suppressed is None):
        return UPDATED
    return RETURNED if after.suppressed is None else SUPPRESSED
