"""Who does better within a size class; who cannot be compared, and why."""

from collections.abc import Mapping, Sequence

import msgspec

from city.indicators.parks.formulas import HIGH, Formula
from city.indicators.parks.quality import Value

CLASSES = ((100.0, "small"), (500.0, "medium"), (float("inf"), "large"))
"""Our own: below so many leased hectares."""
THRESHOLD = 0.9
"""Our own: parks are compared only if so much of what they were billed for is metered."""


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """A park or plant in a year."""

    asset: str
    hectares: float | None
    metered: Value | None
    """Metered part of the billed electricity."""
    value: Value | None
    before: Value | None = None
    """The same in the year before."""


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """Its place, or why it has none."""

    asset: str
    size: str | None
    rank: int | None = None
    """1 is best within the class."""
    of: int | None = None
    percentile: float | None = None
    """100: better than or as good as all others."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    change: float | None = None
    """Against the year before, as a part of it: −0.1 is a tenth less; null without both."""
    not_ranked: str | None = None
    """A note."""


def size_of(hectares: float | None) -> str | None:
    """`small`, `medium`, `large`."""
    return None if hectares is None else next(name for below, name in CLASSES if hectares < below)


def ranking(formula: Formula, candidates: Sequence[Candidate], threshold: float = THRESHOLD) -> list[Ranked]:
    """The ranked ones by class and rank, then the others by id."""
    reasons = {one.asset: _reason(one, threshold) for one in candidates}
    classes: dict[str, list[Candidate]] = {}
    for one in candidates:
        if reasons[one.asset] is None:
            classes.setdefault(size_of(one.hectares) or "", []).append(one)
    found = [placed for _, name in CLASSES for placed in _placed(formula, name, classes.get(name, []))]
    others = [_shown(one, reasons[one.asset]) for one in candidates if reasons[one.asset]]
    return found + sorted(others, key=lambda one: one.asset)


def _reason(one: Candidate, threshold: float) -> str | None:
    if one.hectares is None:
        return "no_class"
    if one.value is None or one.value.value is None:
        return one.value.notes[0] if one.value is not None and one.value.notes else "no_value"
    if one.metered is None or one.metered.value is None:
        return one.metered.notes[0] if one.metered is not None and one.metered.notes else "no_value"
    if one.metered.value < threshold:
        return f"low_coverage:{one.metered.value:.0%}|{threshold:.0%}"
    return None


def _placed(formula: Formula, size: str, members: list[Candidate]) -> list[Ranked]:
    if len(members) == 1:
        return [_shown(members[0], "alone")]
    values: Mapping[str, float] = {
        one.asset: one.value.value for one in members if one.value and one.value.value is not None
    }
    sign = -1 if formula.better == HIGH else 1
    ordered = sorted(members, key=lambda one: (sign * values[one.asset], one.asset))
    return [
        msgspec.structs.replace(
            _shown(one, None),
            rank=1 + sum(sign * other < sign * values[one.asset] for other in values.values()),
            of=len(members),
            percentile=100
            * (sum(sign * other >= sign * values[one.asset] for other in values.values()) - 1)
            / (len(members) - 1),
        )
        for one in ordered
    ]


def _shown(one: Candidate, reason: str | None) -> Ranked:
    value = one.value
    return Ranked(
        asset=one.asset,
        size=size_of(one.hectares),
        value=value.value if value else None,
        low=value.low if value else None,
        high=value.high if value else None,
        change=_change(one),
        not_ranked=reason,
    )


def _change(one: Candidate) -> float | None:
    now, before = one.value, one.before
    if now is None or before is None or now.value is None or not before.value:
        return None
    return now.value / before.value - 1
