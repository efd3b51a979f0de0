"""Groups of what moves: a storm front or a cloud of smoke is near its latest reports, no longer near its first."""

from collections.abc import Iterable

import msgspec

from city.correlate.model import Model
from city.correlate.nearness import Fit, Neighbours
from city.correlate.strands import Order, Strand

FULL = 3_000
"""So many strands a chain may have: all pairs that fit are kept, 0.7 GB of them if all of these fit each other."""


class Joint(msgspec.Struct, frozen=True, gc=False):
    """The strand by which another hangs on its chain, and how well the two fit."""

    by: str
    fit: Fit


class Chains:
    """Strands under a `moving` rule: all that are connected by pairs that fit, whatever order they came in."""

    def __init__(self, model: Model, strands: dict[str, Strand]) -> None:
        """`strands` by id, those of other rules too."""
        self._strands = strands
        self._anchor: dict[str, str] = {}
        self._members: dict[str, set[str]] = {}
        self._neighbours = Neighbours(model.moving_by_kind)
        self._fits: dict[str, dict[str, Fit]] = {}
        """Of each strand: those that it fits, both ways, with the best of the rules."""
        self._joints: dict[str, Joint] = {}

    def update(self, removed: Iterable[Strand], added: Iterable[Strand]) -> set[str]:
        """Replace strands; the ids of groups that changed, began or ended."""
        touched: set[str] = set()
        loose: set[str] = set()
        for strand in removed:
            self._neighbours.remove(strand)
            self._part(strand.id)
            loose |= self._dissolve(strand.id, touched)
        for strand in added:
            self._meet(strand)
            self._neighbours.add(strand)
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
        known = self._joints.get(strand.id)
        if known is None:
            fits = self._fits[strand.id]
            by = min(fits, key=lambda other: self._rank(self._strands[other], strand.id, fits[other]))
            known = self._joints[strand.id] = Joint(by, fits[by])
        return known

    def _rank(self, by: Strand, strand_id: str, fit: Fit) -> tuple[bool, float, Order]:
        return by.order > self._strands[strand_id].order, -fit.score, by.order

    def _place(self, strand: Strand, touched: set[str]) -> None:
        whole = {strand.id}
        for other in self._fits[strand.id]:
            whole |= self._dissolve(other, touched)
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

    def _meet(self, strand: Strand) -> None:
        fits = self._fits[strand.id] = {}
        for way, near in self._neighbours.of(strand):
            for other in near:
                if len(self.members(self._anchor.get(other, ""))) >= FULL:
                    continue
                fit, known = way.fit(strand, self._strands[other]), fits.get(other)
                if fit is not None and (known is None or fit.score > known.score):
                    fits[other] = self._fits.setdefault(other, {})[strand.id] = fit
        self._joints.pop(strand.id, None)
        for other, fit in fits.items():
            joint = self._joints.get(other)
            if joint is None:
                continue
            held = self._rank(self._strands[joint.by], other, joint.fit)
            if self._rank(strand, other, fit) < held:
                self._joints[other] = Joint(strand.id, fit)

    def _part(self, strand_id: str) -> None:
        self._joints.pop(strand_id, None)
        for other in self._fits.pop(strand_id):
            self._fits[other].pop(strand_id, None)
            joint = self._joints.get(other)
            if joint is not None and joint.by == strand_id:
                del self._joints[other]
