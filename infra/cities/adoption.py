"""A sensor that reports without being in the city folder, taken into the city: checked as a folder's, and what it may
measure."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from city.geometry import fault
from city.space import Position, distance_m
from infra.cities.assets import SENSOR_ID
from infra.cities.dependency import check_graph
from infra.cities.problems import Problems
from infra.cities.relations import derived
from schemas.assets import UNKNOWN_ZONE, Asset, Relation
from schemas.domains import Domain
from schemas.errors import Invalid
from schemas.sentences import say

OFFERED = 8
"""So many assets are offered."""
_WORDS = re.compile(r"[^\W_]+")

Assets = Mapping[str, Asset]


class Adoption(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said of a sensor that is adopted: the properties that a city folder gives a sensor."""

    name: str
    name_vi: str
    kind: str = "sensor"
    observes: tuple[str, ...]
    """Quantities of domains, as in the names of its readings."""
    measures: str | None = None
    """The asset that it stands for; without it `position` and `zone` are needed."""
    zone: str | None = None
    """Null: that of the asset that it measures."""
    position: tuple[float, float] | None = None
    """lon, lat; null: that of the asset that it measures."""
    agency: str | None = None
    """Null: that of the asset that it measures."""


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An asset that a sensor may measure."""

    id: str
    kind: str
    name: str
    name_vi: str
    zone: str
    distance_m: float | None
    """From the place that was asked for; null if none was, or the asset has none."""


def adopted(sensor_id: str, given: Adoption, assets: Assets, domains: Mapping[str, Domain]) -> Asset:
    """The sensor as an asset of the city, in the region of what it measures. Raises Invalid naming the field."""
    for field, message in _faults(sensor_id, given, assets, domains):
        raise Invalid(message, field=field)
    measured = assets.get(given.measures or "")
    zone = given.zone or (measured.zone if measured else UNKNOWN_ZONE)
    home = measured or assets.get(zone)
    asset = Asset(
        id=sensor_id,
        kind=given.kind,
        name=given.name.strip(),
        name_vi=given.name_vi.strip(),
        zone=zone,
        region=home.region if home else "city",
        agency=given.agency or None,
        position=given.position,
        observes=given.observes,
        measures=given.measures,
    )
    _check_region(asset, assets)
    return asset


def placing(asset: Asset, assets: Assets) -> dict[str, Relation]:
    """The relations that its zone and what it measures stand for, by id."""
    return {one.id: one for one in derived(asset, assets)}


def offers(sensor_id: str, quantities: Iterable[str], assets: Assets, near: Position | None = None) -> Sequence[Offer]:
    """Assets of the kinds that sensors of these quantities measure: the nearest to a place first, without one those
    whose id has most words of the sensor's."""
    wanted, words = set(quantities), _words(sensor_id)
    sisters = (one for one in assets.values() if wanted & set(one.observes) and one.measures in assets)
    kinds = {assets[one.measures or ""].kind for one in sisters}
    found = [_offer(one, near) for one in assets.values() if one.kind in kinds]
    far = float("inf")
    found.sort(
        key=lambda one: (far if one.distance_m is None else one.distance_m, -len(words & _words(one.id)), one.id)
    )
    return found[:OFFERED]


def _offer(asset: Asset, near: Position | None) -> Offer:
    away = distance_m(near, asset.position) if near and asset.position else None
    return Offer(
        id=asset.id,
        kind=asset.kind,
        name=asset.name,
        name_vi=asset.name_vi,
        zone=asset.zone,
        distance_m=None if away is None else round(away),
    )


def _words(name: str) -> set[str]:
    return set(_WORDS.findall(name.casefold()))


def _faults(
    sensor_id: str, given: Adoption, assets: Assets, domains: Mapping[str, Domain]
) -> Iterable[tuple[str, str]]:
    """(field, message) of what is wrong, each with the way out."""
    if not SENSOR_ID.fullmatch(sensor_id):
        yield "id", say("not_sensor_id")
    for field in ("name", "name_vi"):
        if not getattr(given, field).strip():
            yield field, say("name_needed")
    if not given.kind.strip():
        yield "kind", say("kind_needed")
    yield from _quantity_faults(given, domains)
    yield from _place_faults(sensor_id, given, assets)


def _quantity_faults(given: Adoption, domains: Mapping[str, Domain]) -> Iterable[tuple[str, str]]:
    known = {name for domain in domains.values() for name in domain.quantities}
    if not given.observes:
        yield "observes", say("observes_needed")
    for number, quantity in enumerate(given.observes):
        if quantity not in known:
            yield f"observes.{number}", say("observes_no_quantity", quantity=quantity)
        if quantity in given.observes[:number]:
            yield f"observes.{number}", say("observes_twice", quantity=quantity)


def _place_faults(sensor_id: str, given: Adoption, assets: Assets) -> Iterable[tuple[str, str]]:
    if given.measures == sensor_id:
        yield "measures", say("measures_itself")
    elif given.measures is not None and given.measures not in assets:
        yield "measures", say("no_asset_of_city", id=given.measures)
    if given.position is not None and (wrong := fault({"type": "Point", "coordinates": list(given.position)})):
        yield "position", wrong[1]
    if given.measures is None and given.position is None:
        yield "measures", say("place_needed")
    zones = {one.zone for one in assets.values()} | {one.id for one in assets.values() if one.kind == "zone"}
    if given.zone is None and given.measures is None:
        yield "zone", say("zone_needed")
    elif given.zone is not None and given.zone not in zones:
        yield "zone", say("no_zone_of_city", zone=given.zone)


def _check_region(asset: Asset, assets: Assets) -> None:
    """Raises Invalid if its zone lies in another region than what it measures."""
    problems = Problems()
    check_graph({**assets, asset.id: asset}, placing(asset, assets), {}, problems)
    if problems:
        raise Invalid(problems[0].message, field="zone")
