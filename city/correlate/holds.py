"""Which match holds which group: each group one match, the earliest anchor's first, then the first rule's."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import msgspec

from city.correlate.matching import Match, Member
from city.correlate.strands import Strand
from schemas.rules import Rule

Key = tuple[int, str]
"""Number of the rule and id of the anchor: names a match."""


class Hold(msgspec.Struct, frozen=True):
    """A group held by a match to the match's first group, `head`, which alone tells the whole match."""

    rule: Rule
    head: str
    member: Member
    match: Match | None = None


class Missed(msgspec.Struct, frozen=True):
    """A match that timed out, or (`member`) one whose member another match holds already."""

    rule: Rule
    match: Match
    member: Member | None = None
    head: str = ""


class Holds:
    """Kept up to date among the matches that share groups, directly or over others, with what changed."""

    def __init__(self, rules: list[Rule], strands: Mapping[str, Strand], group_of: Callable[[str], str | None]) -> None:
        """`rules` by number; `strands` by id; `group_of` gives a strand's group."""
        self._rules, self._strands, self._group_of = rules, strands, group_of
        self._matches: dict[Key, Match] = {}
        self._members: dict[Key, dict[str, Member]] = {}
        self._at: dict[str, set[Key]] = defaultdict(set)
        self.holds: dict[str, Hold] = {}
        self.elsewhere: dict[str, tuple[Missed, ...]] = {}

    def update(self, changed: Mapping[Key, Match | None], groups: Iterable[str]) -> set[str]:
        """Take matches that hold (None: no more) and groups whose strands may be others; the groups held otherwise."""
        news = {key for key, match in changed.items() if match is not None or key in self._matches}
        keys = news.union(*(self._at[group_id] for group_id in groups if group_id in self._at))
        if not keys:
            return set()
        dirty: set[str] = set()
        for key in keys:
            dirty |= self._index(key, changed.get(key, self._matches.get(key)))
        near = self._connected(dirty)
        return self._choose(sorted(near, key=lambda key: (self._matches[key].anchor.order, key[0])), dirty)

    def _index(self, key: Key, match: Match | None) -> set[str]:
        """Put a match in or out; the groups that it had or has."""
        before = self._members.pop(key, {})
        for group_id in before:
            self._at[group_id].discard(key)
            if not self._at[group_id]:
                del self._at[group_id]
        self._matches.pop(key, None)
        first: dict[str, Member] = {}
        for member in match.members if match is not None else ():
            if (group_id_of := self._group_of(member.strand.id)) is not None:
                first.setdefault(group_id_of, member)
        if match is not None:
            self._matches[key], self._members[key] = match, first
            for group_id in first:
                self._at[group_id].add(key)
        return before.keys() | first.keys()

    def _connected(self, dirty: set[str]) -> set[Key]:
        """The matches at these groups and all that share groups with them; `dirty` grows by their groups."""
        found: set[Key] = set()
        new = list(dirty)
        while new:
            for key in self._at.get(new.pop(), set()) - found:
                found.add(key)
                further = self._members[key].keys() - dirty
                dirty |= further
                new += further
        return found

    def _choose(self, ordered: list[Key], dirty: set[str]) -> set[str]:
        holds: dict[str, Hold] = {}
        elsewhere: dict[str, list[Missed]] = defaultdict(list)
        for key in ordered:
            self._hold(key, holds, elsewhere)
        changed = set()
        for group_id in dirty:
            after = holds.get(group_id), tuple(elsewhere.get(group_id, ()))
            if after != (self.holds.pop(group_id, None), self.elsewhere.pop(group_id, ())):
                changed.add(group_id)
            if after[0] is not None:
                self.holds[group_id] = after[0]
            if after[1]:
                self.elsewhere[group_id] = after[1]
        return changed

    def _hold(self, key: Key, holds: dict[str, Hold], elsewhere: dict[str, list[Missed]]) -> None:
        rule, match, members = self._rules[key[0]], self._matches[key], self._members[key]
        free = [group_id for group_id in members if group_id not in holds]
        if not free or (len(free) == 1 and rule.pattern is not None and not rule.pattern.opens):
            return
        head = min(free, key=lambda group_id: self._strands[group_id].order)
        for group_id, member in members.items():
            if group_id in holds:
                elsewhere[group_id].append(Missed(rule, match, member, head))
            else:
                holds[group_id] = Hold(rule, head, member, match if group_id == head else None)
