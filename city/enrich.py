"""What is known about a sensor, a quantity or a kind: immutable lookups over one revision of the reference data."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cached_property
from zoneinfo import ZoneInfo

import msgspec

from city.checklist import Instructions
from schemas.assets import UNKNOWN_ZONE, Area, Asset, City
from schemas.domains import Condition, Domain, Limit, Quantity, SignalKind
from schemas.signals import Signal
from schemas.times import to_ms

NO_CITY = City(id="city", name="City", name_vi="Thành phố", time_zone="Asia/Ho_Chi_Minh")
PREFIX_DOMAINS = {"road": "river", "report": "reports"}
"""Kinds whose prefix is not a domain's id."""
HOLD_DOWN_S = 60.0
"""Of a kind that nobody described."""


def split_name(name: str) -> tuple[str, str]:
    """Sensor id and quantity of a reading's name `<sensor id>/<quantity>`; the quantity is "" where there is none."""
    sensor, _, quantity = name.rpartition("/")
    return (sensor, quantity) if sensor else (name, "")


class Catalogue(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Everything a step asks about the city; a change of reference data makes a new one."""

    city: City
    assets: Mapping[str, Asset]
    domains: Mapping[str, Domain]
    limits: Mapping[str, Limit]
    revisions: Mapping[str, int]
    instructions: Instructions = Instructions()
    """Only where incidents are recorded."""

    @classmethod
    def build(
        cls,
        cities: Mapping[str, City],
        assets: Mapping[str, Asset],
        domains: Mapping[str, Domain],
        limits: Mapping[str, Limit],
        revisions: Mapping[str, int] | None = None,
    ) -> "Catalogue":
        """From the items of the reference snapshots, by id; of several cities the first by id counts."""
        city = cities[min(cities)] if cities else NO_CITY
        return cls(city=city, assets=assets, domains=domains, limits=limits, revisions=dict(revisions or {}))

    @cached_property
    def quantities(self) -> dict[str, Quantity]:
        """Every quantity by name; where two domains name one, the later domain's holds."""
        return {name: found for domain in self.domains.values() for name, found in domain.quantities.items()}

    @cached_property
    def quantity_domains(self) -> dict[str, str]:
        """Quantity → id of its domain."""
        return {name: domain.id for domain in self.domains.values() for name in domain.quantities}

    @cached_property
    def conditions_by_quantity(self) -> dict[str, tuple[Condition, ...]]:
        """Quantity → the enabled conditions of all domains on it."""
        found: dict[str, list[Condition]] = {}
        for domain in self.domains.values():
            for condition in domain.judging:
                found.setdefault(condition.quantity, []).append(condition)
        return {quantity: tuple(conditions) for quantity, conditions in found.items()}

    @cached_property
    def kinds(self) -> dict[str, SignalKind]:
        """Every declared signal kind by name."""
        return {name: kind for domain in self.domains.values() for name, kind in domain.kinds.items()}

    @cached_property
    def _hold_downs(self) -> dict[str, float]:
        found = {name: kind.hold_down for name, kind in self.kinds.items()}
        for condition in (one for domain in self.domains.values() for one in domain.conditions):
            found[condition.kind] = max(found.get(condition.kind, HOLD_DOWN_S), condition.hold_down or 0.0)
        return found

    def hold_down(self, kind: str) -> float:
        """Seconds that a signal of this kind must stay cleared: the longest that the kind or its conditions ask for."""
        return self._hold_downs.get(kind, HOLD_DOWN_S)

    @cached_property
    def _own_hold_downs(self) -> dict[str, float]:
        conditions = (one for domain in self.domains.values() for one in domain.conditions)
        return {one.id: one.hold_down for one in conditions if one.hold_down is not None}

    def holds_s(self, signal: Signal) -> float:
        """Seconds that this signal must stay cleared: what its kind, or the condition that raised it, asks for."""
        words = self.kinds.get(signal.kind)
        kind_s = HOLD_DOWN_S if words is None else words.hold_down
        return max(kind_s, self._own_hold_downs.get(signal.condition or "", 0.0))

    def opens(self, kind: str) -> bool:
        """Whether a signal of this kind may open an incident; one of a kind that nobody described may."""
        words = self.kinds.get(kind)
        return words is None or words.opens

    def asks_for_wind(self, kind: str) -> bool:
        """Whether the wind belongs to the evidence of a kind's signals."""
        words = self.kinds.get(kind)
        return words is not None and words.wind

    @cached_property
    def limits_by_key(self) -> dict[str, tuple[Limit, ...]]:
        """Limit key → its rows, oldest first."""
        found: dict[str, list[Limit]] = {}
        for limit in sorted(self.limits.values(), key=lambda row: row.valid_from):
            found.setdefault(limit.key, []).append(limit)
        return {key: tuple(rows) for key, rows in found.items()}

    @cached_property
    def time_zone(self) -> ZoneInfo:
        """The city's time zone, in which limits begin and end."""
        return ZoneInfo(self.city.time_zone)

    def domain_of(self, quantity: str) -> str | None:
        """Id of the domain of a quantity; None for one that no domain knows."""
        return self.quantity_domains.get(quantity)

    def lateness_s(self, domain: str | None) -> float:
        """How late, in seconds, input of a domain may come and still count as in time."""
        found = self.domains.get(domain or "")
        return self.city.lateness_s if found is None or found.lateness_s is None else found.lateness_s

    @cached_property
    def longest_lateness_s(self) -> float:
        """The longest of all domains, seconds."""
        return max((self.lateness_s(domain) for domain in self.domains), default=self.city.lateness_s)

    def conditions(self, quantity: str) -> tuple[Condition, ...]:
        """The conditions on a quantity."""
        return self.conditions_by_quantity.get(quantity, ())

    def period_s(self, sensor: str, quantity: str) -> float:
        """Seconds between two readings, as the sensor says, else its quantity."""
        asset, known = self.assets.get(sensor), self.quantities.get(quantity)
        usual = known.period_s if known else 60.0
        return (asset.period_s if asset else None) or usual

    @cached_property
    def least_periods_s(self) -> dict[str, float]:
        """Quantity → the least `period_s` of it and of its sensors."""
        found = {name: quantity.period_s for name, quantity in self.quantities.items()}
        for asset in self.assets.values():
            for name in found.keys() & set(asset.observes):
                found[name] = min(found[name], asset.period_s or found[name])
        return found

    def measured(self, sensor: str) -> str | None:
        """The asset that a sensor stands for."""
        asset = self.assets.get(sensor)
        return asset.measures if asset else None

    def measured_kind(self, sensor: str) -> str:
        """Kind of the asset that a sensor stands for; its own kind where it measures none; "" if unregistered."""
        asset = self.assets.get(self.measured(sensor) or "") or self.assets.get(sensor)
        return asset.kind if asset else ""

    def applies(self, condition: Condition, sensor: str) -> bool:
        """Whether a condition is one for what a sensor measures: of any kind, or of one that it names."""
        return not condition.applies_to or self.measured_kind(sensor) in condition.applies_to

    def zone(self, asset_id: str) -> str | None:
        """Zone of an asset, of a sensor's measured asset where it has none itself; None if unregistered."""
        for found in self._around(asset_id):
            if found.zone != UNKNOWN_ZONE:
                return found.zone
        return None

    def region(self, asset_id: str) -> str:
        """Region of an asset: the key of its signals."""
        asset = self.assets.get(asset_id)
        return asset.region if asset else "city"

    def agency(self, asset_id: str) -> str | None:
        """The agency in charge of an asset, or of what the sensor measures."""
        return next((found.agency for found in self._around(asset_id) if found.agency), None)

    def position(self, asset_id: str) -> tuple[float, float] | None:
        """lon, lat of an asset, or of what the sensor measures."""
        return next((found.position for found in self._around(asset_id) if found.position), None)

    def kind_domain(self, kind: str, sensor_domain: str | None = None) -> str:
        """Domain of a signal kind: its prefix, except road.* (river), report.* (reports), sensor.* (the sensor's)."""
        prefix = kind.partition(".")[0]
        if prefix == "sensor":
            return sensor_domain or "other"
        for domain in self.domains.values():
            if kind in domain.kinds:
                return domain.id
        return PREFIX_DOMAINS.get(prefix, prefix)

    def sensor_domain(self, sensor: str) -> str | None:
        """Domain of the first quantity that a registered sensor observes."""
        asset = self.assets.get(sensor)
        return next((d for q in (asset.observes if asset else ()) if (d := self.domain_of(q))), None)

    def limit_rows(self, key: str, asset_ids: tuple[str, ...] = ()) -> tuple[Limit, ...]:
        """Rows of a limit for an asset: its own where it has any, else the general ones; oldest first."""
        rows = self.limits_by_key.get(key, ())
        own = tuple(row for row in rows if row.asset in asset_ids)
        return own or tuple(row for row in rows if row.asset is None)

    def limit(self, key: str, at: datetime, *asset_ids: str) -> Limit | None:
        """The row in force at a time (local civil date); an asset's own row overrides. None: no limit known."""
        day = at.astimezone(self.time_zone).date()
        rows = [row for row in self.limits_by_key.get(key, ()) if row.valid_from <= day < (row.valid_to or date.max)]
        own = [row for row in rows if row.asset is not None and row.asset in asset_ids]
        return next(iter(own + [row for row in rows if row.asset is None]), None)

    def midnight_ms(self, day: date) -> int:
        """Unix milliseconds at which a civil day of the city begins."""
        return to_ms(datetime.combine(day, time(), self.time_zone))

    @cached_property
    def _areas_by_zone(self) -> dict[str, tuple[Area, ...]]:
        found: dict[str, list[Area]] = {}
        for area in self.city.area_details:
            for zone in area.zones:
                found.setdefault(zone, []).append(area)
        return {zone: tuple(areas) for zone, areas in found.items()}

    def areas(self, zone: str) -> tuple[Area, ...]:
        """The areas that a zone lies in, those of former times too, as the city lists them."""
        return self._areas_by_zone.get(zone, ())

    def areas_on(self, zone: str, at: datetime) -> tuple[Area, ...]:
        """The areas that a zone lies in on the civil day of a moment."""
        areas = self.areas(zone)
        if not any(area.valid_from or area.valid_to for area in areas):
            return areas
        day = at.astimezone(self.time_zone).date()
        return tuple(area for area in areas if (area.valid_from or date.min) <= day < (area.valid_to or date.max))

    def informed(self, zone: str, at: datetime) -> tuple[str, ...]:
        """Agencies that must know of what happens in a zone, whosever asset it is."""
        if not any(area.agency for area in self.areas(zone)):
            return ()
        return tuple(area.agency for area in self.areas_on(zone, at) if area.agency)

    def _around(self, asset_id: str) -> list[Asset]:
        own = self.assets.get(asset_id)
        measured = self.assets.get(own.measures) if own and own.measures else None
        return [found for found in (own, measured) if found]
