"""Possible causes: which groups can explain which, kept up to date as groups come, change and go."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

from city.correlate.grouping import Group
from city.correlate.model import CONDITION_SLACK_S, Model, condition_key
from city.correlate.outlived import Outlived
from city.correlate.possible import Possible, rank
from city.correlate.strands import Strand
from city.correlate.ways import TOLERANCE_S, CauseWay

OUTSIDE, ENDED_BEFORE, UPWIND, CONDITION = "outside_delay", "ended", "upwind", "condition"

Index = dict[Hashable, set[str]]
"""Groups by the keys at which causes and effects meet."""
Turn = Callable[[Index, Hashable, str], None]
"""Puts a group in an index, or takes it out."""


class Causes:
    """What is possible depends on the two groups and on the conditions of their rule only."""

    def __init__(self, model: Model) -> None:
        """No groups yet."""
        self._model = model
        self.groups: dict[str, Group] = {}
        self.possible: dict[str, tuple[Possible, ...]] = {}
        """Of each group that has some, best first."""
        self.effects_of: dict[str, set[str]] = defaultdict(set)
        self._causes_at: Index = {}
        self._effects_at: Index = {}
        self._outlived = Outlived()

    def update(self, changed: Mapping[str, Group | None]) -> set[str]:
        """Replace groups (None: gone); the groups whose possible causes are others now.

        What a changed group cannot be the condition of is not searched anew: of its effects only it is judged again.
        """
        whole, news = set(changed), dict[str, list[str]]()
        for group_id, group in changed.items():
            for effect in self._replace(group_id, group, whole):
                news.setdefault(effect, []).append(group_id)
        found = {group_id for group_id in whole if self._put(group_id, self._all_of(group_id))}
        for group_id, causes in news.items():
            if group_id not in whole and self._put(group_id, self._with(group_id, causes)):
                found.add(group_id)
        return found

    def age(self, now_s: float) -> set[str]:
        """The clock moves on; the groups whose possible causes are others, since they have outlived some."""
        due = self._outlived.due(now_s, self.groups)
        return {group_id for group_id in due if self._put(group_id, self._all_of(group_id))}

    # --- indexes ---

    def _replace(self, group_id: str, group: Group | None, whole: set[str]) -> set[str]:
        """The groups of which it is or was a possible cause; those of which it is a condition go to `whole`."""
        effects: set[str] = set()
        before = self.groups.pop(group_id, None)
        gone, come = _apart(before, group)
        stays = bool(gone) and group is not None and _is_found_alike(gone, come)
        for old, new in zip(gone, come, strict=True) if stays else ():
            new.stand = old.stand
        if gone and not stays:
            # Another of its strands may stand at the same keys
            come = group.strands if group is not None else ()
            self._index(group_id, before.strands if before is not None else (), (whole, effects), _unmark)
        if group is not None:
            self.groups[group_id] = group
            self._index(group_id, come, (whole, effects), None if stays else _mark)
        return effects

    def _index(
        self, group_id: str, strands: Sequence[Strand], concerned: tuple[set[str], set[str]], turn: Turn | None
    ) -> None:
        """Note whom these strands of a group concern, and with `turn` put it in the indexes or take it out."""
        whole, effects = concerned
        for strand in strands:
            stand = self._model.stand(strand)
            for key in stand.conditions:
                whole.update(self._effects_at.get(key, ()))
            for key in stand.causes:
                effects.update(self._effects_at.get(key, ()))
            if turn is not None:
                for key in stand.conditions + stand.causes:
                    turn(self._causes_at, key, group_id)
                for key in stand.effects + stand.needed:
                    turn(self._effects_at, key, group_id)

    # --- what may cause it ---

    def _put(self, group_id: str, after: tuple[Possible, ...]) -> bool:
        """Whether these possible causes are others than before."""
        before = self.possible.get(group_id, ())
        if before == after:
            return False
        for item in before:
            self.effects_of[item.cause].discard(group_id)
        for item in after:
            self.effects_of[item.cause].add(group_id)
        if after:
            self.possible[group_id] = after
        else:
            self.possible.pop(group_id, None)
        return True

    def _all_of(self, group_id: str) -> tuple[Possible, ...]:
        group = self.groups.get(group_id)
        if group is None:
            return ()
        return _ranked(self._best(group, cause) for cause in self._near(group))

    def _with(self, group_id: str, causes: Sequence[str]) -> tuple[Possible, ...]:
        """The possible causes, these of them, which are no others twice, judged anew."""
        group = self.groups[group_id]
        found: list[Possible | None] = [item for item in self.possible.get(group_id, ()) if item.cause not in causes]
        found += [self._best(group, cause) for cause in causes if cause in self.groups]
        return _ranked(found)

    def _near(self, group: Group) -> set[str]:
        """The other groups that meet it at some key."""
        found: set[str] = set()
        for strand in group.strands:
            for key in self._model.stand(strand).effects:
                if there := self._causes_at.get(key):
                    found |= there
        found.discard(group.id)
        return found

    def _best(self, group: Group, cause: str) -> Possible | None:
        """How the cause explains the group best."""
        found = [
            self._outlived.judged(item, group.id)
            for to in group.strands
            for _, way in self._model.by_effect.get(to.kind, ())
            for by in self.groups[cause].strands
            if by.kind in way.causes and (item := self._judge(cause, way, by, to)) is not None
        ]
        return found[0] if len(found) == 1 else min(found, key=rank, default=None)

    def _judge(self, cause: str, way: CauseWay, by: Strand, to: Strand) -> Possible | None:
        if not way.may_tell(by, to) or by.region != to.region or not way.era.holds(by.start):
            return None
        if (place := way.place(by, to)) is None:
            return None
        delay = to.start - way.begun(by, to, place)
        if way.outside_s(place, delay) >= TOLERANCE_S:
            if place.upwind or not way.is_near_miss(place, delay):
                return None
            return Possible(cause, way, by, to, place, 0.0, (), OUTSIDE)
        if place.upwind or to.start > by.end + way.begins_until_s:
            return Possible(cause, way, by, to, place, 0.0, (), UPWIND if place.upwind else ENDED_BEFORE)
        score = way.score(by, to, place, delay)
        held = self._held(way, by, to)
        if held is None:
            return Possible(cause, way, by, to, place, 0.0, (), CONDITION)
        return Possible(cause, way, by, to, place, score, held)

    def _held(self, way: CauseWay, by: Strand, to: Strand) -> tuple[str, ...] | None:
        if not way.cause.conditions:
            return ()
        found = []
        for kind in way.cause.conditions:
            holding = [strand for strand in self._conditions(kind, to) if _holds(strand, by, to)]
            if not holding:
                return None
            found.append(min(holding, key=lambda strand: strand.order).id)
        return tuple(found)

    def _conditions(self, kind: str, at: Strand) -> Iterator[Strand]:
        for place in self._model.surroundings(at):
            for group_id in self._causes_at.get(condition_key(kind, place), ()):
                yield from (strand for strand in self.groups[group_id].strands if strand.kind == kind)


def _holds(condition: Strand, cause: Strand, effect: Strand) -> bool:
    """It held when the effect began, and began while the cause lasted: a pump that runs again floods nothing."""
    begun = min(effect.start, cause.end) + TOLERANCE_S
    return condition.start <= begun and condition.end + CONDITION_SLACK_S >= effect.start


def _ranked(found: Iterable[Possible | None]) -> tuple[Possible, ...]:
    """Those that are possible, best first."""
    items = [item for item in found if item is not None]
    if len(items) > 1:
        items.sort(key=rank)
    return tuple(items)


def _apart(before: Group | None, after: Group | None) -> tuple[Sequence[Strand], Sequence[Strand]]:
    """The strands of a group that went and came; of a thousand reports of one thing the last one came."""
    old, new = before.strands if before is not None else (), after.strands if after is not None else ()
    if len(old) < 2 and len(new) < 2:
        return old, new
    kept = set(map(id, old)) & set(map(id, new))
    return [one for one in old if id(one) not in kept], [one for one in new if id(one) not in kept]


def _is_found_alike(gone: Sequence[Strand], come: Sequence[Strand]) -> bool:
    """They stand at the same keys: what cleared is where it was."""
    return len(gone) == len(come) and all(map(_stands_alike, gone, come))


def _stands_alike(one: Strand, other: Strand) -> bool:
    return (one.kind, one.places, one.position, one.first.zone) == (
        other.kind,
        other.places,
        other.position,
        other.first.zone,
    )


def _mark(index: Index, key: Hashable, group_id: str) -> None:
    found = index.get(key)
    if found is None:
        index[key] = {group_id}
    else:
        found.add(group_id)


def _unmark(index: Index, key: Hashable, group_id: str) -> None:
    found = index.get(key)
    if found is not None:
        found.discard(group_id)
        if not found:
            del index[key]
