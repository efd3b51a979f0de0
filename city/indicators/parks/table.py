"""All indicators of parks, plants and metered areas."""

from city.indicators.parks.energy import ENERGY_FORMULAS
from city.indicators.parks.environment import ENVIRONMENT_FORMULAS
from city.indicators.parks.formulas import Formula
from city.indicators.parks.metered_areas import AREA_FORMULAS

FORMULAS = (*ENERGY_FORMULAS, *ENVIRONMENT_FORMULAS, *AREA_FORMULAS)
BY_ID = {formula.id: formula for formula in FORMULAS}


def formulas_of(kind: str) -> tuple[Formula, ...]:
    """The indicators that an asset of this kind has."""
    return tuple(formula for formula in FORMULAS if kind in formula.of)
