"""Groups that are linked, or nearly: they leave the window together, so that no link changes by forgetting."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from city.correlate.grouping import Grouping
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


def components(
    among: set[str], parents: Parents, suspects: Suspects, grouping: Grouping, bonds: Iterable[set[str]] = ()
) -> Iterable[set[str]]:
    """Sets of groups connected by possible causes, rivals for `same`, conditions, one suspected asset, or `bonds`.

    Only those that lie wholly `among` these groups: of the others nothing matters but which of these they hold.
    """
    union, held = _Union(), set[str]()
    for one, other in chain(_ties(parents, suspects, grouping), _pairs(bonds)):
        inside = other in among or other not in parents.groups
        if one in among and inside:
            union.join(one, other)
        elif one in among:
            held.add(one)
        elif inside:
            held.add(other)
    beyond = {union.find(name) for name in held}
    found: dict[str, set[str]] = defaultdict(set)
    for group_id in parents.groups:
        if group_id in among and (name := union.find(group_id)) not in beyond:
            found[name].add(group_id)
    return found.values()


def _ties(parents: Parents, suspects: Suspects, grouping: Grouping) -> Iterator[tuple[str, str]]:
    """Pairs that belong together; the first is a group."""
    for group_id, possible in parents.possible.items():
        for item in possible:
            yield group_id, item.cause
            for strand in item.conditions:
                yield group_id, grouping.group_of(strand) or group_id
    for group_id, group in parents.groups.items():
        for assignment in group.assignments:
            for rival in assignment.rivals:
                yield group_id, rival.anchor
    for group_id, asset in suspects.all().items():
        yield group_id, f"asset {asset}"


def _pairs(bonds: Iterable[set[str]]) -> Iterator[tuple[str, str]]:
    for first, *others in bonds:
        yield from ((first, other) for other in others)
