"""An adopted sensor is an asset as a city folder has it; what is wrong is named by its field with the way out."""

from typing import Any

import msgspec
import pytest

from infra.cities.adoption import Adoption, adopted, offers, placing
from infra.cities.folder import read_city, shipped
from schemas.assets import Asset
from schemas.errors import Invalid
from schemas.sentences import told

ZONE = Asset(id="phu-hoa", kind="zone", name="Phú Hoà", position=(106.67, 10.98))
REACH = Asset(
    id="reach-7", kind="river_reach", name="Reach 7", zone="phu-hoa", agency="environment", position=(106.66, 10.97)
)
FAR = Asset(id="reach-9", kind="river_reach", name="Reach 9", zone="phu-hoa", position=(106.9, 11.2))
GAUGE = Asset(id="gauge-9", kind="sensor", name="Gauge 9", zone="phu-hoa", observes=("stage_m",), measures="reach-9")
MAIN = Asset(id="main-3", kind="water_main", name="Main 3", zone="phu-hoa", position=(106.66, 10.97))
ABROAD = Asset(id="abroad", kind="river_reach", name="Abroad", zone="phu-hoa", region="other")
ASSETS = {one.id: one for one in (ZONE, REACH, FAR, GAUGE, MAIN, ABROAD)}
DOMAINS = shipped().domains
GIVEN = Adoption(name="Gauge 7", name_vi="Trạm 7", observes=("stage_m",), measures="reach-7")
STANDING = Adoption(name="A", name_vi="B", observes=("rain_mm",), zone="phu-hoa", position=(106.65, 10.96))


def changed(given: Adoption = GIVEN, **fields: Any) -> Adoption:
    return msgspec.structs.replace(given, **fields)


def test_what_it_measures_says_where_it_is_and_its_relations() -> None:
    asset = adopted("gauge-7", GIVEN, ASSETS, DOMAINS)
    assert (asset.kind, asset.zone, asset.region, asset.measures, asset.observes) == (
        "sensor",
        "phu-hoa",
        "city",
        "reach-7",
        ("stage_m",),
    )
    assert set(placing(asset, ASSETS)) == {"gauge-7 located_in phu-hoa", "gauge-7 measures reach-7"}


def test_a_sensor_of_its_own_stands_at_its_position_in_its_zone() -> None:
    asset = adopted("rain-1", STANDING, ASSETS, DOMAINS)
    assert (asset.position, asset.zone, asset.measures) == ((106.65, 10.96), "phu-hoa", None)
    assert set(placing(asset, ASSETS)) == {"rain-1 located_in phu-hoa"}


def test_a_city_folder_with_the_same_sensor_reads_the_same_asset() -> None:
    folder = read_city("infra/cities/binh-duong")
    for name in ("gauge-thu-dau-mot", "stage-sai-gon-11"):
        known = folder.assets[name]
        others = {one.id: one for one in folder.assets.values() if one.id != name}
        fields = {field: getattr(known, field) for field in Adoption.__struct_fields__}
        asset = adopted(name, Adoption(**fields), others, {**DOMAINS, **folder.domains})
        assert asset == msgspec.structs.replace(known, properties={}, approximate=False)
        assert placing(asset, others).items() <= folder.relations.items()


@pytest.mark.parametrize(
    ("given", "field", "way_out"),
    [
        (changed(name_vi=" "), "name_vi", "in their language"),
        (changed(kind=""), "kind", "is empty"),
        (changed(observes=()), "observes", "GET /v1/sensors/{id}"),
        (changed(observes=("stage_m", "water_height")), "observes.1", "GET /v1/domains"),
        (changed(observes=("stage_m", "stage_m")), "observes.1", "twice"),
        (changed(measures="reach-8"), "measures", "GET /v1/assets"),
        (changed(measures="gauge-7"), "measures", "itself"),
        (changed(zone="nowhere"), "zone", "GET /v1/assets?kind=zone"),
        (changed(position=(10.9, 106.6)), "position", ""),
        (changed(measures=None), "measures", "`position` and `zone`"),
        (changed(STANDING, zone=None), "zone", "GET /v1/assets?kind=zone"),
        (changed(measures="abroad", zone="phu-hoa"), "zone", "two regions"),
    ],
)
def test_what_is_wrong_names_its_field_and_the_way_out(given: Adoption, field: str, way_out: str) -> None:
    with pytest.raises(Invalid) as raised:
        adopted("gauge-7", given, ASSETS, DOMAINS)
    assert raised.value.field == field
    assert way_out in raised.value.detail
    assert told(raised.value.said, "vi") != raised.value.detail


def test_a_name_that_no_senml_record_can_have_is_refused() -> None:
    with pytest.raises(Invalid, match="SenML"):
        adopted("trạm 7", GIVEN, ASSETS, DOMAINS)


def test_offered_is_what_sensors_of_the_same_quantity_measure() -> None:
    found = offers("gauge-7", ["stage_m"], ASSETS)
    assert [one.id for one in found] == ["reach-7", "abroad", "reach-9"]
    near = offers("gauge-7", ["stage_m"], ASSETS, (106.9, 11.2))
    assert [(one.id, one.distance_m is None) for one in near] == [
        ("reach-9", False),
        ("reach-7", False),
        ("abroad", True),
    ]
    assert offers("gauge-7", ["vibration_mms"], ASSETS) == []
