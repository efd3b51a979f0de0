"""All indicators of parks and plants."""

from city.indicators.parks.energy import ENERGY_FORMULAS
from city.indicators.parks.environment import ENVIRONMENT_FORMULAS

FORMULAS = (*ENERGY_FORMULAS, *ENVIRONMENT_FORMULAS)
BY_ID = {formula.id: formula for formula in FORMULAS}
