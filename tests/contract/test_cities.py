"""The city folders that ship are valid, and the demo city is what its plan draws."""

import tomllib
from collections import Counter
from functools import cache

import pytest

from city.detect import INDEX
from infra.cities.building.sheets import draw
from infra.cities.folder import read_city, shipped
from tests.contract.tree import ROOT

CITIES = sorted(path.parent for path in (ROOT / "infra/cities").glob("*/city.toml"))
DEMO = ROOT / "infra/cities/binh-duong"


@pytest.mark.parametrize("city", CITIES, ids=lambda path: path.name)
def test_every_city_that_ships_is_valid_and_named_in_both_languages(city: object) -> None:
    folder = read_city(str(city))
    assert [one.id for one in folder.assets.values() if not (one.name and one.name_vi)] == []
    limits = (shipped().limits | folder.limits).values()
    assert {one.key for one in limits} == {one.key for one in limits if one.name and one.name_vi}


@cache
def drawn() -> dict[str, str]:
    return draw(tomllib.loads((DEMO / "plan.toml").read_text()))


@pytest.mark.parametrize(
    "name",
    [
        "assets.geojson",
        "relations.csv",
        "map.geojson",
        "figures/parks.toml",
        "figures/water.toml",
        "limits/permits.toml",
    ],
)
def test_the_demo_city_is_what_its_plan_draws(name: str) -> None:
    assert drawn()[name] == (DEMO / name).read_text(), "run: python -m infra.cities.building"


def test_the_demo_city_has_some_hundred_sensors_and_one_for_every_quantity_that_a_domain_declares() -> None:
    folder = read_city(DEMO)
    kinds = Counter(asset.kind for asset in folder.assets.values())
    assert 550 <= kinds["sensor"] <= 900
    observed = {quantity for asset in folder.assets.values() for quantity in asset.observes}
    declared = {quantity for domain in shipped().domains.values() for quantity in domain.quantities}
    assert observed == declared - {INDEX}, "all but what detect works out"
    assert (
        min(kinds[one] for one in ("feeder", "cabinet", "traffic_signal", "water_main", "pump", "outfall", "stack"))
        >= 10
    )
    assert {one.relation for one in folder.relations.values()} >= {
        "feeds", "controls", "carries", "runs_under", "drains", "discharges_to", "flows_to", "located_in", "measures",
    }  # fmt: skip


def test_every_guessed_position_says_so_and_every_layer_of_the_map_names_its_source() -> None:
    folder = read_city(DEMO)
    assert all(asset.approximate for asset in folder.assets.values())
    assert all(feature["properties"]["source"] for feature in folder.map["features"])


def test_every_zone_lies_in_an_area_and_every_zone_of_an_area_is_there() -> None:
    folder = read_city(DEMO)
    zones = {zone for area in folder.city.area_details for zone in area.zones}
    assert zones == {name for name, asset in folder.assets.items() if asset.kind == "zone"}
