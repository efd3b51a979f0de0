"""What a judge says of a row."""

from typing import NamedTuple

from schemas.domains import Condition

NOT_YET = -1


class Verdict(NamedTuple):
    """One row's change: it began to break the condition, or is back."""

    condition: Condition
    row: int
    position: int
    """Index in the judged arrays, for the reading's origin."""
    began: bool
    at_ms: int
    """When: of a duration its fulfilment, start + `for`; else the reading's time."""
    found_ms: int
    """Time of the reading that showed it."""
    value: float | None
    limit: float | None
    legal_ref: str | None
