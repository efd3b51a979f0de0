"""Rule outage_lowers_voltage: no voltage is low voltage too, and no incident of its own."""

from tests.scenarios.worlds import World, raised


def test_low_voltage_where_the_power_is_out_belongs_to_the_outage(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"), raised("power.outage", "cab1"))
    city.at(30).feed(raised("power.voltage_low", "cab1", "minor"))
    outage = city.expect("power.outage", asset="f1", by=35)
    assert city.links(outage)["power.voltage_low", "cab1"].rule == "outage_lowers_voltage"
    city.expect_incidents(1, by=40)


def test_low_voltage_where_there_is_power_is_an_incident_of_its_own(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    city.at(30).feed(raised("power.voltage_low", "cab5", "minor"))
    city.expect_incidents(2, by=40)
