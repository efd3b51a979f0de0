"""What an incident says of its tree: severity, places, agencies, root, candidates, title."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from city.enrich import Catalogue
from city.incidents.model import State
from city.incidents.titles import titles
from city.incidents.trees import Tree
from schemas.incidents import Candidate
from schemas.links import Explanation, Link
from schemas.signals import ACTIVE, Signal, severity_rank

CANDIDATES = 10
REPORTS = "reports"


def signals_of(tree: Tree) -> list[Signal]:
    """All members, by group."""
    return [signal for group in tree.groups for signal in group.signals]


def figures(state: State, tree: Tree, words: Catalogue) -> dict[str, Any]:
    """The fields of Incident that follow from its tree alone."""
    signals = signals_of(tree)
    active = [signal for signal in holding(signals) if signal.state == ACTIVE]
    root, suspected = root_of(tree)
    anchor = witness(root, words)
    asset = suspected or anchor.measures or anchor.asset
    opened = next((group for group in tree.roots if group.pattern), None)
    said = (opened.pattern_title, opened.pattern_title_vi) if opened else None
    title, title_vi = titles(words, anchor, asset, suspected is not None, said)
    severities = [signal.severity for signal in active or signals]
    severities += [opened.pattern_severity] if opened and opened.pattern_severity else []
    zones = _distinct(signal.zone for signal in signals)
    return {
        "severity": min(severities, key=severity_rank),
        "title": title,
        "title_vi": title_vi,
        "kind": (opened.pattern if opened else None) or anchor.kind,
        "domain": anchor.domain,
        "area": next((area.id for area in words.areas_on(anchor.zone, anchor.raised_at)), None),
        "zones": zones,
        "agencies": _distinct(agency for signal in signals for agency in agencies_of(words, signal)),
        "position": (words.position(suspected) if suspected else anchor.position) or words.position(asset),
        "signal_count": len(signals),
        "active_count": len(active),
        "root_signal": None if suspected else anchor.id,
        "root_asset": asset,
        "suspected": suspected is not None,
        "opened_at": min(signal.raised_at for signal in signals),
        "candidates": candidates(state, tree, root),
    }


def root_of(tree: Tree) -> tuple[Explanation, str | None]:
    """The root group, and the suspected asset if the cause never reported."""
    real = [group for group in tree.roots if not group.suspected_asset]
    if real:
        return real[0], None
    return tree.roots[0], tree.roots[0].suspected_asset


def witness(group: Explanation, words: Catalogue) -> Signal:
    """The signal that speaks for a group: the first that was measured or told by a system, else the first report.

    What never opens an incident (works that begin as planned) leaves the word to what does (that they run over).
    """
    judged = [signal for signal in group.signals if signal.domain != REPORTS] or group.signals
    return next((signal for signal in judged if words.opens(signal.kind)), judged[0])


def agencies_of(words: Catalogue, signal: Signal) -> tuple[str | None, ...]:
    """Whose asset it is, and who must know of what happens there: on either side of a border."""
    own = signal.agency or words.agency(signal.measures or signal.asset)
    return own, *words.informed(signal.zone, signal.raised_at)


def holding(signals: list[Signal]) -> list[Signal]:
    """Members that keep an incident open: what is measured or told by systems, and reports of after all that ended.

    Nobody reports that a thing is over: a report alone counts for two hours, beside a better witness it ends with it.
    """
    judged = [signal for signal in signals if signal.domain != REPORTS]
    if not judged or any(signal.state == ACTIVE for signal in judged):
        return signals
    ended = max(map(ended_at, judged))
    return judged + [signal for signal in signals if signal.domain == REPORTS and signal.raised_at > ended]


def ended_at(signal: Signal) -> datetime:
    """When a signal that is not active ended: at its beginning, if nobody said."""
    return signal.cleared_at or signal.raised_at


def clears_at(tree: Tree, words: Catalogue) -> datetime | None:
    """Event time at which every hold-down has passed; None while a member that holds it is active."""
    signals = holding(signals_of(tree))
    if any(signal.state == ACTIVE or signal.cleared_at is None for signal in signals):
        return None
    return max(ended_at(signal) + timedelta(seconds=words.holds_s(signal)) for signal in signals)


def candidates(state: State, tree: Tree, root: Explanation) -> tuple[Candidate, ...]:
    """Near misses of the root, and where groups would go had no person acted, as incidents to offer."""
    own = {signal.id for signal in signals_of(tree)}
    offered = [_candidate(incident, _held(link)) for incident, link in tree.offers]
    near = [_candidate(state.signals.get(link.cause), link) for link in root.candidates if link.cause not in own]
    return tuple([*offered, *near][:CANDIDATES])


def _held(link: Link) -> Link:
    """A cause that holds, but would have moved what a person acted on."""
    return link if link.reason else msgspec.structs.replace(link, reason="held")


def _candidate(incident: str | None, link: Link) -> Candidate:
    return Candidate(
        incident=incident,
        signal=link.cause,
        rule=link.rule,
        score=link.score,
        reason=link.reason,
        why=link.why,
        why_vi=link.why_vi,
    )


def _distinct(found: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({one for one in found if one}))
