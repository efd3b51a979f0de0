"""What flaps in an incident is told once: its turns are no changes, and it resolves only once that has calmed down."""

from datetime import UTC, datetime

import msgspec

from city.enrich import Catalogue
from city.flapping import flap_of
from city.incidents.figures import signals_of
from city.incidents.model import Tracked, with_timer
from city.incidents.trees import Tree
from schemas.incidents import RESOLVED, Flap, Incident
from schemas.signals import Signal

CALM = "calm"
QUIET = ("signal_count", "active_count", "candidates", "flaps", "suppressed_count")
"""Fields that the turns of what flaps move without a change."""


def flaps_of(tree: Tree, words: Catalogue) -> tuple[Flap, ...]:
    """The kinds that flap at their assets, as of the last turn of each."""
    by_key: dict[tuple[str, str], list[Signal]] = {}
    for signal in signals_of(tree):
        by_key.setdefault((signal.kind, signal.measures or signal.asset), []).append(signal)
    found = []
    for (kind, asset), signals in sorted(by_key.items()):
        flap = flap_of(signals, max(map(words.holds_s, signals)))
        if flap is not None:
            since, calm_at = (datetime.fromtimestamp(at, UTC) for at in (flap.since, flap.calm_at))
            told = Flap(kind=kind, asset=asset, percent=flap.percent, turns=flap.turns, since=since, calm_at=calm_at)
            found.append(told)
    return tuple(found)


def flapping(tracked: Tracked, tree: Tree, words: Catalogue) -> Tracked:
    """The incident with what flaps in it, and the time at which all of that has calmed down."""
    if tracked.incident.state == RESOLVED:
        return tracked
    flaps = flaps_of(tree, words)
    incident = msgspec.structs.replace(tracked.incident, flapping=bool(flaps), flaps=flaps)
    calm_at = max((one.calm_at for one in flaps), default=None)
    return with_timer(msgspec.structs.replace(tracked, incident=incident), CALM, calm_at)


def calmed(incident: Incident, clears_at: datetime | None) -> datetime | None:
    """When it resolves by itself: not before everything that flaps has calmed down."""
    return clears_at and max([clears_at, *(one.calm_at for one in incident.flaps)])


def calm(tracked: Tracked, _: str, at: datetime) -> tuple[Tracked, Incident, str]:
    """Nothing flaps any more: what it says counts from now on."""
    return tracked, msgspec.structs.replace(tracked.incident, flapping=False, flaps=()), "updated"


def only_flaps(before: Incident, after: Incident, added: list[Signal]) -> bool:
    """Whether all that is new are turns of what was told to flap already."""
    told = {(one.kind, one.asset) for one in before.flaps}
    if not told or not before.flapping or {(one.kind, one.asset) for one in after.flaps} != told:
        return False
    if any((one.kind, one.measures or one.asset) not in told for one in added):
        return False
    return msgspec.structs.replace(after, **{name: getattr(before, name) for name in QUIET}) == before
