"""Unions of groups into trees, none of which may hold two groups that people took apart."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

NOBODY: AbstractSet[str] = frozenset()


class Unions:
    """Disjoint sets of names with pairs that must not meet."""

    def __init__(self, apart: Iterable[tuple[str, str]], watched: Iterable[str] = ()) -> None:
        """`apart`: pairs of names, everything else may meet; `watched`: names that `marked` tells of, as those are."""
        self._leader: dict[str, str] = {}
        self._enemies: dict[str, set[str]] = {}
        self._marked: dict[str, set[str]] = {name: {name} for name in watched}
        for a, b in apart:
            for one, other in ((a, b), (b, a)):
                self._enemies.setdefault(one, set()).add(other)
                self._marked[one] = {one}

    def find(self, one: str) -> str:
        """The name that stands for the set of `one`."""
        while (leader := self._leader.get(one, one)) != one:
            self._leader[one] = self._leader.get(leader, leader)
            one = leader
        return one

    def marked(self, one: str) -> AbstractSet[str]:
        """Those in the set of `one` that are watched or in any pair: to be looked at at once, it grows with the set."""
        return self._marked.get(self.find(one), NOBODY)

    def join(self, a: str, b: str) -> bool:
        """Whether both are in one set now; not when a pair stands against it."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        if not self._enemies.get(a, NOBODY).isdisjoint(self._marked.get(b, NOBODY)):
            return False
        first, second = min(a, b), max(a, b)
        self._leader[second] = first
        for index in (self._enemies, self._marked):
            if second in index:
                index[first] = _both(index.get(first, set()), index.pop(second))
        return True


def _both(some: set[str], others: set[str]) -> set[str]:
    """All of them, in the larger one: a thousand that come one by one are not copied a thousand times."""
    larger, smaller = (some, others) if len(some) > len(others) else (others, some)
    larger |= smaller
    return larger


def by_first(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """The first of each pair → the others."""
    found: dict[str, list[str]] = {}
    for one, other in pairs:
        found.setdefault(one, []).append(other)
    return found
