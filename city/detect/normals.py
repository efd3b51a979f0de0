"""Learned normals: what a sensor usually reads at this hour of the day, robust against outliers."""

import numpy as np

from city.detect.store import Column, Field, Rows, Store

BUCKETS = 25
"""24 hours of the day (UTC, which a fixed offset only renames) and one over all hours for the first day."""
ALL = 24
ENOUGH = 30
"""Readings before a bucket's normal counts."""
HOUR_MS = 3_600_000
SIGMA = 1.2533
"""Standard deviation over mean absolute deviation of a normal distribution, sqrt(pi/2)."""

FIELDS = {
    "middle": Field("float64", 0.0, BUCKETS),
    "spread": Field("float64", 0.0, BUCKETS),
    "learned": Field("float64", 0.0, BUCKETS),
}


def scores(store: Store, rows: Rows, times: Column, values: Column) -> tuple[Column, Column, Column]:
    """Per row: how many robust standard deviations from normal (NaN: not learned), the normal and the deviation."""
    hour = (times // HOUR_MS) % 24
    learned = store.columns["learned"]
    bucket = np.where(learned[rows, hour] >= ENOUGH, hour, ALL)
    middle = store.columns["middle"][rows, bucket]
    deviation = SIGMA * store.columns["spread"][rows, bucket] + 0.01 * np.abs(middle) + 1e-3
    score = np.where(learned[rows, bucket] >= ENOUGH, (values - middle) / deviation, np.nan)
    return score, middle, deviation


def learn(store: Store, rows: Rows, times: Column, values: Column, period_s: float) -> None:
    """Move the normals of the hour and of all hours towards the values; an outlier moves them by little."""
    hour = (times // HOUR_MS) % 24
    _learn(store, rows, hour, values, period_s / HOUR_MS * 1000 / 7)
    _learn(store, rows, np.full_like(hour, ALL), values, period_s / HOUR_MS * 1000 / 48)


def _learn(store: Store, rows: Rows, bucket: Column, values: Column, slowest: float) -> None:
    middle, spread, learned = (store.columns[name] for name in ("middle", "spread", "learned"))
    count = learned[rows, bucket]
    rate = np.maximum(1.0 / (count + 1), slowest)
    at, wide = middle[rows, bucket], spread[rows, bucket]
    reach = np.where(count >= ENOUGH, 3 * SIGMA * wide + 0.01 * np.abs(at) + 1e-3, np.inf)
    away = np.clip(values - at, -reach, reach)
    middle[rows, bucket] = at + rate * away
    spread[rows, bucket] = wide + rate * np.where(count > 0, np.abs(away) - wide, 0.0)
    learned[rows, bucket] = count + 1
