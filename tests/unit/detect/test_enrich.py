"""What the catalogue knows of sensors, quantities and kinds."""

from city.enrich import split_name
from tests.unit.detect.world import at, catalogue, sensor

KNOWN = catalogue(
    [
        sensor("loop-1", observes=("speed_kmh",), measures="seg-1", zone="unknown"),
        sensor("seg-1", kind="road_segment", zone="z7", agency="transport", position=(106.7, 10.9)),
    ]
)


def test_a_sensor_without_a_zone_lies_where_its_asset_lies() -> None:
    assert (KNOWN.zone("loop-1"), KNOWN.agency("loop-1"), KNOWN.position("loop-1")) == (
        "z7",
        "transport",
        (106.7, 10.9),
    )
    assert (KNOWN.zone("nowhere"), KNOWN.agency("nowhere"), KNOWN.region("nowhere")) == (None, None, "city")
    assert (KNOWN.measured_kind("loop-1"), KNOWN.measured_kind("seg-1"), KNOWN.measured_kind("x")) == (
        "road_segment",
        "road_segment",
        "",
    )


def test_the_domain_follows_from_the_quantity_and_the_kind() -> None:
    assert (KNOWN.domain_of("speed_kmh"), KNOWN.domain_of("nothing")) == ("traffic", None)
    kinds = ("road.flooded", "report.noise", "power.outage", "fire.seen")
    assert [KNOWN.kind_domain(kind) for kind in kinds] == ["river", "reports", "power", "fire"]
    assert KNOWN.kind_domain("sensor.silent", KNOWN.sensor_domain("loop-1")) == "traffic"
    assert KNOWN.kind_domain("sensor.silent") == "other"


def test_a_name_has_a_sensor_and_a_quantity() -> None:
    assert split_name("park-1/loop-2/speed_kmh") == ("park-1/loop-2", "speed_kmh")
    assert split_name("alone") == ("alone", "")


def test_limits_are_found_by_date() -> None:
    row = KNOWN.limit("air.pm25_24h", at(0))
    assert row is not None and row.value == 45.0
    assert KNOWN.limit("air.pm25_24h", at(-86_400 * 400)).value == 50.0  # type: ignore[union-attr]
    assert KNOWN.limit("nothing", at(0)) is None
    assert [row.value for row in KNOWN.limit_rows("river.stage_bd3", ("gauge-bien-hoa",))] == [2.2]
