"""What is known of a park or plant in one hour: what the formulas work on."""

from collections.abc import Mapping

import msgspec


class Amount(msgspec.Struct, frozen=True):
    """What the meters of one quantity counted in an hour: kWh, m³, l; of a concentration the mean."""

    value: float
    covered: float
    """0 … 1: the part of the readings of all its instruments that came."""


class Held(msgspec.Struct, frozen=True):
    """A figure in an hour: a level, or the hour's part of a total."""

    value: float
    carried: bool = False
    """The figure of an earlier time: none is known for this one."""


class Judged(msgspec.Struct, frozen=True):
    """Records (minutes) of monitored outlets against their limits; a fault of an instrument is no record."""

    valid: int = 0
    over: int = 0
    fault: int = 0
    expected: int = 0
    national: bool = False
    """Some limit is the national one: no permit is known."""


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """One hour of one park, plant or metered area."""

    local_hour: int = 0
    """0 … 23, of the city."""
    amounts: Mapping[str, Amount] = {}
    """By quantity; one that has no instrument is missing, one whose instruments sent nothing covers 0."""
    figures: Mapping[str, Held] = {}
    judged: Mapping[str, Judged] = {}
    """`effluent`, `stack`; missing where no limit is known or nothing monitors."""
    monitored: frozenset[str] = frozenset()
    """Which of them have instruments."""
    links: int = 0
    """Exchanges between its firms."""
