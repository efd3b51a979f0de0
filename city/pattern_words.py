"""Why, in words, for patterns: what came together, what was missing, what never came."""

from collections import Counter
from collections.abc import Iterable

import msgspec

from city.explain import Teller, distance, duration, lowered
from city.languages import Pair
from schemas.rules import SEQUENCE, Part, Pattern, Rule
from schemas.signals import Signal


class Coming(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What a sentence about a match needs."""

    rule: Rule
    pattern: Pattern
    """Of the rule."""
    members: tuple[Signal, ...]
    """Anchor first."""
    cited: tuple[Signal, ...] = ()
    missing: tuple[int, ...] = ()
    """Numbers of parts that were not filled."""


class PatternTeller:
    """Puts matches into words with the names of a city's kinds and assets."""

    def __init__(self, teller: Teller) -> None:
        """`teller` knows the names."""
        self._teller = teller

    def holds(self, coming: Coming) -> Pair:
        """What came together, of the first group that a match holds."""
        title_en, title_vi = self._title(coming.rule)
        came_en, came_vi = self._came(coming)
        never_en, never_vi = self._never(coming.pattern)
        return f"{title_en}: {came_en}{never_en}.", f"{title_vi}: {came_vi}{never_vi}."

    def belongs(self, rule: Rule, head: Signal, member: Signal, distance_m: float | None) -> Pair:
        """Why one member is held to the first."""
        title_en, title_vi = self._title(rule)
        (head_en, head_vi), (own_en, own_vi) = self._teller.signal(head), self._teller.signal(member)
        apart_en, apart_vi = duration((member.raised_at - head.raised_at).total_seconds())
        away_en, away_vi = ("", "") if distance_m is None else distance(distance_m)
        place_en, place_vi = (f", {away_en} away", f", cách {away_vi}") if distance_m is not None else ("", "")
        return (
            f"{own_en} belongs to {title_en} with {lowered(head_en)}: {apart_en} apart{place_en}.",
            f"{own_vi} thuộc {title_vi} cùng với {lowered(head_vi)}: lệch nhau {apart_vi}{place_vi}.",
        )

    def timed_out(self, coming: Coming) -> Pair:
        """What came, and what did not come in time."""
        title_en, title_vi = self._title(coming.rule)
        came_en, came_vi = self._came(coming)
        missing = [coming.pattern.parts[number] for number in coming.missing]
        within_s = coming.pattern.within_s
        if coming.pattern.mode == SEQUENCE and missing:  # those after the first that did not come were not waited for
            missing = missing[:1]
            within_s = within_s if missing[0].within_s is None else min(within_s, missing[0].within_s)
        wanted = [self._wanted(part) for part in missing]
        wanted_en, wanted_vi = (", ".join(words[at] for words in wanted) for at in range(2))
        within_en, within_vi = duration(within_s)
        return (
            f"Not {title_en}: {came_en}, but {wanted_en} within {within_en}.",
            f"Chưa thành {title_vi}: {came_vi}, nhưng {wanted_vi} trong {within_vi}.",
        )

    def _wanted(self, part: Part) -> Pair:
        """What did not come, or not so often or at so many places as it should."""
        kinds_en, kinds_vi = self._kinds(part.kinds)
        if part.count == 1:
            return f"no {kinds_en}", f"không có {kinds_vi}"
        places_en, places_vi = (" at different places", " ở các nơi khác nhau") if part.distinct else ("", "")
        return f"not {part.count} × {kinds_en}{places_en}", f"không đủ {part.count} × {kinds_vi}{places_vi}"

    def elsewhere(self, rule: Rule, member: Signal) -> Pair:
        """Why a member is not held: another pattern has it."""
        (title_en, title_vi), (own_en, own_vi) = self._title(rule), self._teller.signal(member)
        return (
            f"{own_en} also fits {title_en}, but belongs to another pattern already.",
            f"{own_vi} cũng khớp {title_vi}, nhưng đã thuộc một mẫu khác.",
        )

    def _title(self, rule: Rule) -> Pair:
        return f"“{rule.title}”", f"“{rule.title_vi}”"

    def _came(self, coming: Coming) -> Pair:
        first, last = coming.members[0].raised_at, max(one.raised_at for one in coming.members)
        counts = Counter(one.kind for one in coming.members)
        words = [(f"{count} × ", self._within(self._teller.kind(kind))) for kind, count in counts.items()]
        english = ", ".join(many + kind for many, (kind, _) in words)
        vietnamese = ", ".join(many + kind for many, (_, kind) in words)
        if len(coming.members) > 1:
            span_en, span_vi = duration((last - first).total_seconds())
            english, vietnamese = f"{english} within {span_en}", f"{vietnamese} trong {span_vi}"
        cited = [self._within(self._teller.signal(one)) for one in coming.cited]
        if cited:
            english += "; meanwhile: " + ", ".join(words for words, _ in cited)
            vietnamese += "; trong khi đó: " + ", ".join(words for _, words in cited)
        return english, vietnamese

    def _never(self, pattern: Pattern) -> Pair:
        english, vietnamese = "", ""
        for part in pattern.parts:
            if part.absent:
                kinds_en, kinds_vi = self._kinds(part.kinds)
                within_en, within_vi = duration(pattern.within_s if part.within_s is None else part.within_s)
                english += f"; no {kinds_en} within {within_en}"
                vietnamese += f"; không có {kinds_vi} trong {within_vi}"
        return english, vietnamese

    @staticmethod
    def _within(words: Pair) -> Pair:
        """As they stand within a sentence."""
        return lowered(words[0]), lowered(words[1])

    def _kinds(self, kinds: Iterable[str]) -> Pair:
        words = [self._within(self._teller.kind(kind)) for kind in dict.fromkeys(kinds)]
        return " or ".join(english for english, _ in words), " hoặc ".join(vietnamese for _, vietnamese in words)
