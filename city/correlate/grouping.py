"""Groups: strands in their turn; each joins the best group whose anchor it matches, else founds one.

What reports tell of has its turn before them all, so that it is what they are measured by; else (raised_at, id) counts.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from operator import attrgetter

import msgspec

from city.correlate.chains import Chains
from city.correlate.model import Model
from city.correlate.nearness import Fit, Neighbours, repeating
from city.correlate.strands import Strand, Turn
from city.correlate.wording import Grams, likeness

FULL = 20_000
"""So many strands a group may have, since all of it is told in one record; what comes then begins another one, and
which it is that come then depends on the order in which they arrived."""
TIE, WORDING, WEAKER = "tie", "wording", "weaker"
Ranked = tuple[str, Fit]
"""A group's anchor, and how well the strand fits it."""


class Rival(msgspec.Struct, frozen=True, gc=False):
    """A group that a strand did not join, and why not: TIE, WEAKER or WORDING."""

    anchor: str
    fit: Fit
    reason: str


class Assignment(msgspec.Struct, frozen=True, gc=False):
    """Where a strand belongs: `anchor` is its own id when it founds a group."""

    anchor: str
    fit: Fit | None = None
    rivals: tuple[Rival, ...] = ()
    by: str | None = None
    """The strand by which it hangs on a chain; None: the anchor."""
    likeness: float | None = None
    """How alike its words and the most alike of the group's are, 0 to 1, where these decided; None: they did not."""


class Group(msgspec.Struct, frozen=True, eq=False, gc=False):
    """Strands that report one thing; `strands[0]` is the anchor."""

    id: str
    strands: tuple[Strand, ...]
    assignments: tuple[Assignment, ...]

    @property
    def anchor(self) -> Strand:
        """The strand that founded it."""
        return self.strands[0]


class Queue:
    """Strands to be settled in their order, each of them once."""

    def __init__(self) -> None:
        """None."""
        self._heap: list[Turn] = []
        self.ids: set[str] = set()

    def push(self, turn: Turn) -> None:
        """One more, unless it is there."""
        if turn[-1] not in self.ids:
            self.ids.add(turn[-1])
            heappush(self._heap, turn)

    def pop(self) -> str:
        """The id of the first one, which is none of them any more."""
        *_, strand_id = heappop(self._heap)
        self.ids.discard(strand_id)
        return strand_id


class Grouping:
    """An assignment depends only on earlier strands, so that a change is followed forward in order, no further."""

    def __init__(self, model: Model) -> None:
        """No strands yet."""
        self._model = model
        self.strands: dict[str, Strand] = {}
        self._chains = Chains(model, self.strands)
        self._assigned: dict[str, Assignment] = {}
        self._members: dict[str, set[str]] = defaultdict(set)
        self._neighbours = Neighbours(model.same_by_kind)

    def update(self, removed: Sequence[Strand], added: Sequence[Strand]) -> set[str]:
        """Replace strands; the ids of groups that changed, began or ended."""
        if not removed and len(added) == 1 and added[0].kind not in self._model.same_by_kind:
            return self._found(added[0])
        after = {strand.id: strand for strand in added}
        ended = {strand.id: after[strand.id] for strand in removed if _ends(strand, after.get(strand.id))}
        self.strands.update(ended)
        kept = {group_id for one in ended if (group_id := self.group_of(one)) is not None}
        return kept | self._replace(
            [strand for strand in removed if strand.id not in ended],
            [strand for strand in added if strand.id not in ended],
        )

    def _replace(self, removed: Iterable[Strand], added: Iterable[Strand]) -> set[str]:
        gone, going = self._parted(removed)
        new, coming = self._parted(added)
        for strand in going:
            del self.strands[strand.id]
        self.strands.update((strand.id, strand) for strand in coming)
        touched = self._chains.update(going, coming) if going or coming else set()
        return touched | self._update_held(gone, new)

    def _parted(self, strands: Iterable[Strand]) -> tuple[list[Strand], list[Strand]]:
        """Those held to an anchor, and those of what moves."""
        held: list[Strand] = []
        moving: list[Strand] = []
        for strand in strands:
            (moving if strand.kind in self._model.moving_by_kind else held).append(strand)
        return held, moving

    def _update_held(self, removed: list[Strand], added: list[Strand]) -> set[str]:
        touched: set[str] = set()
        new: set[str] = set()
        queue = Queue()
        for strand in removed:
            anchor = self.strands.get(self.group_of(strand.id) or "", strand)
            for one in (strand, anchor):
                self._queue_later(one, one.turn, queue)
            touched |= self._remove(strand)
        for strand in added:
            if strand.kind in self._model.same_by_kind:
                self.strands[strand.id] = strand
                new.add(strand.id)
                queue.push(strand.turn)
            else:
                touched |= self._found(strand)
        while queue.ids:
            strand_at = self.strands.get(queue.pop())
            if strand_at is None:
                continue
            if strand_at.id in new:  # no sooner: those before it have nothing to do with it
                new.remove(strand_at.id)
                self._neighbours.add(strand_at)
            self._settle(strand_at, queue, touched)
        return touched

    def group(self, group_id: str) -> Group | None:
        """The group with this anchor, or None when there is none."""
        members = self._members.get(group_id) or self._chains.members(group_id)
        if not members:
            return None
        strands = [self.strands[member] for member in members]
        if len(strands) > 1:
            strands.sort(key=attrgetter("turn"))
        return Group(group_id, tuple(strands), tuple([self._assignment(group_id, strand) for strand in strands]))

    def _assignment(self, group_id: str, strand: Strand) -> Assignment:
        assigned = self._assigned.get(strand.id)
        if assigned is not None or strand.id == group_id:
            return assigned or Assignment(group_id)
        joint = self._chains.joint(strand)
        return Assignment(group_id, joint.fit, by=joint.by)

    def group_of(self, strand_id: str) -> str | None:
        """The group that a strand belongs to; None for one that is not there."""
        assigned = self._assigned.get(strand_id)
        return assigned.anchor if assigned is not None else self._chains.anchor(strand_id)

    def _found(self, strand: Strand) -> set[str]:
        """No rule says what could be the same as this: it is a group of its own."""
        self.strands[strand.id] = strand
        self._assigned[strand.id] = Assignment(strand.id)
        self._members[strand.id].add(strand.id)
        return {strand.id}

    def _remove(self, strand: Strand) -> set[str]:
        self.strands.pop(strand.id, None)
        self._neighbours.remove(strand)
        assignment = self._assigned.pop(strand.id, None)
        return self._leave(strand.id, assignment) | {strand.id}

    def _leave(self, strand_id: str, assignment: Assignment | None) -> set[str]:
        if assignment is None:
            return set()
        members = self._members[assignment.anchor]
        members.discard(strand_id)
        if not members:
            del self._members[assignment.anchor]
        return {assignment.anchor}

    def _settle(self, strand: Strand, queue: Queue, touched: set[str]) -> None:
        before, after = self._assigned.get(strand.id), self._assign(strand)
        touched.add(after.anchor)
        if before == after:
            return
        touched |= self._leave(strand.id, before)
        self._assigned[strand.id] = after
        self._members[after.anchor].add(strand.id)
        if after.anchor == strand.id:
            self._neighbours.lead(strand)
        elif before is not None and before.anchor == strand.id:
            self._neighbours.follow(strand)
        if before is not None and before.anchor == after.anchor:
            return
        anchors = {strand.id, after.anchor, before.anchor if before else strand.id}
        for anchor in anchors & self.strands.keys():
            self._queue_later(self.strands[anchor], max(strand.turn, self.strands[anchor].turn), queue)

    def _queue_later(self, strand: Strand, after: Turn, queue: Queue) -> None:
        """Those that fit it and come after. Whether they do costs more than whether they come after."""
        for way, near in self._neighbours.later(strand, after):
            for other in map(self.strands.__getitem__, near - queue.ids):
                if other.turn > after and way.fit(strand, other) is not None:
                    queue.push(other.turn)

    def _assign(self, strand: Strand) -> Assignment:
        found: dict[str, Fit] = {}
        for way, near in self._neighbours.leading(strand):
            for other in map(self.strands.__getitem__, near):
                fit = way.fit(strand, other) if other.turn < strand.turn else None
                if fit is not None and (other.id not in found or fit.score > found[other.id].score):
                    found[other.id] = fit
        ranked = sorted(found.items(), key=lambda item: (self._begins_later(item, strand), -item[1].score, item[0]))
        return self._choose(strand, ranked)

    def _choose(self, strand: Strand, ranked: list[Ranked]) -> Assignment:
        if not ranked:
            return Assignment(strand.id)
        free = [item for item in ranked if self._has_room(item[0], strand, item[1])]
        tied = [item for item in free if self._is_as_good(item, free[0], strand)]
        likeness, worded = self._by_words(strand, tied) if len(tied) > 1 else (None, None)
        chosen = tied[0] if len(tied) == 1 else worded
        tied_ids = {anchor for anchor, _ in tied} if len(tied) > 1 else set()
        reason = TIE if worded is None else WORDING
        rivals = tuple(
            Rival(anchor, fit, reason if anchor in tied_ids else WEAKER)
            for anchor, fit in ranked
            if chosen is None or anchor != chosen[0]
        )
        if chosen is None:
            return Assignment(strand.id, None, rivals)
        return Assignment(chosen[0], chosen[1], rivals, likeness=likeness)

    def _is_as_good(self, item: Ranked, best: Ranked, strand: Strand) -> bool:
        later = self._begins_later(item, strand)
        return later == self._begins_later(best, strand) and best[1].score - item[1].score < best[1].rule.margin

    def _begins_later(self, item: Ranked, strand: Strand) -> bool:
        """What began after somebody told of it is what he meant only where nothing did before."""
        return self.strands[item[0]].order > strand.order

    def _by_words(self, strand: Strand, tied: list[Ranked]) -> tuple[float, Ranked] | tuple[None, None]:
        """The one of equally good groups whose words lead, and how alike they are.

        Nothing where somebody has no words: what was not said does not speak against a group.
        """
        said = [list(self._said(anchor, strand)) for anchor, _ in tied]
        if not strand.grams or not all(said):
            return None, None
        alike = [
            (max(likeness(strand.grams, one) for one in words), item) for words, item in zip(said, tied, strict=True)
        ]
        (best, first), (second, _) = sorted(alike, key=lambda one: (-one[0], one[1][0]))[:2]
        same = first[1].rule.same
        leads = same is not None and same.text is not None and best - second >= same.text
        return (best, first) if leads else (None, None)

    def _said(self, anchor: str, before: Strand) -> Iterator[Grams]:
        """The words of a group's strands that are earlier than this one."""
        for member_id in self._members.get(anchor, ()):
            member = self.strands.get(member_id)
            if member is not None and member.turn < before.turn and member.grams:
                yield member.grams

    def _has_room(self, anchor: str, strand: Strand, fit: Fit) -> bool:
        there = self._members.get(anchor, ())
        if len(there) >= FULL and strand.id not in there:
            return False
        if fit.rule.same is not None and strand.kind in repeating(fit.rule.same):
            return True
        members = (self.strands[member] for member in there if member in self.strands)
        return not any(
            member.kind == strand.kind and member.turn < strand.turn and not set(member.places) & set(strand.places)
            for member in members
        )


def _ends(before: Strand, after: Strand | None) -> bool:
    """No more than an end came or went: whom it is the same as does not depend on that."""
    return after is not None and before.differs_in_end(after)
