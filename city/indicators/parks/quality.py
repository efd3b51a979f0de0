"""The value of an indicator over any time, with its coverage and the interval that this allows."""

import msgspec

from city.indicators.parks.formulas import METERED, RATIO, SHARE, TOTAL, Formula


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """The hours of an indicator added up."""

    numerator: float | None
    denominator: float | None
    hours: float
    """How many had a numerator."""
    covered_h: float
    """What was covered of them, hours."""
    notes: tuple[str, ...] = ()


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """An indicator in a time."""

    value: float | None
    """Of what was measured; never filled up."""
    numerator: float | None
    denominator: float | None
    coverage: float
    """0 … 1: the part of the time and of the instruments for which readings came."""
    low: float | None
    """The interval in which it lies if what was not measured may have been …"""
    high: float | None
    """… anything as large, for each hour, as what was; null where nothing can be said."""
    notes: tuple[str, ...] = ()


def value_of(formula: Formula, sums: Sums, elapsed_h: float) -> Value:
    """`elapsed_h`: hours of the time that are over."""
    coverage = min(1.0, sums.covered_h / elapsed_h) if elapsed_h > 0 else 0.0
    denominator = sums.denominator
    if denominator is not None and sums.hours and formula.stock:
        denominator /= sums.hours
    if denominator is not None and sums.hours and formula.form == METERED:
        denominator *= max(1.0, elapsed_h / sums.hours)
    measured = coverage > 0 or formula.form == METERED
    value = _quotient(formula, sums.numerator, denominator) if measured else None
    low, high = _interval(formula, value, coverage)
    return Value(
        value=value,
        numerator=sums.numerator,
        denominator=denominator,
        coverage=coverage,
        low=low,
        high=high,
        notes=sums.notes,
    )


def _quotient(formula: Formula, numerator: float | None, denominator: float | None) -> float | None:
    if numerator is None or formula.form == TOTAL:
        return numerator
    return numerator / denominator if denominator else None


def _interval(formula: Formula, value: float | None, coverage: float) -> tuple[float | None, float | None]:
    """With a part `c` measured: a total lies between v and v/c; a share between v·c and v·c + 1 − c."""
    if value is None or not coverage:
        return None, None
    if formula.form == SHARE:
        return value * coverage, value * coverage + 1 - coverage
    if formula.form == RATIO:
        return (value, value) if coverage == 1 else (None, None)
    return value, value if formula.form == METERED else value / coverage
