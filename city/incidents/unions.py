"""Unions of groups into trees, none of which may hold two groups that people took apart."""

from collections.abc import Iterable


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

    def marked(self, one: str) -> frozenset[str]:
        """Those in the set of `one` that are watched or in any pair."""
        return frozenset(self._marked.get(self.find(one), ()))

    def join(self, a: str, b: str) -> bool:
        """Whether both are in one set now; not when a pair stands against it."""
        a, b = self.find(a), self.find(b)
        if a == b:
            return True
        if self._enemies.get(a, set()) & self._marked.get(b, set()):
            return False
        first, second = min(a, b), max(a, b)
        self._leader[second] = first
        for index in (self._enemies, self._marked):
            if second in index:
                index[first] = index.get(first, set()) | index.pop(second)
        return True
