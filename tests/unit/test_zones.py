"""The zone of a place is that of the nearest asset."""

import random

from city.space import distance_m
from city.zones import FAR_M, Zones
from schemas.assets import Asset


def test_the_grid_finds_what_looking_at_every_asset_finds() -> None:
    draw = random.Random(7)
    places = [(draw.uniform(106.4, 106.9), draw.uniform(10.8, 11.3)) for _ in range(60)]
    assets = [Asset(id=f"a{n}", kind="k", name="a", zone=f"z{n % 9}", position=place) for n, place in enumerate(places)]
    zones, found = Zones(assets, "none"), []
    for _ in range(400):
        here = draw.uniform(106.3, 107.0), draw.uniform(10.7, 11.4)
        distance, zone = min((distance_m(here, asset.position), asset.zone) for asset in assets if asset.position)
        found.append(zone if distance <= FAR_M else "none")
        assert zones.of(here) == found[-1]
    assert len(set(found)) == 10


def test_assets_without_a_place_or_a_zone_are_passed_over() -> None:
    here = (106.6, 11.0)
    unplaced = Asset(id="a", kind="k", name="a", zone="z1")
    unzoned = Asset(id="b", kind="k", name="b", zone="none", position=here)
    far = Asset(id="c", kind="k", name="c", zone="z3", position=(106.62, 11.0))
    assert Zones([unplaced, unzoned, far], "none").of(here) == "z3"
    assert Zones([unplaced, unzoned], "none").of(here) == "none"
