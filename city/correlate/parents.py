"""Parents: each group takes at most one cause group, the best by score; ties and cycles leave candidates."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping

from city.correlate.grouping import Group
from city.correlate.model import CONDITION_SLACK_S, Model
from city.correlate.outlived import OUTLIVED, Outlived
from city.correlate.possible import Possible, rank, tied
from city.correlate.strands import Strand
from city.correlate.ties import Ties
from city.correlate.ways import TOLERANCE_S, CauseWay

TIE, WEAKER, CYCLE, OUTSIDE, CONDITION = "tie", "weaker", "cycle", "outside_delay", "condition"


Keys = set[Hashable]


class Parents:
    """Raw choices depend on the two groups and their possible causes only; cycles are broken after them."""

    def __init__(self, model: Model) -> None:
        """No groups yet."""
        self._model = model
        self.groups: dict[str, Group] = {}
        self.possible: dict[str, tuple[Possible, ...]] = {}
        self._effects_of: dict[str, set[str]] = defaultdict(set)
        self._causes_at: dict[Hashable, set[str]] = defaultdict(set)
        self._effects_at: dict[Hashable, set[str]] = defaultdict(set)
        self._raw: dict[str, Possible] = {}
        self._cut: set[str] = set()
        self._ties = Ties(self.groups, self._led)
        self._moved: set[Hashable] = set()
        self._outlived = Outlived()

    def update(self, changed: Mapping[str, Group | None]) -> set[str]:
        """Replace groups (None: gone); the ids of all groups whose parent or candidates may now be others."""
        affected = set(changed)
        for group_id, group in changed.items():
            affected |= self._replace(group_id, group)
        return self._anew(affected, set(changed))

    def age(self, now_s: float) -> set[str]:
        """The clock moves on; groups whose parent or candidates are others, since they have outlived their causes."""
        due = self._outlived.due(now_s, self.groups)
        return self._anew(due, set()) if due else due

    def _anew(self, affected: Iterable[str], touched: set[str]) -> set[str]:
        again: set[str] = set()
        for group_id in affected:
            if self._search(group_id):
                touched.add(group_id)
                again |= self._effects_of.get(group_id, set())
        return touched | again | self._decide_all(touched | again) | self._ties.settle()

    def suspect(self, suspects: Mapping[str, str | None]) -> set[str]:
        """Groups that suspect an asset now, or none any more; groups whose parent is another by that."""
        for group_id, asset in suspects.items():
            self._ties.suspect(group_id, asset)
        return self._ties.settle()

    def parent(self, group_id: str) -> Possible | None:
        """The cause it belongs to, or None for a root."""
        return self._led(group_id) or self._ties.chosen(group_id)

    def _led(self, group_id: str) -> Possible | None:
        return None if group_id in self._cut else self._raw.get(group_id)

    def near_misses(self, group_id: str) -> list[tuple[Possible, str]]:
        """What it does not belong to, best first, with the reason."""
        chosen = self._raw.get(group_id) or self._ties.chosen(group_id)
        possible = self.possible.get(group_id, ())
        equal = {item.cause for item in tied(possible)} if chosen is None else set()
        found = []
        for item in possible:
            if chosen is None or item.cause != chosen.cause:
                found.append((item, item.reason or (TIE if item.cause in equal else WEAKER)))
            elif group_id in self._cut:
                found.append((item, CYCLE))
        return found

    def is_orphan(self, group_id: str) -> bool:
        """Nothing can explain it, nor could until it outlived its cause."""
        reasons = {item.reason for item in self.possible.get(group_id, ())}
        return group_id not in self._raw and "" not in reasons and OUTLIVED not in reasons

    def has_cause(self, number: int, asset: str, start: float, end: float) -> bool:
        """Some signal at the asset could be a cause of the rule with this number, between these Unix seconds."""
        groups = (self.groups[group_id] for group_id in self._causes_at.get((number, asset), ()))
        return any(strand.start <= end and strand.end >= start for group in groups for strand in group.strands)

    def take_moved(self) -> set[Hashable]:
        """The keys at which causes came or went since the last call: (rule number, asset) among others."""
        moved, self._moved = self._moved, set()
        return moved

    # --- indexes ---

    def _replace(self, group_id: str, group: Group | None) -> set[str]:
        affected: set[str] = set()
        before = self.groups.pop(group_id, None)
        if before is not None:
            affected |= self._index(before, add=False)
        if group is not None:
            self.groups[group_id] = group
            affected |= self._index(group, add=True)
        return affected

    def _index(self, group: Group, *, add: bool) -> set[str]:
        affected: set[str] = set()
        for strand in group.strands:
            for key in self._cause_keys(strand):
                affected |= self._effects_at.get(key, set())
                self._moved.add(key)
                _mark(self._causes_at, key, group.id, add=add)
            for key in self._effect_keys(strand):
                _mark(self._effects_at, key, group.id, add=add)
        return affected

    def _cause_keys(self, strand: Strand) -> Iterator[Hashable]:
        for number, way in self._model.by_cause.get(strand.kind, []):
            for key in way.cause_keys(strand):
                yield number, key
        if strand.kind in self._model.condition_kinds:
            for zone in self._model.zones(strand):
                yield strand.kind, zone, "condition"

    def _effect_keys(self, strand: Strand) -> Iterator[Hashable]:
        for number, way in self._model.by_effect.get(strand.kind, []):
            for key in way.effect_keys(strand):
                yield number, key
            for kind in way.cause.conditions:
                for zone in self._model.zones(strand):
                    yield kind, zone, "condition"

    # --- what may cause it ---

    def _search(self, group_id: str) -> bool:
        group = self.groups.get(group_id)
        before = self.possible.get(group_id, ())
        after = tuple(self._possible(group)) if group is not None else ()
        if before == after:
            return False
        for item in before:
            self._effects_of[item.cause].discard(group_id)
        for item in after:
            self._effects_of[item.cause].add(group_id)
        if after:
            self.possible[group_id] = after
        else:
            self.possible.pop(group_id, None)
        return True

    def _possible(self, group: Group) -> list[Possible]:
        best: dict[str, Possible] = {}
        for item in self._all_possible(group):
            known = best.get(item.cause)
            if known is None or rank(item) < rank(known):
                best[item.cause] = item
        return sorted(best.values(), key=rank)

    def _all_possible(self, group: Group) -> Iterator[Possible]:
        for strand in group.strands:
            for number, way in self._model.by_effect.get(strand.kind, []):
                causes = {cause for key in way.effect_keys(strand) for cause in self._causes_at.get((number, key), ())}
                for cause in causes - {group.id}:
                    for by in self.groups[cause].strands:
                        if by.kind in way.causes and (item := self._judge(cause, way, by, strand)) is not None:
                            yield self._outlived.judged(item, group.id)

    def _judge(self, cause: str, way: CauseWay, by: Strand, to: Strand) -> Possible | None:
        if by.region != to.region or not way.era.holds(by.start) or (place := way.place(by, to)) is None:
            return None
        delay = to.start - by.start
        if way.outside_s(place, delay) >= TOLERANCE_S:
            if not way.is_near_miss(place, delay):
                return None
            return Possible(cause, way, by, to, place, 0.0, (), OUTSIDE)
        score = way.score(by, to, place)
        held = self._held(way, by, to)
        if held is None:
            return Possible(cause, way, by, to, place, 0.0, (), CONDITION)
        return Possible(cause, way, by, to, place, score, held)

    def _held(self, way: CauseWay, by: Strand, to: Strand) -> tuple[str, ...] | None:
        found = []
        for kind in way.cause.conditions:
            holding = [strand for strand in self._conditions(kind, to) if _holds(strand, by, to)]
            if not holding:
                return None
            found.append(min(holding, key=lambda strand: strand.order).id)
        return tuple(found)

    def _conditions(self, kind: str, at: Strand) -> Iterator[Strand]:
        for zone in self._model.zones(at):
            for group_id in self._causes_at.get((kind, zone, "condition"), ()):
                yield from (strand for strand in self.groups[group_id].strands if strand.kind == kind)

    # --- the choice ---

    def _decide_all(self, group_ids: Iterable[str]) -> set[str]:
        cycles: set[str] = set()
        for group_id in group_ids:
            nearest = self._nearest(group_id)
            self._ties.put(group_id, nearest if len(nearest) > 1 else ())
            chosen = nearest[0] if len(nearest) == 1 else None
            if chosen == self._raw.get(group_id):
                continue
            self._ties.moved([group_id])
            cycles |= self._cycle(group_id)
            self._raw.pop(group_id, None)
            if chosen is not None:
                self._raw[group_id] = chosen
            cycles |= self._cycle(group_id)
        for group_id in cycles:
            self._cut.discard(group_id)
        for group_id in cycles:
            self._cut |= self._weakest(self._cycle(group_id))
        self._ties.moved(cycles)
        return cycles

    def _nearest(self, group_id: str) -> list[Possible]:
        """The causes that no other leads, but for those that may be the cause of another of them."""
        equal = tied(self.possible.get(group_id, ()))
        if len(equal) < 2:
            return equal
        causes = {item.cause: self._causes(item.cause) for item in equal}
        return [
            item for item in equal if not any(item.cause in causes[other.cause] for other in equal if other is not item)
        ]

    def _causes(self, group_id: str) -> set[str]:
        return {item.cause for item in self.possible.get(group_id, ()) if not item.reason}

    def _cycle(self, group_id: str) -> set[str]:
        walked, at = [group_id], self._raw.get(group_id)
        while at is not None and at.cause not in walked:
            walked.append(at.cause)
            at = self._raw.get(at.cause)
        return set(walked) if at is not None and at.cause == group_id else set()

    def _weakest(self, cycle: set[str]) -> set[str]:
        return {min(cycle, key=lambda group_id: (self._raw[group_id].score, group_id))} if cycle else set()


def _holds(condition: Strand, cause: Strand, effect: Strand) -> bool:
    """It held when the effect began, and began while the cause lasted: a pump that runs again floods nothing."""
    begun = min(effect.start, cause.end) + TOLERANCE_S
    return condition.start <= begun and condition.end + CONDITION_SLACK_S >= effect.start


def _mark(index: dict[Hashable, set[str]], key: Hashable, group_id: str, *, add: bool) -> None:
    if add:
        index[key].add(group_id)
        return
    index[key].discard(group_id)
    if not index[key]:
        del index[key]
