"""Explanations: groups, parents and near misses as they go to the recorder, with every why in words."""

import msgspec

from city.correlate.grouping import TIE, WEAKER, Assignment, Group, Grouping
from city.correlate.model import Model
from city.correlate.nearness import Fit
from city.correlate.parents import Parents
from city.correlate.possible import Alike, Fellow, Possible, alike
from city.correlate.strands import Strand
from city.enrich import Catalogue
from city.explain import Teller, Telling
from city.languages import Pair
from schemas.links import CAUSE, SAME, Explanation, Link
from schemas.signals import Signal, severity_rank

MOST_CANDIDATES = 10
SETTLE_S, SETTLE_CRITICAL_S = 15.0, 3.0
MEASURES_RULE, TIED_RULE = "measures", "tied"


def group_signals(group: Group) -> tuple[Signal, ...]:
    """All members, anchor first, then in order of strands."""
    if len(group.strands) == 1:
        return group.strands[0].signals
    return tuple([signal for strand in group.strands for signal in strand.signals])


class Told(msgspec.Struct, frozen=True, eq=False, gc=False):
    """A link within a group, and what it was put into words of: two strands, or two signals of one."""

    by: Strand | Signal
    member: Strand | Signal
    assignment: Assignment | None
    link: Link

    def is_of(self, by: Strand | Signal, member: Strand | Signal, assignment: Assignment | None) -> bool:
        """Whether nothing of it is another now."""
        before = self.assignment
        if before is not None and assignment is not None:
            alike = before.fit is assignment.fit and before.likeness == assignment.likeness
        else:
            alike = before is assignment
        return alike and self.by is by and self.member is member


class Explainer:
    """Builds the complete explanation of a group."""

    def __init__(self, model: Model, grouping: Grouping, parents: Parents, catalogue: Catalogue) -> None:
        """Reads the present choices of `grouping` and `parents`."""
        self._model, self._parents, self._opens = model, parents, catalogue.opens
        self._strands = grouping.strands
        self._teller = self.teller = Teller(model.graph, catalogue.kinds.get, catalogue.city.relations)
        self._told: dict[str, dict[str, Told]] = {}
        """Of each group its links by member: a thousand reports of one thing are not told anew for each."""

    def explain(self, group: Group, suspected: str | None, revision: int) -> Explanation:
        """The group's explanation; `suspected`: the asset that it makes suspect, if it has no parent."""
        parent = self._parents.parent(group.id)
        held = None if parent else self._parents.held(group.id)
        candidates = self._candidates(group)
        tied = sum(link.reason == TIE and link.kind == CAUSE for link in candidates) if candidates else 0
        why, why_vi = ("", "") if parent or held else self._teller.rootless(group.anchor.first, suspected, tied)
        signals = group_signals(group)
        return Explanation(
            group=group.id,
            region=group.anchor.region,
            signals=signals,
            same=() if len(signals) == 1 else tuple(self._same_links(group)),
            parent=self._cause_link(parent, "") if parent else None,
            parent_group=parent.cause if parent else None,
            candidates=candidates,
            held=self._held_link(group, held) if held else None,
            held_to=held.cause if held else None,
            suspected_asset=None if parent or held else suspected,
            why=why,
            why_vi=why_vi,
            opens=any([self._opens(strand.kind) or strand.by_hand for strand in group.strands]),
            settle_s=0.0 if parent or held else self._settle_s(group, signals),
            revision=revision,
        )

    def _settle_s(self, group: Group, signals: tuple[Signal, ...]) -> float:
        if not any([self._model.stand(strand).effects for strand in group.strands]):
            return 0.0  # there is no asset, nor any place, from which a cause could still be reported
        worst = min([severity_rank(signal.severity) for signal in signals])
        return SETTLE_CRITICAL_S if worst == 0 else SETTLE_S

    def forget(self, group_id: str) -> None:
        """The group is no more."""
        self._told.pop(group_id, None)

    def _same_links(self, group: Group) -> list[Link]:
        known = self._told.get(group.id, {})
        told: dict[str, Told] = {}
        for strand, assignment in zip(group.strands, group.assignments, strict=True):
            if assignment.fit is not None:
                by = self._strands[assignment.by] if assignment.by else group.anchor
                one = known.get(strand.id)
                if one is None or not one.is_of(by, strand, assignment):
                    link = self._same_link((by, strand), assignment.fit, likeness=assignment.likeness)
                    one = Told(by, strand, assignment, link)
                told[strand.id] = one
            elif strand is not group.anchor:
                raise AssertionError("only the anchor's strand has no fit")
            first = strand.first
            for signal in strand.signals[1:]:
                one = known.get(signal.id)
                if one is None or not one.is_of(first, signal, None):
                    words = self._teller.measured(Telling(cause=first, effect=signal))
                    one = Told(first, signal, None, _unwritten(MEASURES_RULE, (first, signal), words))
                told[signal.id] = one
        self._told[group.id] = told
        return [one.link for one in told.values()]

    def _same_link(
        self, ends: tuple[Strand, Strand], fit: Fit, reason: str = "", likeness: float | None = None, also: int = 0
    ) -> Link:
        anchor, member = ends
        by = anchor.at(anchor.nearest(member.start))
        telling = Telling(
            cause=by,
            again=by is not anchor.first,
            effect=member.first,
            walk=fit.walk,
            distance_m=fit.distance_m,
            reason=reason,
            likeness=likeness,
            also=also,
        )
        why, why_vi = self._teller.same(telling)
        return Link(
            kind=SAME,
            rule=fit.rule.id,
            rule_version=fit.rule.version,
            cause=anchor.id,
            effect=member.id,
            path=fit.walk.path if fit.walk else (),
            relations=fit.walk.relations if fit.walk else (),
            distance_m=fit.distance_m,
            delay_s=member.start - by.raised_at.timestamp(),
            score=fit.score,
            reason=reason,
            why=why,
            why_vi=why_vi,
        )

    def _held_link(self, group: Group, held: Alike | Fellow) -> Link:
        first, anchor = self._strands[held.cause], group.anchor
        if isinstance(held, Alike):
            return self._same_link((first, anchor), held.fit, also=len(alike(group)) - 1)
        words = self._teller.fellow(Telling(cause=first.first, effect=anchor.first))
        return _unwritten(TIED_RULE, (first.first, anchor.first), words, held.score)

    def _cause_link(self, item: Possible, reason: str) -> Link:
        walk, away, by = item.place.walk, item.place.distance_m, item.by
        cause = by.at(item.way.begun(by, item.to, item.place))
        why, why_vi = self._teller.cause(
            Telling(
                cause=cause,
                again=cause is not by.first,
                effect=item.to.first,
                walk=walk,
                distance_m=away,
                delay_range_s=item.way.delay_range(item.place) if reason else (0.0, 0.0),
                conditions=item.way.cause.conditions,
                wind_deg=item.place.wind_deg,
                reason=reason,
            )
        )
        return Link(
            kind=CAUSE,
            rule=item.way.rule.id,
            rule_version=item.way.rule.version,
            cause=item.cause,
            effect=item.to.id,
            path=walk.path if walk else (),
            relations=walk.relations if walk else (),
            distance_m=None if away is None else round(away, 1),
            delay_s=item.to.start - cause.raised_at.timestamp(),
            score=item.score,
            conditions=item.conditions,
            reason=reason,
            why=why,
            why_vi=why_vi,
        )

    def _candidates(self, group: Group) -> tuple[Link, ...]:
        links = [self._cause_link(item, why) for item, why in self._parents.near_misses(group.id)[:MOST_CANDIDATES]]
        for strand, assignment in zip(group.strands, group.assignments, strict=True):
            if assignment.rivals:
                links += self._rivals(group, strand, assignment)
        if not links:
            return ()
        return tuple(sorted(links, key=lambda link: (-link.score, link.cause, link.rule))[:MOST_CANDIDATES])

    def _rivals(self, group: Group, strand: Strand, assignment: Assignment) -> list[Link]:
        held = self._parents.held(group.id)
        here, tied = ({group.id, held.cause}, WEAKER) if isinstance(held, Alike) else ({group.id}, TIE)
        return [
            self._same_link(
                (self._strands[rival.anchor], strand), rival.fit, tied if rival.reason == TIE else rival.reason
            )
            for rival in assignment.rivals
            if rival.anchor not in here and rival.anchor in self._strands
        ]


def _unwritten(rule: str, ends: tuple[Signal, Signal], words: Pair, score: float = 1.0) -> Link:
    """A link between two signals that no rule file asks for."""
    cause, effect = ends
    return Link(
        kind=SAME,
        rule=rule,
        cause=cause.id,
        effect=effect.id,
        delay_s=(effect.raised_at - cause.raised_at).total_seconds(),
        score=score,
        why=words[0],
        why_vi=words[1],
    )
