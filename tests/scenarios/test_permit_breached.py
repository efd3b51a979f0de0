"""A plant and its permit: what an instrument sends while it is calibrated is no breach, what it measures is."""

import pytest

from tests.scenarios.worlds import Message, World, reading

PERMITS = pytest.mark.only_in(
    "pure", "shuffled", because="a permit is of one asset, and copies of the town have others"
)


def sent(value: float, quality: str | None = None) -> Message:
    """COD at the outfall; above 100 breaks the permit of plant1, above 150 the national fallback."""
    state = {"quality": quality} if quality else {}
    return Message("city.readings", [{"n": "cod1/cod_mgl", "v": value, **state}])


@PERMITS
def test_a_plant_that_breaches_its_permit_while_calibrating_raises_nothing(city: World) -> None:
    for step in range(13):
        city.at(300 * step).feed(sent(400 + step, "fault" if step == 6 else "calibrating"))
    city.at(3900).feed(sent(70))
    city.expect_incidents(0, by=4000)


@PERMITS
def test_a_plant_that_breaches_its_permit_is_one_incident_with_the_reaches_below_it_in_order(city: World) -> None:
    for step in range(25):
        city.at(300 * step).feed(sent(120 + step))
        for reach, minute in ((1, 40), (2, 65), (3, 90)):
            cod = 30 + step if step * 5 >= minute else 9
            city.feed(reading(f"quality{reach}", river_cod_mgl=cod))
    city.at(7500).feed(sent(150), *(reading(f"quality{reach}", river_cod_mgl=40) for reach in (1, 2, 3)))
    (incident,) = city.expect_incidents(1, by=7600)
    assert (incident.kind, incident.root_asset) == ("effluent.limit_exceeded", "plant1")
    breach, *polluted = city.signals(incident)
    assert (breach.limit, breach.limit_ref) == (100.0, "GPMT 12/GP-UBND")
    assert [signal.asset for signal in polluted] == ["quality1", "quality2", "quality3"]
    links = city.links(incident)
    assert [len(links["river.polluted", signal.asset].path) for signal in polluted] == [2, 3, 4]
    assert links["river.polluted", "quality3"].path == ("plant1", "reach1", "reach2", "reach3")


def test_a_fault_of_half_an_hour_is_the_instruments_own_matter(city: World) -> None:
    for step in range(8):
        city.at(300 * step).feed(sent(900 + step, "fault"))
    city.expect("sensor.fault", asset="plant1", by=2200)
    city.expect_incidents(1, by=2200)
