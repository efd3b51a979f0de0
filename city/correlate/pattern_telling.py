"""What patterns add to the explanation of a group: who holds it to whom, what it opens, what nearly was."""

from collections.abc import Mapping

import msgspec

from city.correlate.holds import Hold, Missed
from city.correlate.matching import Match, Member
from city.correlate.patterns import Patterns
from city.correlate.strands import Strand
from city.correlate.telling import MOST_CANDIDATES
from city.explain import Teller
from city.pattern_words import Coming, PatternTeller
from schemas.links import PATTERN, Explanation, Link
from schemas.rules import Rule

TIMED_OUT, ELSEWHERE = "timed_out", "elsewhere"


class PatternExplainer:
    """Reads the present holds and near misses of `patterns`."""

    def __init__(self, patterns: Patterns, strands: Mapping[str, Strand], teller: Teller) -> None:
        """`strands` by id, to name what is cited and held to."""
        self._patterns, self._strands, self._teller = patterns, strands, PatternTeller(teller)

    def explain(self, explanation: Explanation) -> Explanation:
        """The explanation with what patterns add; one that has a cause meanwhile is held no more."""
        hold = self._patterns.hold(explanation.group) if explanation.parent is None else None
        missed = self._patterns.missed(explanation.group, explanation.signals)
        if missed:
            links = tuple(self._missed(explanation, one) for one in missed)
            kept = explanation.candidates[: MOST_CANDIDATES - len(links)]
            explanation = msgspec.structs.replace(explanation, candidates=kept + links)
        return explanation if hold is None else self._held(explanation, hold)

    def _held(self, explanation: Explanation, hold: Hold) -> Explanation:
        held = msgspec.structs.replace(explanation, held=self._link(explanation, hold), held_to=hold.head)
        if hold.match is None or hold.rule.pattern is None or not hold.rule.pattern.opens:
            return held
        return msgspec.structs.replace(
            held,
            opens=True,
            pattern=hold.rule.id,
            pattern_title=hold.rule.title,
            pattern_title_vi=hold.rule.title_vi,
            pattern_severity=hold.rule.pattern.severity,
        )

    def _link(self, explanation: Explanation, hold: Hold) -> Link:
        head = self._strands.get(hold.head, hold.member.strand)
        if hold.match is None:
            words = self._teller.belongs(hold.rule, head.first, hold.member.strand.first, hold.member.near.distance_m)
        else:
            words = self._teller.holds(self._coming(hold.rule, hold.match))
        cited = hold.match.cited if hold.match else ()
        return _link(hold.rule, (head, hold.member), ("", *words), cited)

    def _missed(self, explanation: Explanation, missed: Missed) -> Link:
        if missed.member is None:
            words = self._teller.timed_out(self._coming(missed.rule, missed.match))
            anchor = missed.match.members[0]
            return _link(missed.rule, (missed.match.anchor, anchor), (TIMED_OUT, *words), ())
        head = self._strands.get(missed.head, missed.match.anchor)
        words = self._teller.elsewhere(missed.rule, missed.member.strand.first)
        return _link(missed.rule, (head, missed.member), (ELSEWHERE, *words), ())

    def _coming(self, rule: Rule, match: Match) -> Coming:
        if rule.pattern is None:
            raise AssertionError("only patterns have matches")
        cited = [self._strands[one].first for one in match.cited if one in self._strands]
        members = tuple(member.strand.first for member in match.members)
        return Coming(rule=rule, pattern=rule.pattern, members=members, cited=tuple(cited), missing=match.missing)


def _link(rule: Rule, ends: tuple[Strand, Member], said: tuple[str, str, str], cited: tuple[str, ...]) -> Link:
    head, member = ends
    reason, why, why_vi = said
    walk = member.near.walk
    return Link(
        kind=PATTERN,
        rule=rule.id,
        rule_version=rule.version,
        cause=head.id,
        effect=member.strand.id,
        path=walk.path if walk else (),
        relations=walk.relations if walk else (),
        distance_m=member.near.distance_m,
        delay_s=member.strand.start - head.start,
        score=0.0 if reason else 1.0,
        conditions=cited,
        reason=reason,
        why=why,
        why_vi=why_vi,
    )
