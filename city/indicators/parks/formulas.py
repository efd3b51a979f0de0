"""The formulas as a table: what each needs, its numerator and denominator; a change of one is a new version of it."""

from collections.abc import Callable

import msgspec

from city.explain import lowered
from city.indicators.parks.hours import Amount, Hour, Judged
from city.indicators.parks.places import KINDS

Number = Callable[[Hour], float]
TOTAL, SHARE, PER, RATIO, METERED = "total", "share", "per", "ratio", "metered"
ENERGY = ("grid_kw", "bought_kw", "panels_kw")
LOW, HIGH = "low", "high"


class Formula(msgspec.Struct, frozen=True, kw_only=True):
    """One indicator."""

    id: str
    name: str
    name_vi: str
    unit: str
    says: str
    """The formula in words."""
    says_vi: str
    of: tuple[str, ...] = KINDS
    """Kinds of assets that have it."""
    form: str = TOTAL
    """`total`; `share`: the numerator is a part of the denominator; `per`: a metered total beside a declared figure;
    `ratio`: both are known alike, nothing can be said of what is not; `metered`: what has no readings is billed too."""
    stock: bool = False
    """Of `per`: the denominator is a level (hectares, workers), not a total."""
    quantities: tuple[str, ...] = ()
    """What has to be metered: one of them, with `every` all of them."""
    every: bool = False
    figures: tuple[str, ...] = ()
    """What has to be declared or published."""
    judged: str | None = None
    """`effluent` or `stack`: monitored outlets with a limit."""
    numerator: Number
    denominator: Number | None = None
    better: str | None = None
    """`low` or `high`, where one is better."""
    version: int = 1


class Parts(msgspec.Struct, frozen=True):
    """What a formula makes of an hour."""

    numerator: float | None
    denominator: float | None
    covered: float
    notes: tuple[str, ...] = ()
    """Keys of `city.indicators.parks.notes.NOTES`, with `:<figure>` where one is meant."""


def amount(name: str) -> Number:
    """What the meters of a quantity counted; 0 where none is there."""
    return lambda hour: hour.amounts.get(name, Amount(0.0, 1.0)).value


def counted(indicator: str, name: str, name_vi: str, unit: str, quantity: str) -> Formula:
    """The indicator that is what the meters of one quantity counted."""
    return Formula(
        id=indicator,
        name=name,
        name_vi=name_vi,
        unit=unit,
        says=lowered(name),
        says_vi=lowered(name_vi),
        quantities=(quantity,),
        numerator=amount(quantity),
    )


def figure(name: str) -> Number:
    """The hour's part of a total, or the level, that a figure says."""
    return lambda hour: hour.figures[name].value


def energy_kwh(hour: Hour) -> float:
    """All electricity, kWh."""
    return sum(amount(name)(hour) for name in ENERGY)


def renewable_kwh(hour: Hour) -> float:
    """From own panels and bought directly from renewable plants, kWh."""
    return amount("panels_kw")(hour) + amount("bought_kw")(hour)


def scope1_t(hour: Hour) -> float:
    """Fuel × factor, tCO2e."""
    return amount("diesel_ls")(hour) * hour.figures["emission.diesel"].value / 1000


def scope2_t(hour: Hour) -> float:
    """Electricity of the grid × the dated grid factor, location-based, tCO2e; own panels lower the draw only."""
    return amount("grid_kw")(hour) * hour.figures["emission.grid"].value / 1000


def emissions_t(hour: Hour) -> float:
    """Scope 1 as far as fuel is metered, and scope 2, tCO2e."""
    return scope1_t(hour) + scope2_t(hour)


def load_kg(name: str) -> Number:
    """Mean concentration (mg/l) × discharge (m³), kg."""

    def load(hour: Hour) -> float:
        found = hour.amounts[name]
        mean_gm3 = found.value / found.covered if found.covered else 0.0
        return mean_gm3 * amount("effluent_flow_m3h")(hour) / 1000

    return load


def outlets(outlet: str, number: Callable[[Judged], float]) -> Number:
    """A number of the records of monitored outlets."""
    return lambda hour: number(hour.judged[outlet])


def work_out(formula: Formula, hour: Hour) -> Parts:
    """Numerator and denominator of an hour, or the note that says why there are none."""
    reason = _missing(formula, hour)
    if reason is not None:
        return Parts(None, None, 0.0, (reason,))
    denominator = formula.denominator(hour) if formula.denominator else None
    return Parts(formula.numerator(hour), denominator, _covered(formula, hour), _notes(formula, hour))


def _missing(formula: Formula, hour: Hour) -> str | None:
    metered = [name in hour.amounts for name in formula.quantities]
    if metered and not (all(metered) if formula.every else any(metered)):
        return "no_meter"
    if formula.judged is not None and formula.judged not in hour.monitored:
        return "no_meter"
    if formula.judged is not None and formula.judged not in hour.judged:
        return "no_limit"
    return next((f"no_figure:{name}" for name in formula.figures if name not in hour.figures), None)


def _covered(formula: Formula, hour: Hour) -> float:
    if formula.judged is not None:
        found = hour.judged[formula.judged]
        return min(1.0, found.valid / found.expected) if found.expected else 0.0
    parts = [hour.amounts[name].covered for name in formula.quantities if name in hour.amounts]
    return sum(parts) / len(parts) if parts else 1.0


def _notes(formula: Formula, hour: Hour) -> tuple[str, ...]:
    found = [f"carried:{name}" for name in formula.figures if hour.figures[name].carried]
    if formula.numerator is emissions_t and "diesel_ls" not in hour.amounts:
        found.append("no_fuel_meter")
    outlet = hour.judged.get(formula.judged or "")
    if outlet is not None and outlet.national:
        found.append("national_limit")
    if outlet is not None and outlet.fault:
        found.append("faults_left_out")
    return tuple(found)
