"""Every domain brings an incident of its own that nobody has to read twice."""

import pytest

from infra.cities.folder import shipped
from tests.scenarios.worlds import Message, World, raised, reading, report

STORIES: dict[str, tuple[str, str, list[tuple[float, Message]]]] = {
    "traffic": ("traffic.wrong_way", "seg1", [(0, raised("traffic.wrong_way", "seg1", "critical", source="/video"))]),
    "power": (
        "power.overload",
        "tr-1",
        [(0, reading("tr-1", load_ratio=1.2)), (300, reading("tr-1", load_ratio=1.3))],
    ),
    "water": (
        "water.quality_bad",
        "tap-1",
        [(0, reading("tap-1", turbidity_ntu=5)), (600, reading("tap-1", turbidity_ntu=6))],
    ),
    "air": ("air.unhealthy", "airq", [(0, reading("airq", pm25_ugm3=180)), (120, reading("airq", pm25_ugm3=190))]),
    "river": (
        "river.polluted",
        "buoy-1",
        [(0, reading("buoy-1", river_nh4n_mgl=2)), (600, reading("buoy-1", river_nh4n_mgl=2))],
    ),
    "effluent": (
        "effluent.limit_exceeded",
        "plant1",
        [(0, reading("cod1", cod_mgl=400)), (60, reading("cod1", cod_mgl=401))],
    ),
    "stack": (
        "air.smoke",
        "stack1",
        [(second, reading("stackdust1", stack_dust_mgm3=900 + second)) for second in (0, 30, 300)],
    ),
    "weather": ("weather.strong_wind", "mast-1", [(0, reading("mast-1", gust_ms=25))]),
    "reports": ("report.smoke", "", [(0, report("smoke", 3, 3, "Khói đen")), (300, report("smoke", 3, 4, "Khói"))]),
    "works": ("works.overrun", "seg1", [(0, raised("works.overrun", "seg1", "minor", source="/works"))]),
    "security": ("security.intrusion", "camera-1", [(0, raised("security.intrusion", "camera-1", source="/video"))]),
    "fire": ("fire.detected", "building-1", [(0, raised("fire.detected", "building-1", "critical", source="/panel"))]),
    "waste": (
        "waste.gas_high",
        "landfill-1",
        [(0, reading("landfill-1", methane_percent=2)), (60, reading("landfill-1", methane_percent=2.1))],
    ),
}
"""Domain → kind of its incident, root asset, what is fed when."""


@pytest.mark.only_in("pure", "shuffled", because="the way of readings and events is that of the other scenarios")
@pytest.mark.parametrize("domain", sorted(STORIES))
def test_a_domain_opens_one_incident(city: World, domain: str) -> None:
    kind, asset, fed = STORIES[domain]
    for second, message in fed:
        city.at(second).feed(message)
    city.expect(kind, asset=asset or None, by=fed[-1][0] + 10)
    city.expect_incidents(1, by=fed[-1][0] + 20)


def test_every_story_is_of_a_domain_that_ships() -> None:
    assert set(STORIES) <= set(shipped().domains)
