"""Learned normals as records that outlive the pages, and back."""

import numpy as np

from city.detect.normals import ENOUGH, GAUSS
from city.detect.store import Store
from schemas.normals import Normal
from schemas.times import from_ms, to_ms


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
