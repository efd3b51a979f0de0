"""A city is a folder: read and validated as a whole, and laid over what ships (CONTRACT, "A city is a folder")."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from city.geometry import fault
from infra.cities.assets import collection, read_assets
from infra.cities.checking import deadline_faults
from infra.cities.dependency import check_graph, check_ways
from infra.cities.described import Described, read_described, read_rule_files
from infra.cities.edges import read_edges
from infra.cities.figures import check_owners
from infra.cities.meaning import IN_TOPICS, check_described, check_sensors, check_units
from infra.cities.problems import CityErrors, Problem, Problems
from infra.cities.relations import joined, read_relations
from infra.cities.sources import Sources, converted
from schemas.assets import Asset, City, Relation
from schemas.domains import Domain, Limit
from schemas.edges import Edge
from schemas.figures import Figure
from schemas.procedures import Procedure
from schemas.rules import Rule
from schemas.sentences import say

__all__ = [
    "CityErrors",
    "CityFolder",
    "Problem",
    "Shipped",
    "city_layer",
    "layered",
    "read_city",
    "read_rules",
    "shipped",
]

SHIPPED = Path(__file__).resolve().parents[2] / "city"
CLOCKS = ("live", "events")


class Shipped(msgspec.Struct, frozen=True, kw_only=True):
    """Domains, limits, figures, rules and procedures by id."""

    domains: dict[str, Domain]
    limits: dict[str, Limit]
    rules: dict[str, Rule]
    procedures: dict[str, Procedure] = {}
    figures: dict[str, Figure] = {}
    content_hash: str = ""

    @property
    def reference(self) -> dict[str, dict[str, Any]]:
        """Name of reference topic → items by id."""
        return {
            "domains": dict(self.domains),
            "limits": dict(self.limits),
            "rules": dict(self.rules),
            "procedures": dict(self.procedures),
            "figures": dict(self.figures),
        }


class CityFolder(msgspec.Struct, frozen=True, kw_only=True):
    """A valid city folder; assets and relations know of each other, domains to procedures are the folder's own only."""

    city: City
    assets: dict[str, Asset]
    relations: dict[str, Relation]
    domains: dict[str, Domain]
    limits: dict[str, Limit]
    rules: dict[str, Rule]
    procedures: dict[str, Procedure]
    figures: dict[str, Figure]
    edges: dict[str, Edge] = {}
    map: dict[str, Any]
    """The base map, a FeatureCollection."""
    content_hash: str

    @property
    def reference(self) -> dict[str, dict[str, Any]]:
        """Name of reference topic → items by id."""
        return {
            "cities": {self.city.id: self.city},
            "assets": dict(self.assets),
            "relations": dict(self.relations),
            "domains": dict(self.domains),
            "limits": dict(self.limits),
            "rules": dict(self.rules),
            "procedures": dict(self.procedures),
            "figures": dict(self.figures),
            "edges": dict(self.edges),
        }


def shipped(root: Path = SHIPPED) -> Shipped:
    """What ships in `city/`. Raises CityErrors if a file is wrong."""
    problems = Problems()
    sources = Sources(root, problems)
    found = read_described(sources)
    check_described(found, found, problems)
    problems.end()
    return Shipped(
        domains=found.domains,
        limits=found.limits,
        rules=found.rules,
        procedures=found.procedures,
        figures=found.figures,
        content_hash=sources.content_hash(),
    )


def layered(below: Shipped, folder: CityFolder | Shipped) -> Shipped:
    """The folder over what ships: the same id overrides; a quantity that the folder names leaves its other domain."""
    domains = {**below.domains, **folder.domains}
    taken = {name for domain in folder.domains.values() for name in domain.quantities}
    for domain in below.domains.values():
        if domain.id not in folder.domains and taken & domain.quantities.keys():
            kept = {name: one for name, one in domain.quantities.items() if name not in taken}
            domains[domain.id] = msgspec.structs.replace(domain, quantities=kept)
    return Shipped(
        domains=domains,
        limits={**below.limits, **folder.limits},
        rules={**below.rules, **folder.rules},
        procedures={**below.procedures, **folder.procedures},
        figures={**below.figures, **folder.figures},
        content_hash=below.content_hash + folder.content_hash,
    )


def city_layer(ships: Shipped, folder: CityFolder) -> dict[str, dict[str, Any]]:
    """What the folder brings, and the shipped domains that it changes by naming their quantities elsewhere."""
    whole = layered(ships, folder)
    domains = {name: one for name, one in whole.domains.items() if one != ships.domains.get(name)}
    return {**folder.reference, "domains": domains}


def read_city(path: Path | str, below: Shipped | None = None) -> CityFolder:
    """The city in a folder, laid over `below` (what ships) for its names. Raises CityErrors with every fault."""
    problems = Problems()
    root = Path(path)
    if not root.is_dir():
        problems.add(str(path), "", "", say("no_folder"))
        problems.end()
    sources = Sources(root, problems)
    city = _city(sources)
    assets, (relations, lines) = read_assets(sources), read_relations(sources)
    assets, relations = joined(assets, relations, lines, problems)
    check_graph(assets, relations, lines, problems)
    ships = below or shipped()
    own = read_described(sources, ships.domains)
    check_ways(own, relations.values(), problems)
    edges = read_edges(sources, _check_meaning(own, assets, ships, problems))
    base_map = _map(sources)
    problems.end()
    assert city is not None
    return CityFolder(
        city=city,
        assets=assets,
        relations=relations,
        domains=own.domains,
        limits=own.limits,
        rules=own.rules,
        procedures=own.procedures,
        figures=own.figures,
        edges=edges,
        map=base_map,
        content_hash=sources.content_hash(),
    )


def read_rules(path: Path | str, whole: Shipped, edges: Iterable[Relation]) -> dict[str, Rule]:
    """The rules in the TOML files of a folder, by id. Raises CityErrors.

    `whole` has the kinds that they may name, the city's `edges` the relations.
    """
    problems = Problems()
    root = Path(path).resolve()
    found = read_rule_files(Sources(root.parent, problems), root.name)
    if not found.files and not problems:
        problems.add(str(path), "", "", say("no_rule_file") if root.is_dir() else say("no_folder"))
    named = Described(domains=whole.domains, limits=whole.limits, rules=found.rules)
    check_described(found, named, problems)
    check_ways(found, edges, problems)
    problems.end()
    return found.rules


def _check_meaning(own: Described, assets: dict[str, Asset], below: Shipped, problems: Problems) -> Described:
    """Adds what is wrong with the folder's own; all layers together."""
    ships = Described(domains=below.domains, limits=below.limits, rules=below.rules, procedures=below.procedures)
    whole = Described(
        domains={**below.domains, **own.domains},
        limits={**below.limits, **own.limits},
        rules={**below.rules, **own.rules},
        procedures={**below.procedures, **own.procedures},
    )
    check_units(own, ships, problems)
    check_described(own, whole, problems)
    check_sensors(assets, whole, problems)
    check_owners(own.figures, assets, own.files, problems)
    return whole


def _city(sources: Sources) -> City | None:
    table = sources.toml("city.toml")
    city = converted(City, table, sources.problems, "city.toml", "") if table is not None else None
    if city is None:
        return None
    if city.clock not in CLOCKS:
        sources.problems.add("city.toml", "", "clock", say("no_clock", clock=city.clock))
    try:
        ZoneInfo(city.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        sources.problems.add("city.toml", "", "time_zone", say("no_time_zone", zone=city.time_zone))
    _check_ids(city, sources.problems)
    for field, message in deadline_faults(city.deadlines):
        sources.problems.add("city.toml", "", f"deadlines.{field}", message)
    return city


def _check_ids(city: City, problems: Problems) -> None:
    for area in city.area_details:
        if area.id not in city.areas:
            problems.add("city.toml", f'area "{area.id}"', "id", say("not_in_areas"))
    for agency in city.agencies:
        if agency.topic and not IN_TOPICS.fullmatch(agency.id):
            problems.add("city.toml", f'agency "{agency.id}"', "id", say("not_agency_id"))


def _map(sources: Sources) -> dict[str, Any]:
    features = collection(sources, "map.geojson", required=False)
    for index, feature in enumerate(features):
        wrong = fault(feature.get("geometry")) if isinstance(feature, dict) else ("", say("not_feature"))
        if wrong:
            sources.problems.add("map.geojson", f"feature {index + 1}", *wrong)
    return {"type": "FeatureCollection", "features": features}
