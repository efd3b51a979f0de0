"""Learned normals: what a sensor usually reads at this hour of the day and how far it strays, robust against faults."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from city.detect.block import Block, Lesson
from city.detect.store import Column, Field, Rows, Store, cells

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


Columned = Store | Block


class Usual(NamedTuple):
    """What each of some rows usually reads in its hour of the day."""

    at: Rows
    """The cell of its hour of the day (UTC) among those of all rows."""
    level: Column
    offset: Column
    visits: Column
    per_hour: Column
    """Readings, at least one."""
    middle: Column
    moments: tuple[Column, Column]
    """Third ones, above and below the middle."""
    above: Column
    below: Column
    """Standard deviations."""

    def days(self) -> Column:
        """On how many days each row was heard in its hour."""
        found: Column = self.visits / self.per_hour
        return found

    def young(self) -> Column:
        """Whether a row was heard in its hour on a few days only."""
        found: Column = self.visits <= YOUNG_DAYS * self.per_hour
        return found

    def spread(self, high: Column) -> Column:
        """The standard deviation of the side on which each is."""
        return np.where(high, self.above, self.below)


def _usual(store: Columned, rows: Rows, times: Column) -> Usual:
    """The level of all hours, and the hour's own offset the more the more often it was seen."""
    columns, at = store.columns, rows * 24 + times // HOUR_MS % 24
    level, offset, visits = columns["level"][rows], cells(columns["offset"])[at], cells(columns["visits"])[at]
    per_hour = _per(columns["gap_ms"][rows], HOUR_MS)
    seen = visits / per_hour
    middle = level + seen / (seen + VISITS) * offset
    moments = columns["above"][rows], columns["below"][rows]
    above, below = (np.cbrt(moment / GAUSS) for moment in moments)
    least = 0.002 * np.abs(middle) + 1e-6
    wider = np.maximum(above, OTHER_SIDE * below), np.maximum(below, OTHER_SIDE * above)
    spreads = np.maximum(wider[0], least), np.maximum(wider[1], least)
    return Usual(at, level, offset, visits, per_hour, middle, moments, *spreads)


def scores(store: Columned, rows: Rows, times: Column, values: Column) -> Column:
    """Per row: how many robust standard deviations from normal; NaN: not learned yet."""
    usual = _usual(store, rows, times)
    score = (values - usual.middle) / usual.spread(values >= usual.middle)
    before = cells(store.columns["yesterday"])[usual.at]
    again = (values - before) / usual.spread(values >= before)
    nearer = usual.young() & (np.abs(again) < np.abs(score))
    score[nearer] = again[nearer]
    score[store.columns["learned"][rows] < ENOUGH] = np.nan
    return score


def limit(store: Columned, row: int, at_ms: int, deviation: float) -> float:
    """The value of a row that is so many deviations from its normal at a time."""
    usual = _usual(store, np.array([row]), np.array([at_ms]))
    return float(usual.middle[0] + deviation * (usual.above if deviation >= 0 else usual.below)[0])


def learn_all(block: Block, lessons: Collection[Lesson]) -> None:
    """Learn readings of several quantities at once, each row among them once."""
    if lessons:
        learn(block, *map(np.concatenate, zip(*lessons, strict=True)))


def learn(store: Columned, rows: Rows, times: Column, values: Column) -> None:
    """Move the normals towards the values; those that were learned already, from a restored normal, teach nothing."""
    new = (times > store.columns["taught_ms"][rows]) & ~np.isnan(values)
    if np.count_nonzero(new) < len(rows):
        rows, times, values = rows[new], times[new], values[new]
    _pace(store, rows, times)
    _pass_hours(store, rows, times, values)
    warming = store.columns["learned"][rows] < ENOUGH
    count = np.count_nonzero(warming)
    if not count:
        _follow(store, rows, times, values)
    elif count < len(rows):
        _follow(store, rows[~warming], times[~warming], values[~warming])
    if count:
        _gather(store, rows[warming], values[warming])


def _pass_hours(store: Columned, rows: Rows, times: Column, values: Column) -> None:
    """Each hour's mean; what two days running agree on, away from the middle, is the middle of a young hour."""
    columns, hour = store.columns, times // HOUR_MS
    over = (columns["hour"][rows] != hour) & (columns["hour_count"][rows] > 0)
    if np.count_nonzero(over):
        _end_hour(store, rows[over])
    columns["hour"][rows] = hour
    columns["hour_sum"][rows] += values
    columns["hour_count"][rows] += 1


def _end_hour(store: Columned, rows: Rows) -> None:
    columns = store.columns
    usual = _usual(store, rows, columns["hour"][rows] * HOUR_MS)
    middle, mean = usual.middle, columns["hour_sum"][rows] / columns["hour_count"][rows]
    before = cells(columns["yesterday"])[usual.at]
    low, high = np.fmin(mean, before), np.fmax(mean, before)
    away = np.where(low > middle, low, np.where(high < middle, high, middle)) - middle
    agree = (high - low < AGREE * np.abs(away)) & (np.abs(away) > np.minimum(usual.above, usual.below))
    seen = usual.days()
    moves = agree & ~np.isnan(before) & usual.young() & (seen > 0)
    if np.count_nonzero(moves):
        step = np.where(moves, HALF * away * (seen + VISITS) / np.maximum(seen, 1e-9), 0.0)
        cells(columns["offset"])[usual.at] = usual.offset + step
    cells(columns["yesterday"])[usual.at] = mean
    columns["hour_sum"][rows], columns["hour_count"][rows] = 0.0, 0.0


def _per(gap_ms: Column, span_ms: int) -> Column:
    """Readings in a time, at least one, by the usual time between them."""
    return np.maximum(span_ms / np.where(gap_ms > 0, gap_ms, span_ms), 1.0)


def _pace(store: Columned, rows: Rows, times: Column) -> None:
    """Learn the usual time between readings; a long pause counts as four."""
    taught, gap_ms = store.columns["taught_ms"], store.columns["gap_ms"]
    before, gap = taught[rows], gap_ms[rows]
    passed = np.minimum(times - before, np.where(gap > 0, 4 * gap, DAY_MS))
    rate = 1.0 / _held(store.columns["learned"][rows], 1.0, 100.0)
    gap_ms[rows] = np.where(before >= 0, gap + rate * (passed - gap), 0.0)
    taught[rows] = times


def _held(values: Column, low: Column | float, high: Column | float) -> Column:
    """Like numpy's clip, which takes three times as long for a few values."""
    return np.minimum(np.maximum(values, low), high)


def _gather(store: Columned, rows: Rows, values: Column) -> None:
    learned = store.columns["learned"]
    store.columns["first"][rows, learned[rows].astype(np.intp)] = values
    learned[rows] += 1
    full = rows[learned[rows] >= ENOUGH]
    if len(full):
        _begin(store, full)


def _begin(store: Columned, rows: Rows) -> None:
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


def _follow(store: Columned, rows: Rows, times: Column, values: Column) -> None:
    """One reading more per row: spread, level and the hour's offset move towards it."""
    columns, usual = store.columns, _usual(store, rows, times)
    away = values - usual.middle
    spread, narrow = usual.spread(away >= 0), HELD * np.minimum(usual.above, usual.below)
    out = np.abs(away) > BEYOND * spread
    per_day, learned = _per(columns["gap_ms"][rows], DAY_MS), columns["learned"][rows]
    if _strays(store, rows, out):
        weight: Column | float = _weight(store, rows, out)
        reach = CLIP * spread
        reach[out] = np.maximum(reach[out], _often(store, rows, away, out))
        clipped = _held(away, -reach, reach)
        lasts = columns["beyond"][rows] > LASTING_DAYS * per_day
        columns["learned"][rows] = np.where(lasts, 0.0, learned + 1)
    else:
        weight, clipped = 1.0, away
        columns["learned"][rows] = learned + 1
    rate = weight * np.maximum(RECENT / (learned + RECENT), 1.0 / (SPREAD_DAYS * per_day))
    for side, sign, moment in (("above", 1.0, usual.moments[0]), ("below", -1.0, usual.moments[1])):
        columns[side][rows] = moment + rate * (2 * np.maximum(sign * clipped, 0.0) ** 3 - moment)
    rate = weight * np.maximum(1.0 / (learned + 1), 1.0 / (MIDDLE_DAYS * per_day))
    level = usual.level + rate * _held(away, -narrow, narrow)
    columns["level"][rows] = level
    away = values - level - usual.offset
    rate = np.maximum(1.0 / (usual.visits + 1), 1.0 / (MIDDLE_DAYS * usual.per_hour))
    cells(columns["offset"])[usual.at] = usual.offset + weight * rate * _held(away, -narrow, narrow)
    cells(columns["visits"])[usual.at] = usual.visits + 1


def _strays(store: Columned, rows: Rows, out: Column) -> bool:
    """Whether a row is beyond its usual, or was until now: else a reading teaches in full and nothing is clipped."""
    lately = store.columns["beyond"][rows] + np.abs(store.columns["farthest"][rows])
    return bool(np.count_nonzero(out) or np.count_nonzero(lately))


def _often(store: Columned, rows: Rows, away: Column, out: Column) -> Column:
    """How far each row that is out strayed to that side OFTEN times before; an excursion counts when it is over."""
    columns, farthest = store.columns, store.columns["farthest"][rows]
    over = (farthest != 0) & ~(out & (np.sign(farthest) == np.sign(away)))
    if np.count_nonzero(over):
        for side, sign in (("often_above", 1.0), ("often_below", -1.0)):
            ended = over & (sign * farthest > 0)
            _note(columns[side], rows[ended], sign * farthest[ended])
    farthest = np.where(over, 0.0, farthest)
    columns["farthest"][rows] = np.where(out & (np.abs(away) > np.abs(farthest)), away, farthest)
    rows, away = rows[out], away[out]
    before = np.where((away >= 0)[:, None], columns["often_above"][rows], columns["often_below"][rows])
    nearest: Column = before.min(axis=1)
    return nearest


def _note(largest: Column, rows: Rows, distances: Column) -> None:
    """Keep a distance where it is larger than the least that is kept."""
    least = largest[rows].argmin(axis=1)
    largest[rows, least] = np.maximum(largest[rows, least], distances)


def _weight(store: Columned, rows: Rows, out: Column) -> Column:
    """How much each reading teaches: one of a run beyond the usual the less, the longer the run is."""
    before = store.columns["beyond"][rows]
    run = np.where(out, before + 1, np.maximum(0.9 * before - 1, 0.0))
    store.columns["beyond"][rows] = run
    return np.where(out, 1.0 / np.maximum(run, 1.0), 1.0)
