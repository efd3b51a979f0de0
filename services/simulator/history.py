"""What the parks' meters would have counted before the demo began: indicators of the year before and of this one.

Means of the same meters that play live, by the same formulas, marked `simulated`; no reading of before is invented.
Whoever starts the demo on another day gets the same past: its chances come from names and dates, not from a seed.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

import numpy as np

from city.indicators.parks.formulas import Formula, work_out
from city.indicators.parks.gather import RATES, Known, held
from city.indicators.parks.hours import Amount, Hour
from city.indicators.parks.places import Place
from city.indicators.parks.table import FORMULAS
from city.indicators.spans import begin, end
from infra.cities.building.parks import scale
from infra.postgres.indicator_store import Row
from services.simulator.parks import Parks

SIMULATED = "simulated"
"""A note of `city.indicators.parks.notes`."""
THRIFT = (-0.01, 0.02)
"""A park used so much more for the same output in the year before."""
SUNSHINE = (0.92, 1.0)
"""Of a clear month's sun."""
REPORTED = (0.985, 0.999)
"""Part of the time for which the meters of a park sent."""
SPREAD = 0.01
Span = tuple[str, datetime, float]
"""Step, beginning, hours."""


def spans(now: datetime, zone: ZoneInfo) -> Iterator[Span]:
    """Whole months since the year before last ended, then the whole days of this month."""
    this_month, today = begin("month", now, zone), begin("day", now, zone)
    at = begin("year", begin("year", now, zone) - timedelta(hours=1), zone)
    while at < today:
        step = "month" if at < this_month else "day"
        until = end(step, at, zone)
        yield step, at, (until - at) / timedelta(hours=1)
        at = until


def rows(parks: Parks, words: tuple[Known, Sequence[Place]], now: datetime) -> Iterator[Row]:
    """Every indicator that meters of `parks` are enough for, of every span before today."""
    known, places = words
    means, zone = _means(parks), known.catalogue.time_zone
    metered = [place for place in places if place.id in means]
    for span in spans(now, zone):
        _, at, hours = span
        middle = at + timedelta(hours=hours / 2)
        year = middle.astimezone(zone).year, now.astimezone(zone).year
        for place in metered:
            hour = Hour(
                amounts=_amounts(place, means[place.id], span, year),
                figures=held(known, place.id, middle),
                links=len(place.exchanges),
            )
            yield from (_row(place.id, formula, hour, span, now) for formula in FORMULAS if _counts(formula, hour))


def _means(parks: Parks) -> dict[str, dict[str, float]]:
    """Asset → quantity → mean of a day."""
    day = []
    for hour in range(24):
        parks.step(hour + 0.5)
        day.append(parks.values)
    return {
        name: {quantity: float(np.mean([values[quantity][at] for values in day])) for quantity in parks.values}
        for at, name in enumerate(parks.names)
    }


def _amounts(place: Place, means: Mapping[str, float], span: Span, years: tuple[int, int]) -> dict[str, Amount]:
    """Of a mean hour of the span; `years`: its own, and the present one."""
    _, at, _ = span
    own, here = _chance(place.id), _chance(f"{place.id} {at.date()}")
    thrift, reported = float(own.uniform(*THRIFT)), float(own.uniform(*REPORTED))
    work = scale(years[0]) * (1 + thrift * (years[1] - years[0])) * (1 + SPREAD * float(here.standard_normal()))
    sun = float(_chance(f"sun {at.date()}").uniform(*SUNSHINE))
    panels = means["panels_kw"] * sun
    values = {quantity: mean * work for quantity, mean in means.items()}
    values |= {"panels_kw": panels, "grid_kw": max(0.0, (means["grid_kw"] + means["panels_kw"]) * work - panels)}
    found = {quantity: value * reported * _an_hour(quantity) for quantity, value in values.items()}
    return {quantity: Amount(found[quantity], reported) for quantity in found if quantity in place.meters}


def _an_hour(quantity: str) -> float:
    return next(factor for suffix, factor in RATES.items() if quantity.endswith(suffix))


def _chance(name: str) -> np.random.Generator:
    return np.random.default_rng(int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big"))


def _counts(formula: Formula, hour: Hour) -> bool:
    """Outlets have no past here: only what meters and figures are enough for."""
    known = [name in hour.amounts for name in formula.quantities]
    metered = (all(known) if formula.every else any(known)) if known else True
    return formula.judged is None and metered and all(name in hour.figures for name in formula.figures)


def _row(asset: str, formula: Formula, hour: Hour, span: Span, now: datetime) -> Row:
    """Formulas are linear in what the meters counted: a span is its mean hour, so many times."""
    step, at, hours = span
    parts = work_out(formula, hour)
    return Row(
        asset=asset,
        indicator=formula.id,
        version=formula.version,
        step=step,
        at=at,
        numerator=None if parts.numerator is None else parts.numerator * hours,
        denominator=None if parts.denominator is None else parts.denominator * hours,
        hours=0.0 if parts.numerator is None else hours,
        covered_h=parts.covered * hours,
        notes=(*parts.notes, SIMULATED),
        computed_at=now,
    )
