"""Assets, relations and the city itself: the form of city folders and of their reference records."""

from datetime import date
from typing import Any

import msgspec

PLACING = ("located_in", "measures")
"""Relations that an asset's `zone` and `measures` stand for."""
UNKNOWN_ZONE = "unknown"


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A thing of the city with a place: a feeder, a road segment, a sensor, a park."""

    id: str
    kind: str
    name: str
    name_vi: str = ""
    zone: str = UNKNOWN_ZONE
    region: str = "city"
    agency: str | None = None
    position: tuple[float, float] | None = None
    """lon, lat: the point, or a representative point of the geometry."""
    geometry: dict[str, Any] | None = None
    observes: tuple[str, ...] = ()
    """Sensors: quantities."""
    measures: str | None = None
    """Sensors: the asset it stands for."""
    approximate: bool = False
    properties: dict[str, Any] = {}

    @property
    def period_s(self) -> float | None:
        """Sensors: seconds between two readings, as the property of this name says; None: as usual."""
        found = self.properties.get("period_s")
        return float(found) if isinstance(found, int | float) and found > 0 else None


class Relation(msgspec.Struct, frozen=True, kw_only=True):
    """An edge of the dependency graph: `from_id` acts on `to_id`."""

    from_id: str
    relation: str
    to_id: str

    @property
    def id(self) -> str:
        """The key of its reference record."""
        return f"{self.from_id} {self.relation} {self.to_id}"


class Agency(msgspec.Struct, frozen=True, kw_only=True):
    """Who must know."""

    id: str
    name: str
    name_vi: str = ""
    topic: bool = False


class Area(msgspec.Struct, frozen=True, kw_only=True):
    """An administrative set of zones."""

    id: str
    name: str
    name_vi: str = ""
    zones: tuple[str, ...] = ()
    valid_from: date | None = None
    """Civil days from which on and until before which the unit exists; null: without end on that side."""
    valid_to: date | None = None
    agency: str | None = None
    """Who must know of every incident that reaches into it: how a neighbour is told."""
    neighbour: bool = False
    """Not of this city: its side of a border is watched as far as what is shared goes."""


class Deadlines(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long an incident of one severity may wait for people; 0: for ever. See `city/incidents/deadlines.py`."""

    acknowledge_s: float = 0.0
    """Seconds from when it could sound until somebody acknowledges it."""
    resolve_s: float = 0.0
    """Seconds until it is resolved."""
    levels: int = 3
    """How often it is escalated, each time after the same wait again."""


class RelationWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a relation is called between the names of two assets: "doses", "định lượng cho"."""

    name: str
    name_vi: str


class City(msgspec.Struct, frozen=True, kw_only=True):
    """`city.toml`."""

    id: str
    name: str
    name_vi: str
    time_zone: str
    areas: tuple[str, ...] = ()
    clock: str = "live"
    lateness_s: float = 1800.0
    map: dict[str, Any] = {}
    languages: tuple[str, ...] = ("vi", "en")
    agencies: tuple[Agency, ...] = ()
    area_details: tuple[Area, ...] = ()
    deadlines: dict[str, Deadlines] = {}
    """By severity, instead of the center's own."""
    relations: dict[str, RelationWords] = {}
    """How relations are called, by their names in `relations.csv`; one of the city's own is called by its name else."""
