"""Figures that no sensor tells, each dated and with its source: emission factors, what a park declares of itself."""

from datetime import date

import msgspec

STATUSES = ("official", "secondary", "own", "declared", "demo")


class Figure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dated figure (DESIGN D3): in force for valid_from <= local civil date < valid_to."""

    key: str
    """What formulas call it: `emission.grid`, `park.workers`."""
    value: float
    unit: str
    """As a formula takes it: `tCO2e/MWh`, `ha`, `kWh`."""
    asset: str | None = None
    """Whose figure; null: everybody's."""
    valid_from: date
    valid_to: date | None = None
    spread: bool = False
    """True: a total of the whole time (a year's output, a bill), taken in equal parts for each hour; needs `valid_to`.
    False: a level that holds throughout."""
    source: str
    """The document: who says so, and of which year the data are."""
    status: str
    """`official`, `secondary` (the text of the law is not at hand), `own` (our choice), `declared` (a park's own word),
    `demo` (invented for the demo city)."""

    @property
    def id(self) -> str:
        """The key of its reference record: `<key>[@asset]/<valid_from>`."""
        return f"{self.key}{'@' + self.asset if self.asset else ''}/{self.valid_from.isoformat()}"
