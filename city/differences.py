"""What is different between two pictures of one history: incidents that appear, vanish, merge, split or change."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from city.counterparts import brief
from city.history import Picture
from city.reasons import reasons
from schemas.backtests import (
    APPEARS,
    CHANGES,
    MERGES,
    SIGNALS,
    SPLITS,
    VANISHES,
    Difference,
    FieldChange,
    IncidentBrief,
)
from schemas.incidents import Incident
from schemas.links import Explanation
from schemas.signals import Signal

COMPARED = ("kind", "severity", "root_asset", "root_signal", "suspected", "opened_at")


def differences(before: Picture, after: Picture) -> list[Difference]:
    """Every difference, in the order in which the first incident of each opened."""
    return Comparison(before, after).found()


class Comparison:
    """Incidents of both sides are the same as far as they share signals."""

    def __init__(self, before: Picture, after: Picture) -> None:
        self._before, self._after = before, after
        self._came_from: dict[str, Counter[str]] = defaultdict(Counter)
        self._went_to: dict[str, Counter[str]] = defaultdict(Counter)
        then, now = before.signals, after.signals
        for signal in then.keys() & now.keys():
            self._came_from[now[signal]][then[signal]] += 1
            self._went_to[then[signal]][now[signal]] += 1

    def found(self) -> list[Difference]:
        """All of them."""
        told = [one for name in self._after.incidents for one in self._of_after(name)]
        told += [one for name in self._before.incidents for one in self._of_before(name)]
        return sorted(told, key=lambda one: (_first(one).opened_at, _first(one).id, one.what))

    def _of_after(self, name: str) -> Iterable[Difference]:
        sources = self._came_from.get(name, Counter())
        if not sources:
            yield self._told(APPEARS, [], [name])
        elif len(sources) > 1:
            yield self._told(MERGES, list(sources), [name])
        elif len(self._went_to[(source := next(iter(sources)))]) == 1:
            fields = self._fields(source, name)
            if fields:
                yield self._told(CHANGES, [source], [name], fields)

    def _of_before(self, name: str) -> Iterable[Difference]:
        destinations = self._went_to.get(name, Counter())
        if not destinations:
            yield self._told(VANISHES, [name], [])
        elif len(destinations) > 1:
            yield self._told(SPLITS, [name], list(destinations))

    def _fields(self, before: str, after: str) -> tuple[FieldChange, ...]:
        then, now = self._before.incidents[before], self._after.incidents[after]
        changed = [
            FieldChange(field=field, before=getattr(then, field), after=getattr(now, field))
            for field in COMPARED
            if getattr(then, field) != getattr(now, field)
        ]
        old, new = (
            set(_ids(side[name])) for side, name in ((self._before.groups, before), (self._after.groups, after))
        )
        if old != new:
            changed.append(FieldChange(field="signals", before=sorted(old - new), after=sorted(new - old)))
        return tuple(changed)

    def _told(self, what: str, before: list[str], after: list[str], fields: tuple[FieldChange, ...] = ()) -> Difference:
        then = [group for name in before for group in self._before.groups[name]]
        now = [group for name in after for group in self._after.groups[name]]
        return Difference(
            what=what,
            before=_briefs(self._before, before),
            after=_briefs(self._after, after),
            fields=fields,
            reasons=reasons(then, now, (self._before.signals, self._after.signals), self._after.teller),
        )


def counts(found: Iterable[Difference]) -> dict[str, int]:
    """How many of each kind."""
    return dict(Counter(one.what for one in found))


def _first(one: Difference) -> IncidentBrief:
    return (one.before or one.after)[0]


def _ids(groups: list[Explanation]) -> Iterable[str]:
    return (signal.id for group in groups for signal in group.signals)


def _briefs(picture: Picture, names: list[str]) -> tuple[IncidentBrief, ...]:
    found = [_brief(picture.incidents[name], picture.groups[name]) for name in names]
    return tuple(sorted(found, key=lambda one: (one.opened_at, one.id)))


def _brief(incident: Incident, groups: list[Explanation]) -> IncidentBrief:
    members = sorted((signal for group in groups for signal in group.signals), key=_age)
    return IncidentBrief(
        signals=tuple(brief(one) for one in members[:SIGNALS]),
        id=incident.id,
        kind=incident.kind,
        severity=incident.severity,
        title=incident.title,
        title_vi=incident.title_vi,
        opened_at=incident.opened_at,
        root_asset=incident.root_asset,
        root_signal=incident.root_signal,
        suspected=incident.suspected,
        signal_count=incident.signal_count,
    )


def _age(signal: Signal) -> tuple[object, str]:
    return signal.raised_at, signal.id
