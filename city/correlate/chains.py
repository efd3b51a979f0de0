"""Groups of what moves: a storm front or a cloud of smoke is near its latest reports, no longer near its first."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from city.correlate.model import Model
from city.correlate.nearness import Fit
from city.correlate.strands import Strand


class Joint(msgspec.Struct, frozen=True, gc=False):
    """The strand by which another hangs on its chain, and how well the two fit."""

    by: str
    fit: Fit


class Chains:
    """Strands under a `moving` rule: all that are connected by pairs that fit, whatever order they came in."""

    def __init__(self, model: Model, strands: dict[str, Strand]) -> None:
        """`strands` by id, those of other rules too."""
        self._model, self._strands = model, strands
        self._anchor: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        self._index: dict[object, set[str]] = defaultdict(set)

    def update(self, removed: Iterable[Strand], added: Iterable[Strand]) -> set[str]:
        """Replace strands; the ids of groups that changed, began or ended."""
        touched: set[str] = set()
        loose: set[str] = set()
        for strand in removed:
            self._mark(strand, add=False)
            loose |= self._dissolve(strand.id, touched)
        for strand in added:
            self._mark(strand, add=True)
            loose.add(strand.id)
        for item in sorted(loose & self._strands.keys()):
            self._place(self._strands[item], touched)
        return touched

    def members(self, group_id: str) -> set[str]:
        """The strands of the group with this anchor; none when there is none."""
        return self._members.get(group_id, set())

    def anchor(self, strand_id: str) -> str | None:
        """The group of a strand, if it is under a moving rule."""
        return self._anchor.get(strand_id)

    def joint(self, strand: Strand) -> Joint:
        """What a strand that is no anchor hangs on: the best of those before it, else the best of those after it."""
        found = [(other.order > strand.order, -fit.score, other.order, fit) for other, fit in self._matching(strand)]
        *_, order, fit = min(found, key=lambda item: item[:3])
        return Joint(order[1], fit)

    def _place(self, strand: Strand, touched: set[str]) -> None:
        whole = {strand.id}
        for other, _ in self._matching(strand):
            whole |= self._dissolve(other.id, touched)
        anchor = min(self._strands[item].order for item in whole)[1]
        self._members[anchor] = whole
        self._anchor.update(dict.fromkeys(whole, anchor))
        touched.add(anchor)

    def _dissolve(self, strand_id: str, touched: set[str]) -> set[str]:
        anchor = self._anchor.get(strand_id)
        if anchor is None:
            return set()
        touched.add(anchor)
        members = self._members.pop(anchor)
        for member in members:
            del self._anchor[member]
        return members

    def _mark(self, strand: Strand, *, add: bool) -> None:
        for number, way in self._model.moving_by_kind.get(strand.kind, []):
            for key in way.keys(strand):
                found = self._index[number, key]
                found.add(strand.id) if add else found.discard(strand.id)
                if not found:
                    del self._index[number, key]

    def _matching(self, strand: Strand) -> Iterator[tuple[Strand, Fit]]:
        for number, way in self._model.moving_by_kind.get(strand.kind, []):
            near = {other for key in way.looks(strand) for other in self._index.get((number, key), ())}
            for other_id in near - {strand.id}:
                other = self._strands[other_id]
                if (fit := way.fit(strand, other)) is not None:
                    yield other, fit
