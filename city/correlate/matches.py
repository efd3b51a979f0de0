"""All matches of one pattern rule, kept up to date as signals and time come; a signal belongs to one match at most."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from heapq import heappop, heappush

from city.correlate.crowds import Timeline
from city.correlate.matching import HOLDS, Around, Match, match, may_matter, timed_out
from city.correlate.pattern_way import PatternWay
from city.correlate.strands import Order, Strand

MOST_NEARLY = 20


class Matches:
    """Anchors in (raised_at, id) order take what fits and no earlier anchor took; a change is followed forward."""

    def __init__(self, way: PatternWay) -> None:
        """No strands yet."""
        self.way = way
        self.found: dict[str, Match] = {}
        self._strands: dict[str, Strand] = {}
        self._free: set[str] = set()
        self._taken_by: dict[str, str] = {}
        self._counted, self._beside = Timeline(), Timeline()
        self._heap: list[Order] = []
        self._queued: set[str] = set()
        self._woken: set[str] = set()
        """Queued for the clock alone: what they were judged by is as it was."""
        self._nearly: list[Order] = []
        self._nearly_moved = False
        self._told: dict[str, Match] = {}
        self._changed: dict[str, Match | None] = {}

    # --- inputs ---

    def put(self, strand_id: str, strand: Strand | None, *, free: bool) -> None:
        """A strand came, changed or (None) went. `free`: no cause explains it, so that it may count."""
        before = self._strands.get(strand_id)
        counts = free and strand is not None and self.way.part_of(strand) is not None
        if before == strand and (strand_id in self._free) == counts:
            return
        if before is not None:
            self._take_out(before)
        if strand is not None:
            self._put_in(strand, counts=counts)

    def wake(self, strand_id: str) -> None:
        """The clock reached what an anchor waited for."""
        if strand_id in self.found and strand_id not in self._queued:
            self._queue(self._strands[strand_id])
            self._woken.add(strand_id)

    def _take_out(self, strand: Strand) -> None:
        self._queue_anchors(strand)
        if strand.id in self.found:
            self._replace(strand, None)
            self._changed[strand.id] = None
        for line in self._lines(strand):
            for key in self.way.keys(strand):
                line.remove(key, strand.start, strand.id)
        del self._strands[strand.id]
        self._free.discard(strand.id)
        self._woken.discard(strand.id)

    def _put_in(self, strand: Strand, *, counts: bool) -> None:
        self._strands[strand.id] = strand
        if counts:
            self._free.add(strand.id)
            self._queue(strand)
        for line in self._lines(strand):
            for key in self.way.keys(strand):
                line.add(key, strand.start, strand.id)
        self._queue_anchors(strand)

    def _lines(self, strand: Strand) -> list[Timeline]:
        counted = [self._counted] if strand.id in self._free else []
        return [*counted, self._beside] if self.way.is_beside(strand) else counted

    def _queue(self, strand: Strand) -> None:
        self._woken.discard(strand.id)
        if strand.id not in self._queued:
            self._queued.add(strand.id)
            heappush(self._heap, strand.order)

    def _queue_anchors(self, strand: Strand, after: Order = (0.0, "")) -> None:
        for anchor in self._anchors(strand):
            if anchor.order > after:
                self._queue(anchor)

    def _anchors(self, strand: Strand) -> Iterator[Strand]:
        """Those whose match this strand may be part of, or bar."""
        pattern = self.way.pattern
        earliest, latest = strand.start - pattern.gathered_s, strand.start
        beside = self.way.is_beside(strand)
        if beside:
            earliest, latest = earliest - pattern.beside_s, strand.end + pattern.beside_s
        for key in self.way.looks(strand):
            for _, anchor_id in self._counted.between(key, (earliest, latest)):
                found = self.found.get(anchor_id)
                if found is not None and (beside or may_matter(self.way, found, strand)):
                    yield self._strands[anchor_id]

    # --- matches ---

    def settle(self, now: float) -> dict[str, Match | None]:
        """Judge what may have changed; the anchors whose match is another now (None: no anchor any more)."""
        changed, self._changed = self._changed, {}
        while self._heap:
            _, strand_id = heappop(self._heap)
            self._queued.discard(strand_id)
            strand = self._strands.get(strand_id)
            if strand is not None:
                after = self._anew(strand, now)
                if after != self.found.get(strand_id):
                    self._replace(strand, after)
                    changed[strand_id] = after
        return changed

    def take_late(self) -> tuple[set[str], set[str]]:
        """The newest anchors whose match nearly held: which are no more, which are new or others since last asked."""
        if not self._nearly_moved:
            return set(), set()
        self._nearly_moved = False
        before, self._told = self._told, {one: self.found[one] for _, one in self._nearly[-MOST_NEARLY:]}
        gone = {one for one, found in before.items() if self._told.get(one) != found}
        return gone, {one for one, found in self._told.items() if before.get(one) != found}

    def _anew(self, strand: Strand, now: float) -> Match | None:
        if strand.id in self._woken:
            self._woken.discard(strand.id)
            if (late := timed_out(self.found[strand.id], now)) is not None:
                return late
        return self._judge(strand, now)

    def _judge(self, strand: Strand, now: float) -> Match | None:
        taker = self._taken_by.get(strand.id, strand.id)
        if taker != strand.id or strand.id not in self._free or not self.way.can_lead(strand):
            return None
        return match(self.way, Around(self._takeable(strand), lambda number: self._near(strand, number)), now)

    def _takeable(self, anchor: Strand) -> list[Strand]:
        span = anchor.start, anchor.start + self.way.pattern.gathered_s
        ids = {one for key in self.way.looks(anchor) for _, one in self._counted.between(key, span)}
        found = [self._strands[one] for one in ids if one != anchor.id and self._is_for(anchor, self._strands[one])]
        return [anchor, *sorted(found, key=lambda one: one.order)]

    def _is_for(self, anchor: Strand, strand: Strand) -> bool:
        """Not before the anchor where it could be one itself, and not taken by an earlier one."""
        taker = self._strands.get(self._taken_by.get(strand.id, ""))
        is_later = strand.order > anchor.order or not self.way.can_lead(strand)
        return is_later and (taker is None or taker.order >= anchor.order)

    def _near(self, anchor: Strand, number: int) -> list[Strand]:
        pattern, lead = self.way.pattern, (self.way.lead_part(anchor), anchor)
        span = float("-inf"), anchor.start + pattern.gathered_s + pattern.beside_s
        ids = {one for key in self.way.looks(anchor) for _, one in self._beside.between(key, span)} - {anchor.id}
        found = [strand for one in ids if self.way.fits(number, strand := self._strands[one])]
        near = [strand for strand in found if self.way.near(lead, (number, strand)) is not None]
        return sorted(near, key=lambda one: one.order)

    def _replace(self, anchor: Strand, after: Match | None) -> None:
        before = self.found.pop(anchor.id, None)
        if after is not None:
            self.found[anchor.id] = after
        self._note_nearly(anchor.order, before, after)
        old, new = _taken(before), _taken(after)
        if not old and not new:
            return
        for strand_id in old - new:
            if self._taken_by.get(strand_id) == anchor.id:
                del self._taken_by[strand_id]
        for strand_id in new - old:
            self._taken_by[strand_id] = anchor.id
        for strand_id in (old ^ new) - {anchor.id}:
            if (strand := self._strands.get(strand_id)) is not None:
                self._queue(strand)
                self._queue_anchors(strand, after=anchor.order)

    def _note_nearly(self, order: Order, before: Match | None, after: Match | None) -> None:
        if before is not None and before.nearly:
            self._nearly.pop(bisect_left(self._nearly, order))
            self._nearly_moved = True
        if after is not None and after.nearly:
            insort(self._nearly, order)
            self._nearly_moved = True


def _taken(found: Match | None) -> set[str]:
    return {one.strand.id for one in found.members} if found is not None and found.state == HOLDS else set()
