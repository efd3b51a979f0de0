"""What is shared with neighbours, and who is told of what happens in whose area."""

from datetime import UTC, date, datetime

import pytest

from city.enrich import Catalogue
from city.region import shared
from infra.cities.folder import read_city
from schemas.assets import City, Relation
from tests.areas import AREAS, reach
from tests.contract.tree import ROOT

CITY = City(id="c", name="C", name_vi="C", time_zone="Asia/Ho_Chi_Minh", area_details=AREAS)


@pytest.mark.parametrize(
    ("zone", "at", "told"),
    [
        ("n", datetime(2025, 6, 30, 16, 59, tzinfo=UTC), ("old",)),
        ("n", datetime(2025, 6, 30, 17, tzinfo=UTC), ("next",)),
        ("z", datetime(2025, 6, 30, 17, tzinfo=UTC), ()),
        ("nowhere", datetime(2025, 6, 30, 17, tzinfo=UTC), ()),
    ],
)
def test_who_is_told_follows_the_units_of_the_day(zone: str, at: datetime, told: tuple[str, ...]) -> None:
    assert Catalogue.build({"c": CITY}, {}, {}, {}).informed(zone, at) == told


def test_what_flows_over_a_border_is_shared_and_what_stays_is_not() -> None:
    assets = [reach("r1", "z"), reach("r2", "z"), reach("r3", "n"), reach("x1", "z"), reach("x2", "z")]
    assets.append(reach("s1", "n", "road_segment"))
    flows = [("r1", "r2"), ("r2", "r3"), ("x1", "x2"), ("r2", "s1"), ("r3", "gone")]
    relations = [Relation(from_id=start, relation="flows_to", to_id=end) for start, end in flows]
    relations.append(Relation(from_id="r1", relation="feeds", to_id="r3"))
    (one,) = shared({asset.id: asset for asset in assets}, relations, AREAS)
    assert (one.form, one.name, one.name_vi) == ("basin", "River", "Sông")
    assert (one.crossings, one.sides, one.agencies) == ((("r2", "r3"),), ("city", "next"), ("next",))
    assert one.assets == ("r1", "r2", "r3")


def test_the_demo_city_shares_two_basins_and_a_corridor_and_knows_its_neighbours() -> None:
    folder = read_city(ROOT / "infra/cities/binh-duong")
    found = shared(folder.assets, folder.relations.values(), folder.city.area_details)
    told = [(one.form, one.agencies) for one in found]
    assert told == [("basin", ("hcmc",)), ("basin", ("dong-nai",)), ("corridor", ("hcmc",))]
    neighbours = {area.agency for area in folder.city.area_details if area.neighbour}
    assert neighbours == {"hcmc", "dong-nai", "tay-ninh", "binh-phuoc", "ba-ria-vung-tau"}
    assert neighbours <= {agency.id for agency in folder.city.agencies}
    day = date(2026, 11, 24)
    for zone in (name for name, asset in folder.assets.items() if asset.kind == "zone"):
        here = [area for area in folder.city.area_details if zone in area.zones]
        today = [area for area in here if (area.valid_to or date.max) > day]
        assert len(today) == 1, zone
        assert today[0].neighbour or any(area.valid_to == date(2025, 7, 1) for area in here), zone
