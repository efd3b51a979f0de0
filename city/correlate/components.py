"""Groups that are linked, or nearly: they leave the window together, so that no link changes by forgetting."""

from collections import defaultdict
from collections.abc import Iterable

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


def components(parents: Parents, suspects: Suspects) -> Iterable[set[str]]:
    """Sets of groups connected by possible causes, rivals for `same`, conditions, or one suspected asset."""
    union = _Union()
    group_of = {strand.id: group.id for group in parents.groups.values() for strand in group.strands}
    for group_id, group in parents.groups.items():
        for item in parents.possible.get(group_id, ()):
            for other in (item.cause, *(group_of[strand] for strand in item.conditions)):
                union.join(group_id, other)
        for assignment in group.assignments:
            for rival in assignment.rivals:
                union.join(group_id, rival.anchor)
        if (asset := suspects.of(group_id)) is not None:
            union.join(group_id, f"asset {asset}")
    found: dict[str, set[str]] = defaultdict(set)
    for group_id in parents.groups:
        found[union.find(group_id)].add(group_id)
    return found.values()
