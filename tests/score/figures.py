"""The figures of a score: pairs, adjusted Rand index, exact incidents, roots, merges, times."""

from collections import Counter
from collections.abc import Mapping
from math import comb
from typing import Any

import msgspec


def pairs(counts: Mapping[Any, int]) -> int:
    """Pairs within the clusters of these sizes."""
    return sum(comb(count, 2) for count in counts.values())


class Agreement(msgspec.Struct, frozen=True):
    """How two clusterings of the same items agree, in pairs of items."""

    items: int
    both: int
    """Pairs together in truth and found."""
    true: int
    found: int

    @property
    def rand(self) -> float:
        """Adjusted Rand index (Hubert and Arabie 1985); 1 when both clusterings are trivial in the same way."""
        everything = comb(self.items, 2)
        expected = self.true * self.found / everything if everything else 0.0
        most = (self.true + self.found) / 2
        return 1.0 if most == expected else (self.both - expected) / (most - expected)


def agreement(truth: Mapping[str, str], found: Mapping[str, str]) -> Agreement:
    """`truth` and `found` give the cluster of each item."""
    both = Counter((truth[item], found[item]) for item in truth)
    return Agreement(
        len(truth), pairs(both), pairs(Counter(truth.values())), pairs(Counter(found[item] for item in truth))
    )


class Tally(msgspec.Struct):
    """Counts over days, to be added up."""

    days: int = 0
    signals: int = 0
    both: int = 0
    true: int = 0
    found: int = 0
    rand: float = 0.0
    stories: int = 0
    crossed: int = 0
    exact: int = 0
    roots: int = 0
    incidents: int = 0
    mixed: int = 0
    """Incidents with signals of more than one story."""
    forced: int = 0
    """Of these, those that CONTRACT's table asks for."""
    ambiguous: int = 0
    """Incidents with a tie left to the operator."""
    opened_s: list[float] = []

    def add(self, other: "Tally") -> None:
        """Takes the counts of another in."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def figures(self) -> dict[str, float]:
        """What is printed, by name."""
        precision, recall = _part(self.both, self.found), _part(self.both, self.true)
        found: dict[str, float] = {
            "days": self.days,
            "stories": self.stories,
            "crossed": self.crossed,
            "signals": self.signals,
            "precision": precision,
            "recall": recall,
            "f1": _part(2 * precision * recall, precision + recall),
            "ari": _part(self.rand, self.days),
            "exact": _part(self.exact, self.stories),
            "root": _part(self.roots, self.stories),
            "false_merges": _part(self.mixed, self.incidents),
            "forced_merges": _part(self.forced, self.incidents),
            "ambiguous": _part(self.ambiguous, self.incidents),
            "compression": _part(self.signals, self.incidents),
        }
        if self.opened_s:
            times = sorted(self.opened_s)
            found |= {"opened_p50_s": times[len(times) // 2], "opened_p95_s": times[len(times) * 95 // 100]}
        return found


def _part(some: float, whole: float) -> float:
    return round(some / whole, 4) if whole else 0.0
