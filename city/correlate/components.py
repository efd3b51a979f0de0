"""Groups that are linked, or nearly: they leave the window together, so that no link changes by forgetting."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from city.correlate.parents import Parents
from city.correlate.suspects import Suspects


class _Union:
    def __init__(self) -> None:
        self._of: dict[str, str] = {}

    def find(self, item: str) -> str:
        while (up := self._of.setdefault(item, item)) != item:
            self._of[item] = self._of.setdefault(up, up)
            item = self._of[item]
        return item

    def join(self, one: str, other: str) -> None:
        self._of[self.find(one)] = self.find(other)


def components(parents: Parents, suspects: Suspects, bonds: Iterable[set[str]] = ()) -> Iterable[set[str]]:
    """Sets of groups connected by possible causes, rivals for `same`, conditions, one suspected asset, or `bonds`."""
    union = _Union()
    for bond in chain(_ties(parents, suspects), bonds):
        first, *others = bond
        for other in others:
            union.join(first, other)
    found: dict[str, set[str]] = defaultdict(set)
    for group_id in parents.groups:
        found[union.find(group_id)].add(group_id)
    return found.values()


def _ties(parents: Parents, suspects: Suspects) -> Iterator[set[str]]:
    group_of = {strand.id: group.id for group in parents.groups.values() for strand in group.strands}
    for group_id, group in parents.groups.items():
        tied = {group_id}
        for item in parents.possible.get(group_id, ()):
            tied |= {item.cause, *(group_of[strand] for strand in item.conditions)}
        tied |= {rival.anchor for assignment in group.assignments for rival in assignment.rivals}
        if (asset := suspects.of(group_id)) is not None:
            tied.add(f"asset {asset}")
        yield tied
