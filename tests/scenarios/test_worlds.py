"""What holds the worlds together can fail: a world that tells otherwise is noticed, and orders are other orders."""

import pytest

from tests.scenarios.arrivals import orders, shuffled
from tests.scenarios.pure import PureWorld
from tests.scenarios.towns import TOWN, Copy
from tests.scenarios.worlds import Fed, cleared, raised, reading, report, structured


def world(*assets: str) -> PureWorld:
    """Outages at these assets."""
    made = PureWorld()
    made.at(0).feed(*(raised("power.outage", asset) for asset in assets))
    return made


def test_worlds_that_tell_the_same_agree() -> None:
    one, other = world("f1", "cab1"), world("cab1", "f1")
    assert one.at(5).picture().differs_from(other.at(5).picture()) == ""


@pytest.mark.parametrize("other", [world("f1"), world("f1", "f2"), world("f1", "cab2")])
def test_another_incident_or_another_member_is_noticed(other: PureWorld) -> None:
    here = world("f1", "cab1").at(5).picture()
    assert "cab1" in here.differs_from(other.at(5).picture())


def test_another_state_is_noticed() -> None:
    here, other = world("f1"), world("f1")
    other.at(1).feed(cleared("power.outage", "f1"))
    assert "resolved power.outage" in other.at(900).picture().differs_from(here.at(900).picture())


def test_an_id_that_leads_elsewhere_is_noticed() -> None:
    one, other = world("f1", "f2").at(5).picture(), world("f1", "f2").at(5).picture()
    first, second = sorted(other.by_id)
    other.by_id[first] = other.by_id[second]
    assert first in one.differs_from(other)


def test_which_incident_keeps_an_id_that_a_signal_left_depends_on_the_order_and_nothing_else_does() -> None:
    early, late, witness = (raised("traffic.crash", "seg2"), raised("traffic.crash", "seg3"), report("crash", 5, 1))
    one, other = PureWorld(), PureWorld()
    for second, message in enumerate((early, late, witness)):
        one.at(second).take(structured(message, message.type + str(message.data.get("asset")), 0))
    for second, message in enumerate((witness, early, late)):
        other.at(second).take(structured(message, message.type + str(message.data.get("asset")), 0))
    told = {incident.id: incident.kind for incident in one.at(9).incidents()}
    again = {incident.id: incident.kind for incident in other.at(9).incidents()}
    assert len(told) == len(again) == 3
    assert {(told[name], again[name]) for name in told.keys() & again.keys()} == {
        ("report.crash", "traffic.crash"),
        ("traffic.crash", "traffic.crash"),
    }
    assert one.picture().differs_from(other.picture()) == ""


def test_orders_delay_and_repeat_and_keep_the_readings_of_a_sensor_in_order() -> None:
    fed = PureWorld()
    for second in range(20):
        fed.at(second).feed(reading("loop1", speed_kmh=second), raised("traffic.slow", f"seg{second}"))
    script = [one for one in fed.script if isinstance(one, Fed)]
    given = [one.event["id"] for one in script]
    mixed = shuffled(script, 1)
    assert [one.event["id"] for one in mixed] != given
    assert {one.event["id"] for one in mixed} == set(given) and len(mixed) > len(given)
    speeds = [one.event["data"][0]["v"] for one in mixed if one.event["type"] == "city.readings"]
    assert list(dict.fromkeys(speeds)) == sorted(set(speeds))
    assert len(list(orders(script))) == 3 + 2, "three shuffles, and each of two topics late"


def test_a_copy_of_the_town_says_assets_and_places_its_own_way() -> None:
    copy = Copy(TOWN, 2)
    assert copy.marked(raised("power.outage", "f1").data)["asset"] == "s002-f1"
    assert copy.marked(reading("loop1", speed_kmh=4).data)[0]["n"] == "s002-loop1/speed_kmh"
    assert copy.marked(report("crash", 2, 1).data)["lon"] == pytest.approx(106.602 + 0.8)
    polygon = {"type": "Polygon", "coordinates": [[[106.6, 11.0], [106.7, 11.0], [106.7, 11.1], [106.6, 11.0]]]}
    assert copy.marked(polygon)["coordinates"][0][1] == [107.5, 11.0]
    assert copy.plain('"root_asset":"s002-f1"') == '"root_asset":"f1"'
    assert copy.holds("s002-f1", None) and copy.holds(None, (107.42, 11.0)) and not copy.holds("s003-f1", (107.8, 11))
