"""What two worlds, or two orders of arrival, must agree on in the end."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from schemas.incidents import Change, Incident
from schemas.signals import Signal


class Member(msgspec.Struct, frozen=True):
    """A signal of an incident."""

    asset: str
    kind: str
    raised_at: datetime
    cleared_at: datetime | None
    severity: str


class Content(msgspec.Struct, frozen=True):
    """What an incident is, whatever its id."""

    kind: str
    root_asset: str | None
    state: str
    severity: str
    suspected: bool
    suppressed: bool
    opened_at: datetime
    resolved_at: datetime | None
    members: tuple[Member, ...]
    doubts: tuple[tuple[str, str, str, bool], ...]
    """Of each candidate: signal, rule, reason, and whether it names an incident."""


class Picture(msgspec.Struct, frozen=True):
    """Every incident that still has members, and what each id that was told leads to.

    Without the ids of incidents that signals left again, and of what those opened: a report that came before the crash
    opens the incident, and the id stays with the crash when the report leaves; the other way round it is the report's.
    """

    contents: list[Content]
    by_id: dict[str, Content]

    @classmethod
    def of(
        cls, every: Iterable[Incident], signals: Mapping[str, Sequence[Signal]], changes: Iterable[Change]
    ) -> "Picture":
        """`signals`: of each incident that is not merged away; `changes`: all there were."""
        known = {one.id: one for one in every}
        left = {one.incident_id for one in changes if one.moved_to or (one.kind == "opened" and one.moved_from)}
        found = {
            name: _content(one, signals[name]) for name, one in known.items() if not one.merged_into and signals[name]
        }
        ways = {name: _way(name, known) for name in known}
        return cls(
            sorted(found.values(), key=_place),
            {name: found[way[-1]] for name, way in ways.items() if way[-1] in found and left.isdisjoint(way)},
        )

    def differs_from(self, other: "Picture") -> str:
        """What is here and not there, in words; "" when both agree.

        Which of several ids survives depends on which was published first; what each leads to does not.
        """
        mine = [one for one in self.contents if one not in other.contents]
        theirs = [one for one in other.contents if one not in self.contents]
        elsewhere = [name for name in self.by_id.keys() & other.by_id.keys() if self.by_id[name] != other.by_id[name]]
        if not mine and not theirs and not elsewhere and len(self.contents) == len(other.contents):
            return ""
        return f"only here: {_lines(mine)}\nonly there: {_lines(theirs)}\nids that lead elsewhere: {elsewhere}"


def told(incidents: Iterable[Incident]) -> str:
    """Incidents in a line, for a failure."""
    return "; ".join(f"{one.state} {one.kind} at {one.root_asset} ({one.signal_count})" for one in incidents)


def _content(one: Incident, signals: Sequence[Signal]) -> Content:
    members = [Member(s.asset, s.kind, s.raised_at, s.cleared_at, s.severity) for s in signals]
    return Content(
        kind=one.kind,
        root_asset=one.root_asset,
        state=one.state,
        severity=one.severity,
        suspected=one.suspected,
        suppressed=one.suppressed is not None,
        opened_at=one.opened_at,
        resolved_at=one.resolved_at,
        doubts=tuple(
            sorted((doubt.signal, doubt.rule, doubt.reason, bool(doubt.incident)) for doubt in one.candidates)
        ),
        members=tuple(sorted(members, key=lambda member: (member.asset, member.kind, member.raised_at))),
    )


def _place(one: Content) -> tuple[datetime, str, str]:
    return one.opened_at, one.kind, one.root_asset or ""


def _way(name: str, known: Mapping[str, Incident]) -> list[str]:
    """The id and those it went into, one after the other."""
    way = [name]
    while name in known and (onward := known[name].merged_into) is not None and onward not in way:
        way.append(name := onward)
    return way


def _lines(contents: Sequence[Content]) -> str:
    return "".join(
        f"\n  {one.state} {one.kind} at {one.root_asset} ({one.severity}) since {one.opened_at:%H:%M:%S}, "
        f"resolved {one.resolved_at}{', suppressed' * one.suppressed}: "
        + ", ".join(f"{m.kind} {m.asset} {m.raised_at:%H:%M:%S}-{m.cleared_at or ''}" for m in one.members)
        + "".join(f"; {signal} {rule} {reason} {named}" for signal, rule, reason, named in one.doubts)
        for one in contents
    )
