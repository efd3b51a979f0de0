"""Puts together what is known of a place in an hour: meters, dated figures, records against dated limits."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

import msgspec

from city.enrich import Catalogue
from city.indicators.parks.hours import Amount, Held, Hour, Judged
from city.indicators.parks.places import OUTLETS, Place
from schemas.domains import Condition, Limit
from schemas.figures import Figure

Name = tuple[str, str]
"""Sensor and quantity."""
RATES = {"_kw": 1.0, "_m3h": 1.0, "_ls": 3600.0}
"""Suffix of a quantity that is a rate → what one unit of it is in an hour: kWh, m³, l."""
MINUTES = 60


class Bound(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of one sensor and quantity of an outlet in an hour."""

    sensor: str
    quantity: str
    outlet: str
    above: float | None = None
    below: float | None = None
    national: bool = False


class Counted(msgspec.Struct, frozen=True):
    """Readings of one sensor and quantity in an hour."""

    count: int
    sum: float


class Records(msgspec.Struct, frozen=True):
    """Minutes of one sensor and quantity in an hour."""

    valid: int
    over: int
    fault: int


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The reference data that indicators are worked out with."""

    catalogue: Catalogue
    figures: Mapping[str, tuple[Figure, ...]]
    """Key → its rows, oldest first."""

    def period_s(self, name: Name) -> float:
        """Seconds between two readings, as the sensor says, else its quantity."""
        return self.catalogue.period_s(*name)


def by_key(figures: Iterable[Figure]) -> dict[str, tuple[Figure, ...]]:
    """Key → rows, oldest first."""
    found: dict[str, list[Figure]] = {}
    for figure in sorted(figures, key=lambda row: row.valid_from):
        found.setdefault(figure.key, []).append(figure)
    return {key: tuple(rows) for key, rows in found.items()}


def held(known: Known, asset: str, at: datetime) -> dict[str, Held]:
    """The figures of an asset, else everybody's, at a time; of levels the newest earlier one where none is in force."""
    day = at.astimezone(known.catalogue.time_zone).date()
    found = {}
    for key, rows in known.figures.items():
        begun = [row for row in rows if row.asset in (asset, None) and row.valid_from <= day]
        if not begun:
            continue
        nearest = max(begun, key=lambda row: (not _is_past(row, day), row.asset is not None, row.valid_from))
        past = _is_past(nearest, day)
        if not (past and nearest.spread):
            found[key] = Held(_part(nearest), past)
    return found


def used(known: Known, asset: str, year: int) -> list[Figure]:
    """By key, oldest first: rows that hold within a year, and of levels that began later what is carried until then."""
    first, beyond = date(year, 1, 1), date(year + 1, 1, 1)
    found: list[Figure] = []
    for rows in known.figures.values():
        own = [row for row in rows if row.asset in (asset, None) and row.valid_from < beyond]
        holding = [row for row in own if not _is_past(row, first)]
        past = [row for row in own if _is_past(row, first)]
        if past and not any(row.valid_from <= first for row in holding):
            nearest = max(past, key=lambda row: (row.asset is not None, row.valid_from))
            found += [] if nearest.spread else [nearest]
        found += holding
    return found


def _is_past(figure: Figure, day: date) -> bool:
    return figure.valid_to is not None and figure.valid_to <= day


def _part(figure: Figure) -> float:
    if not figure.spread or figure.valid_to is None:
        return figure.value
    return figure.value / ((figure.valid_to - figure.valid_from) / timedelta(hours=1))


def bounds(place: Place, known: Known, at: datetime) -> list[Bound]:
    """The limits in force for the outlets of a place."""
    found = []
    for name, outlet in _outlets(place, known):
        rows = [
            (condition, row)
            for condition in known.catalogue.conditions(name[1])
            if condition.limit and (row := _limit(known, condition.limit, name[0], at))
        ]
        if rows:
            found.append(_bound(name, outlet, rows))
    return found


def _outlets(place: Place, known: Known) -> list[tuple[Name, str]]:
    kinds = {kind: outlet for outlet, kind in OUTLETS.items()}
    return [
        ((sensor, quantity), kinds[kind])
        for quantity, sensors in place.meters.items()
        for sensor in sensors
        if (kind := known.catalogue.measured_kind(sensor)) in kinds
    ]


def _limit(known: Known, key: str, sensor: str, at: datetime) -> Limit | None:
    return known.catalogue.limit(key, at, sensor, known.catalogue.measured(sensor) or sensor)


def _bound(name: Name, outlet: str, rows: list[tuple[Condition, Limit]]) -> Bound:
    above = [row.value for condition, row in rows if not condition.is_below]
    below = [row.value for condition, row in rows if condition.is_below]
    return Bound(
        sensor=name[0],
        quantity=name[1],
        outlet=outlet,
        above=min(above, default=None),
        below=max(below, default=None),
        national=any(row.asset is None for _, row in rows),
    )


class Found(msgspec.Struct, frozen=True):
    """What the store has of an hour."""

    counted: Mapping[Name, Counted]
    records: Mapping[Name, Records]


def hour_of(place: Place, known: Known, at: datetime, found: Found) -> Hour:
    """The hour that begins `at`."""
    own = bounds(place, known, at)
    judged = {outlet: _judged([one for one in own if one.outlet == outlet], known, found) for outlet in OUTLETS}
    return Hour(
        local_hour=at.astimezone(known.catalogue.time_zone).hour,
        amounts={quantity: _amount(quantity, sensors, known, found) for quantity, sensors in place.meters.items()},
        figures=held(known, place.id, at),
        judged={outlet: one for outlet, one in judged.items() if one.expected},
        monitored=frozenset(outlet for _, outlet in _outlets(place, known)),
        links=len(place.exchanges),
    )


def _amount(quantity: str, sensors: tuple[str, ...], known: Known, found: Found) -> Amount:
    factor = next((factor for suffix, factor in RATES.items() if quantity.endswith(suffix)), None)
    value = covered = 0.0
    for sensor in sensors:
        counted = found.counted.get((sensor, quantity))
        if counted is None:
            continue
        part = min(1.0, counted.count * known.period_s((sensor, quantity)) / 3600)
        value += counted.sum / counted.count * part * (factor or 1.0 / len(sensors))
        covered += part / len(sensors)
    return Amount(value, covered)


def _judged(own: list[Bound], known: Known, found: Found) -> Judged:
    names = [(one.sensor, one.quantity) for one in own]
    records = [found.records.get(name, Records(0, 0, 0)) for name in names]
    return Judged(
        valid=sum(one.valid for one in records),
        over=sum(one.over for one in records),
        fault=sum(one.fault for one in records),
        expected=sum(round(MINUTES / max(1.0, known.period_s(name) / 60)) for name in names),
        national=any(one.national for one in own),
    )
