"""Learned normals: what a sensor usually reads at this hour of the day and how far it strays, robust against faults."""

import numpy as np

from city.detect.store import Column, Field, Rows, Store
from schemas.normals import Normal
from schemas.times import from_ms, to_ms

ENOUGH = 24
"""Readings before the first judgement; the normal begins as their median."""
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
GAUSS = 1.5958
"""E|x|^3 of a standard normal distribution, 2 sqrt(2/pi): third moments know tails that a median deviation hides."""
MAD = 1.4826
"""Standard deviation over median absolute deviation of a normal distribution."""
CLIP = 4.0
"""Deviations beyond which a reading widens the spread no more than one there would."""
HELD = 2.0
"""Deviations beyond which a reading moves the middle no more than one there would."""
BEYOND = 3.0
"""Deviations from which a reading counts as one of a run; the n-th of a run teaches 1/n of a usual one."""
LASTING_DAYS = 3.0
"""A run as long as this is no fault any more: the normal begins anew."""
MIDDLE_DAYS, SPREAD_DAYS = 14.0, 28.0
"""How far back middle and spread remember."""
RECENT = 3.0
"""The spread forgets this many times as fast as a plain mean would, while it is young: at first no hour is known."""
VISITS = 1.0
"""Days of an hour after which its own offset counts half."""
YOUNG_DAYS = 7.0
"""Days of an hour in which what it was like yesterday is usual too, and what it was like on two days its middle."""
AGREE = 0.5
"""Two days agree where they differ by less than this part of their distance from the middle."""
HALF = 0.5
"""The middle goes this part of the way to where they agree: what is merely on or off agrees by chance too."""
OFTEN = 8
"""So many excursions to a side make it usual to stray as far as the nearest of them; before, they teach little."""
OTHER_SIDE = 0.3
"""A side on which a sensor never strayed is at least this part of the other as wide."""

FIELDS = {
    "level": Field("float64", 0.0),
    "offset": Field("float64", 0.0, 24),
    "visits": Field("float64", 0.0, 24),
    "above": Field("float64", 0.0),
    "below": Field("float64", 0.0),
    "learned": Field("float64", 0.0),
    "beyond": Field("float64", 0.0),
    "gap_ms": Field("float64", 0.0),
    "taught_ms": Field("int64", -1),
    "first": Field("float64", 0.0, ENOUGH),
    "hour": Field("int64", -1),
    "hour_sum": Field("float64", 0.0),
    "hour_count": Field("float64", 0.0),
    "yesterday": Field("float64", np.nan, 24),
    "farthest": Field("float64", 0.0),
    "often_above": Field("float64", 0.0, OFTEN),
    "often_below": Field("float64", 0.0, OFTEN),
}
"""level and offset by hour (UTC): the middle; above, below: third moments of either side; beyond: length of the run;
gap_ms: usual time between readings; taught_ms: time of the last reading; first: the readings of the warm-up; hour,
hour_sum, hour_count: the hour (since 1970) of the last reading and what it had so far; yesterday: the mean of each
hour's last day; farthest: of the excursion that goes on; often_above, often_below: the largest excursions before."""


def scores(store: Store, rows: Rows, times: Column, values: Column) -> Column:
    """Per row: how many robust standard deviations from normal; NaN: not learned yet."""
    middle = _middle(store, rows, times)
    above, below = _spreads(store, rows, middle)
    score = (values - middle) / np.where(values >= middle, above, below)
    hour = (times // HOUR_MS) % 24
    before = store.columns["yesterday"][rows, hour]
    again = (values - before) / np.where(values >= before, above, below)
    score = np.where(_is_young(store, rows, hour) & (np.abs(again) < np.abs(score)), again, score)
    return np.where(store.columns["learned"][rows] >= ENOUGH, score, np.nan)


def limit(store: Store, row: int, at_ms: int, deviation: float) -> float:
    """The value of a row that is so many deviations from its normal at a time."""
    rows = np.array([row])
    middle = _middle(store, rows, np.array([at_ms]))
    above, below = _spreads(store, rows, middle)
    return float(middle[0] + deviation * (above if deviation >= 0 else below)[0])


def learn(store: Store, rows: Rows, times: Column, values: Column) -> None:
    """Move the normals towards the values; those that were learned already, from a restored normal, teach nothing."""
    new = (times > store.columns["taught_ms"][rows]) & ~np.isnan(values)
    if not new.all():
        rows, times, values = rows[new], times[new], values[new]
    _pace(store, rows, times)
    _pass_hours(store, rows, times, values)
    warming = store.columns["learned"][rows] < ENOUGH
    if not warming.all():
        _follow(store, rows[~warming], times[~warming], values[~warming])
    if warming.any():
        _gather(store, rows[warming], values[warming])


def _middle(store: Store, rows: Rows, times: Column) -> Column:
    """The level of all hours, and the hour's own offset the more the more often it was seen."""
    hour = (times // HOUR_MS) % 24
    seen = _days(store, rows, hour)
    middle: Column = store.columns["level"][rows] + seen / (seen + VISITS) * store.columns["offset"][rows, hour]
    return middle


def _spreads(store: Store, rows: Rows, middle: Column) -> tuple[Column, Column]:
    """Standard deviations above and below the middle."""
    above, below = (np.cbrt(store.columns[side][rows] / GAUSS) for side in ("above", "below"))
    least = 0.002 * np.abs(middle) + 1e-6
    wider = np.maximum(above, OTHER_SIDE * below), np.maximum(below, OTHER_SIDE * above)
    return np.maximum(wider[0], least), np.maximum(wider[1], least)


def _days(store: Store, rows: Rows, hour: Column) -> Column:
    """On how many days each row was heard in its hour."""
    days: Column = store.columns["visits"][rows, hour] / _per(store, rows, HOUR_MS)
    return days


def _is_young(store: Store, rows: Rows, hour: Column) -> Column:
    return store.columns["visits"][rows, hour] <= YOUNG_DAYS * _per(store, rows, HOUR_MS)


def _pass_hours(store: Store, rows: Rows, times: Column, values: Column) -> None:
    """Each hour's mean; what two days running agree on, away from the middle, is the middle of a young hour."""
    columns, hour = store.columns, times // HOUR_MS
    over = (columns["hour"][rows] != hour) & (columns["hour_count"][rows] > 0)
    if over.any():
        _end_hour(store, rows[over])
    columns["hour"][rows] = hour
    columns["hour_sum"][rows] += values
    columns["hour_count"][rows] += 1


def _end_hour(store: Store, rows: Rows) -> None:
    columns = store.columns
    hour, mean = columns["hour"][rows] % 24, columns["hour_sum"][rows] / columns["hour_count"][rows]
    before, middle = columns["yesterday"][rows, hour], _middle(store, rows, columns["hour"][rows] * HOUR_MS)
    above, below = _spreads(store, rows, middle)
    low, high = np.fmin(mean, before), np.fmax(mean, before)
    away = np.where(low > middle, low, np.where(high < middle, high, middle)) - middle
    agree = (high - low < AGREE * np.abs(away)) & (np.abs(away) > np.minimum(above, below))
    seen = _days(store, rows, hour)
    moves = agree & ~np.isnan(before) & _is_young(store, rows, hour) & (seen > 0)
    columns["offset"][rows, hour] += np.where(moves, HALF * away * (seen + VISITS) / np.maximum(seen, 1e-9), 0.0)
    columns["yesterday"][rows, hour] = mean
    columns["hour_sum"][rows], columns["hour_count"][rows] = 0.0, 0.0


def _per(store: Store, rows: Rows, span_ms: int) -> Column:
    """Readings in a time, at least one."""
    gap_ms = store.columns["gap_ms"][rows]
    return np.maximum(span_ms / np.where(gap_ms > 0, gap_ms, span_ms), 1.0)


def _pace(store: Store, rows: Rows, times: Column) -> None:
    """Learn the usual time between readings; a long pause counts as four."""
    taught, gap_ms = store.columns["taught_ms"], store.columns["gap_ms"]
    known, gap = taught[rows] >= 0, gap_ms[rows]
    passed = np.minimum(times - taught[rows], np.where(gap > 0, 4 * gap, DAY_MS))
    rate = 1.0 / np.clip(store.columns["learned"][rows], 1.0, 100.0)
    gap_ms[rows] = np.where(known, gap + rate * (passed - gap), 0.0)
    taught[rows] = times


def _gather(store: Store, rows: Rows, values: Column) -> None:
    learned = store.columns["learned"]
    store.columns["first"][rows, learned[rows].astype(np.intp)] = values
    learned[rows] += 1
    full = rows[learned[rows] >= ENOUGH]
    if len(full):
        _begin(store, full)


def _begin(store: Store, rows: Rows) -> None:
    """The warm-up is over: level and spreads of its readings, those far out clipped."""
    first = store.columns["first"][rows]
    level = np.median(first, axis=1)
    away = first - level[:, None]
    mad = MAD * np.median(np.abs(away), axis=1)
    reach = CLIP * np.where(mad > 0, mad, np.abs(away).max(axis=1))
    clipped = np.clip(away, -reach[:, None], reach[:, None])
    store.columns["level"][rows] = level
    store.columns["above"][rows] = 2 * (np.maximum(clipped, 0.0) ** 3).mean(axis=1)
    store.columns["below"][rows] = 2 * (np.maximum(-clipped, 0.0) ** 3).mean(axis=1)
    for name in ("offset", "visits", "beyond", "farthest", "often_above", "often_below"):
        store.columns[name][rows] = 0.0


def _follow(store: Store, rows: Rows, times: Column, values: Column) -> None:
    """One reading more per row: spread, level and the hour's offset move towards it."""
    columns = store.columns
    middle = _middle(store, rows, times)
    above, below = _spreads(store, rows, middle)
    away = values - middle
    spread, narrow = np.where(away >= 0, above, below), HELD * np.minimum(above, below)
    out = np.abs(away) > BEYOND * spread
    weight = _weight(store, rows, out)
    per_day, learned = _per(store, rows, DAY_MS), columns["learned"][rows]
    reach = np.maximum(CLIP * spread, _often(store, rows, away, out))
    clipped = np.clip(away, -reach, reach)
    rate = weight * np.maximum(RECENT / (learned + RECENT), 1.0 / (SPREAD_DAYS * per_day))
    for side, sign in (("above", 1.0), ("below", -1.0)):
        columns[side][rows] += rate * (2 * np.maximum(sign * clipped, 0.0) ** 3 - columns[side][rows])
    rate = weight * np.maximum(1.0 / (learned + 1), 1.0 / (MIDDLE_DAYS * per_day))
    columns["level"][rows] += rate * np.clip(away, -narrow, narrow)
    hour = (times // HOUR_MS) % 24
    away = values - columns["level"][rows] - columns["offset"][rows, hour]
    rate = np.maximum(1.0 / (columns["visits"][rows, hour] + 1), 1.0 / (MIDDLE_DAYS * _per(store, rows, HOUR_MS)))
    columns["offset"][rows, hour] += weight * rate * np.clip(away, -narrow, narrow)
    columns["visits"][rows, hour] += 1
    columns["learned"][rows] = np.where(columns["beyond"][rows] > LASTING_DAYS * per_day, 0.0, learned + 1)


def _often(store: Store, rows: Rows, away: Column, out: Column) -> Column:
    """How far each row strayed to the side of its reading OFTEN times before; an excursion counts when it is over."""
    columns, farthest = store.columns, store.columns["farthest"][rows]
    over = (farthest != 0) & ~(out & (np.sign(farthest) == np.sign(away)))
    if over.any():
        for side, sign in (("often_above", 1.0), ("often_below", -1.0)):
            ended = over & (sign * farthest > 0)
            _note(columns[side], rows[ended], sign * farthest[ended])
    farthest = np.where(over, 0.0, farthest)
    columns["farthest"][rows] = np.where(out & (np.abs(away) > np.abs(farthest)), away, farthest)
    before = np.where((away >= 0)[:, None], columns["often_above"][rows], columns["often_below"][rows])
    nearest: Column = before.min(axis=1)
    return nearest


def _note(largest: Column, rows: Rows, distances: Column) -> None:
    """Keep a distance where it is larger than the least that is kept."""
    least = largest[rows].argmin(axis=1)
    largest[rows, least] = np.maximum(largest[rows, least], distances)


def _weight(store: Store, rows: Rows, out: Column) -> Column:
    """How much each reading teaches: one of a run beyond the usual the less, the longer the run is."""
    before = store.columns["beyond"][rows]
    run = np.where(out, before + 1, np.maximum(0.9 * before - 1, 0.0))
    store.columns["beyond"][rows] = run
    return np.where(out, 1.0 / np.maximum(run, 1.0), 1.0)


def known(store: Store, row: int, name: str) -> Normal | None:
    """What a row has learned, to be kept outside the pages; None: too little."""
    columns = store.columns
    if columns["learned"][row] < ENOUGH:
        return None
    return Normal(
        id=name,
        at=from_ms(int(columns["taught_ms"][row])),
        readings=int(columns["learned"][row]),
        gap_s=float(columns["gap_ms"][row]) / 1000,
        level=float(columns["level"][row]),
        spread_above=float(np.cbrt(columns["above"][row] / GAUSS)),
        spread_below=float(np.cbrt(columns["below"][row] / GAUSS)),
        offsets=columns["offset"][row].tolist(),
        visits=columns["visits"][row].tolist(),
        often_above=columns["often_above"][row].tolist(),
        often_below=columns["often_below"][row].tolist(),
    )


def take(store: Store, row: int, normal: Normal) -> None:
    """A new row has learned this already."""
    found = {
        "level": normal.level,
        "above": GAUSS * normal.spread_above**3,
        "below": GAUSS * normal.spread_below**3,
        "learned": normal.readings,
        "gap_ms": normal.gap_s * 1000,
        "taught_ms": to_ms(normal.at),
        "offset": normal.offsets,
        "visits": normal.visits,
        "often_above": normal.often_above or 0.0,
        "often_below": normal.often_below or 0.0,
    }
    for name, value in found.items():
        store.columns[name][row] = value
