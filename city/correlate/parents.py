"""Parents: each group takes at most one cause group, the best by score; ties and cycles leave candidates."""

from collections.abc import Iterable, Mapping, Sequence

from city.correlate.causes import Causes
from city.correlate.grouping import TIE, WEAKER, Group
from city.correlate.model import Model
from city.correlate.outlived import OUTLIVED
from city.correlate.possible import Alike, Fellow, Possible, alike, tied
from city.correlate.ties import Ties
from city.correlate.ways import TOLERANCE_S

SCREENED, CYCLE = "screened", "cycle"


class Parents:
    """Raw choices depend on the two groups and their possible causes only; cycles are broken after them."""

    def __init__(self, model: Model) -> None:
        """No groups yet."""
        self.causes = Causes(model)
        self.groups, self.possible = self.causes.groups, self.causes.possible
        self._raw: dict[str, Possible] = {}
        self._cut: set[str] = set()
        self._ties = Ties(self.groups, self._led)

    def update(self, changed: Mapping[str, Group | None]) -> set[str]:
        """Replace groups (None: gone); the ids of all groups whose parent or candidates may now be others."""
        return self._anew(self.causes.update(changed), set(changed))

    def age(self, now_s: float) -> set[str]:
        """The clock moves on; groups whose parent or candidates are others, since they have outlived their causes."""
        aged = self.causes.age(now_s)
        return self._anew(aged, set()) if aged else aged

    def _anew(self, altered: set[str], changed: set[str]) -> set[str]:
        touched = altered | changed
        for group_id in altered:
            if effects := self.causes.effects_of.get(group_id):
                touched |= effects
        moved = self._decide_all(touched)
        touched |= moved
        touched |= self._ties.settle()
        return touched

    def suspect(self, suspects: Mapping[str, str | None]) -> set[str]:
        """Groups that suspect an asset now, or none any more; groups whose parent is another by that."""
        for group_id, asset in suspects.items():
            self._ties.suspect(group_id, asset)
        return self._ties.settle()

    def parent(self, group_id: str) -> Possible | None:
        """The cause it belongs to, or None for a root."""
        return self._led(group_id) or self._of_tied(group_id)

    def held(self, group_id: str) -> Alike | Fellow | None:
        """The group that one without a cause goes with: of the same thing, or tied between the same stories."""
        chosen = self._ties.chosen(group_id)
        return None if isinstance(chosen, Possible) else chosen

    def _of_tied(self, group_id: str) -> Possible | None:
        chosen = self._ties.chosen(group_id)
        return chosen if isinstance(chosen, Possible) else None

    def _led(self, group_id: str) -> Possible | None:
        return None if group_id in self._cut else self._raw.get(group_id)

    def near_misses(self, group_id: str) -> list[tuple[Possible, str]]:
        """What it does not belong to, best first, with the reason."""
        possible = self.possible.get(group_id)
        if not possible:
            return []
        chosen = self._raw.get(group_id) or self._of_tied(group_id)
        able = self._unscreened(group_id)
        reaching = {item.cause for item in able}
        equal = {item.cause for item in tied(able)} if chosen is None else set()
        found = []
        for item in possible:
            if chosen is None or item.cause != chosen.cause:
                lost = TIE if item.cause in equal else WEAKER if item.cause in reaching else SCREENED
                found.append((item, item.reason or lost))
            elif group_id in self._cut:
                found.append((item, CYCLE))
        return found

    def is_orphan(self, group_id: str) -> bool:
        """Nothing can explain it, nor could until it outlived its cause."""
        possible = self.possible.get(group_id)
        return group_id not in self._raw and not (possible and any(item.reason in ("", OUTLIVED) for item in possible))

    # --- the choice ---

    def _decide_all(self, group_ids: Iterable[str]) -> set[str]:
        cycles: set[str] = set()
        for group_id in group_ids:
            nearest = self._nearest(group_id)
            equal: Sequence[Possible | Alike] = nearest or alike(self.groups.get(group_id))
            self._ties.put(group_id, equal if len(equal) > 1 else ())
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
        """The causes that no other leads, but for those that may be the cause of another of them, and not its effect.

        On a ring each of two may be the cause of the other; if so it goes all round, none of them is nearer.
        """
        equal = tied(self._unscreened(group_id))
        if len(equal) < 2:
            return equal
        causes = {item.cause: self._causes(item.cause) for item in equal}
        nearest = [
            item
            for item in equal
            if not any(item.cause in causes[other.cause] and other.cause not in causes[item.cause] for other in equal)
        ]
        return nearest or equal

    def _unscreened(self, group_id: str) -> list[Possible]:
        """The causes that can be, best first, but for those that a nearer one screens off (Reichenbach 1956).

        A cause on the way of another one, which cannot have caused it, was there before that one came, or began later
        for a reason of its own: either way nothing behind it is due to the other one.
        """
        able = [item for item in self.possible.get(group_id, ()) if not item.reason]
        return [item for item in able if not self._is_screened(item, able)] if len(able) > 1 else able

    def _is_screened(self, item: Possible, able: Iterable[Possible]) -> bool:
        walk = item.place.walk
        if walk is None or walk.hops < 2:
            return False
        between = set(walk.path[1:-1])
        return any(
            other.way is item.way
            and not between.isdisjoint(other.by.places)
            and (other.place.walk is not None and other.place.walk.hops < walk.hops)
            and other.by.end + TOLERANCE_S >= item.by.start
            and item.cause not in self._causes(other.cause)
            for other in able
        )

    def _causes(self, group_id: str) -> set[str]:
        return {item.cause for item in self.possible.get(group_id, ()) if not item.reason}

    def _cycle(self, group_id: str) -> set[str]:
        at = self._raw.get(group_id)
        if at is None:
            return set()
        walked = [group_id]
        while at is not None and at.cause not in walked:
            walked.append(at.cause)
            at = self._raw.get(at.cause)
        return set(walked) if at is not None and at.cause == group_id else set()

    def _weakest(self, cycle: set[str]) -> set[str]:
        return {min(cycle, key=lambda group_id: (self._raw[group_id].score, group_id))} if cycle else set()
