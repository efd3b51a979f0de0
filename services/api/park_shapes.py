"""Parks and indicators as the API shows them."""

import msgspec

from city.indicators.parks.formulas import Formula
from city.indicators.parks.notes import told
from infra.postgres.indicator_values import Stored
from schemas.times import At


class FormulaView(msgspec.Struct, frozen=True, kw_only=True):
    """What an indicator is."""

    id: str
    version: int
    name: str
    name_vi: str
    unit: str
    says: str
    says_vi: str
    better: str | None
    """`low` or `high`, where one is better."""


def formula_view(formula: Formula) -> FormulaView:
    """Without what computes it."""
    return FormulaView(**{name: getattr(formula, name) for name in FormulaView.__struct_fields__})


class NoteView(msgspec.Struct, frozen=True, kw_only=True):
    """Something to know of the quality."""

    note: str
    text: str
    text_vi: str


def note_view(note: str) -> NoteView:
    """In both languages."""
    text, text_vi = told(note)
    return NoteView(note=note, text=text, text_vi=text_vi)


class IndicatorView(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator of an asset in one hour, day, month or year."""

    asset: str
    indicator: str
    version: int
    """Of the formula."""
    step: str
    at: At
    """Beginning."""
    value: float | None
    numerator: float | None
    denominator: float | None
    coverage: float
    """0 … 1: the part of the time so far, and of the instruments, for which readings came."""
    low: float | None
    """The interval that the coverage allows; null where nothing can be said."""
    high: float | None
    notes: list[NoteView]
    computed_at: At


def indicator_view(stored: Stored) -> IndicatorView:
    """Flat."""
    value = stored.value
    return IndicatorView(
        asset=stored.asset,
        indicator=stored.indicator,
        version=stored.version,
        step=stored.step,
        at=stored.at,
        computed_at=stored.computed_at,
        value=value.value,
        numerator=value.numerator,
        denominator=value.denominator,
        coverage=value.coverage,
        low=value.low,
        high=value.high,
        notes=[note_view(note) for note in value.notes],
    )


class ParkView(msgspec.Struct, frozen=True, kw_only=True):
    """A park, cluster or plant with what belongs to it."""

    id: str
    kind: str
    name: str
    name_vi: str
    position: tuple[float, float] | None
    owner: str | None
    hectares: float | None
    leased_hectares: float | None
    district: str | None
    """The legacy district, until 2025-06-30."""
    ward: str
    """The unit of today."""
    plants: tuple[str, ...]
    outfalls: tuple[str, ...]
    stacks: tuple[str, ...]
    feeders: tuple[str, ...]
    solar: bool
    """Own panels are metered."""
    exchanges: tuple[tuple[str, str], ...]
    """From firm, to firm."""
    meters: dict[str, tuple[str, ...]]
    """Quantity → sensors that count for it."""


class RankView(msgspec.Struct, frozen=True, kw_only=True):
    """A place in a ranking, or why there is none."""

    asset: str
    size: str | None
    """`small` below 100, `medium` below 500, else `large`: leased hectares, our own classes."""
    rank: int | None
    of: int | None
    percentile: float | None
    value: float | None
    low: float | None
    high: float | None
    change: float | None
    """Against the time before, as a part of it."""
    not_ranked: NoteView | None


class RankingView(msgspec.Struct, frozen=True, kw_only=True):
    """Parks in a time, best first within their size class."""

    indicator: FormulaView
    step: str
    at: At
    threshold: float
    """Least metered part of the billed electricity."""
    notes: list[NoteView]
    """What there is to say of the values, of whichever park."""
    items: list[RankView]
