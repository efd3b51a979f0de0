"""Which incident a tree is: the id published first survives, the others go into it."""

from collections import Counter

import msgspec

from city.incidents.model import State, Tracked
from city.incidents.trees import Tree
from schemas.ids import incident_id


class Claim(msgspec.Struct, frozen=True):
    """A tree, the incident that it continues (None: a new one) and those that come into it, oldest first."""

    tree: Tree
    survivor: Tracked | None
    merged: tuple[Tracked, ...]


def claims(state: State, found: list[Tree]) -> list[Claim]:
    """One claim for each tree. An incident goes with its root signal, else with most of its signals.

    When a merge is undone, what it brought in speaks for the incidents that come back, and for no other.
    """
    where = _places(state, found)
    loose = {signal.id for group in state.wish.loose for signal in state.groups[group].signals}
    votes: dict[str, Counter[int]] = {}
    for signal, number in where.items():
        for name in state.wish.revived if signal in loose else (state.signals.get(signal, ""),):
            votes.setdefault(name, Counter())[number] += 1
    homes: dict[int, list[Tracked]] = {}
    for name in sorted(state.whole):
        tracked = state.incidents[name]
        root = tracked.incident.root_signal or ""
        speaks = root not in loose or name in state.wish.revived
        home = where.get(root if speaks else "", _most(votes.get(name)))
        if home is not None and not tracked.over:
            homes.setdefault(home, []).append(tracked)
    return [_claim(tree, homes.get(number, [])) for number, tree in enumerate(found)]


def _places(state: State, found: list[Tree]) -> dict[str, int]:
    """Signal → tree; an anchor that began at another time than was told is where what took its place is."""
    where = {
        signal.id: number for number, tree in enumerate(found) for group in tree.groups for signal in group.signals
    }
    became = {group: one.became for group, one in state.groups.items() if one.became and group not in where}
    for group in became:
        place = where.get(_last(became, group))
        if place is not None:
            where[group] = place
    return where


def _last(became: dict[str, str], signal: str) -> str:
    """What took its place in the end."""
    walked: set[str] = set()
    while signal in became and signal not in walked:
        walked.add(signal)
        signal = became[signal]
    return signal


def _most(votes: Counter[int] | None) -> int | None:
    return min(votes, key=lambda number: (-votes[number], number)) if votes else None


def _claim(tree: Tree, claimants: list[Tracked]) -> Claim:
    by_age = sorted(claimants, key=lambda tracked: tracked.age)
    return Claim(tree, by_age[0] if by_age else None, tuple(by_age[1:]))


def new_id(state: State, tree: Tree) -> str:
    """The id of an incident that a tree opens: of its root's anchor, unless that was given away before."""
    anchor = tree.roots[0].signals[0].id
    plain = incident_id(anchor)
    if plain not in state.incidents:
        return plain
    left = state.incidents[state.signals.get(anchor, plain)].incident
    return incident_id(f"{anchor}/{left.id}.{left.version}")
