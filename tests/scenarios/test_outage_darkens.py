"""Rules outage_darkens, outage_silences and dark_signal_congests: one feeder, one incident."""

import pytest

from schemas.incidents import Incident
from tests.scenarios.worlds import World, cleared, raised, reading

DAY = 86_400.0


def test_a_feeder_that_trips_is_one_incident_though_it_reports_last(city: World) -> None:
    city.at(10).feed(raised("traffic.signal_dark", "tl1"), raised("traffic.signal_dark", "tl2"))
    city.at(200).feed(raised("traffic.slow", "seg1"), raised("traffic.stalled", "seg2"))
    city.at(480).feed(raised("power.outage", "f1", "critical", happened=0))
    incident = city.expect("power.outage", asset="f1", by=485)
    assert (incident.signal_count, incident.severity, incident.suspected) == (5, "critical", False)
    links = city.links(incident)
    assert links["traffic.signal_dark", "tl1"].path == ("f1", "cab1", "tl1")
    assert links["traffic.slow", "seg1"].path == ("tl1", "seg1")
    assert all(link.why and link.why_vi for link in links.values())
    city.expect_incidents(1, by=490)


def test_lamps_without_current_open_a_suspected_outage_that_the_real_one_replaces(city: World) -> None:
    for second in range(0, 30, 5):
        city.at(second).feed(*(reading(f"lamp{n}", lamp_current_a=0.0) for n in (1, 2, 3)))
    suspected = city.expect("traffic.signal_dark", asset="f1", by=32)
    assert suspected.suspected and suspected.root_signal is None
    city.at(40).feed(raised("power.outage", "f1", happened=0))
    real = city.expect("power.outage", asset="f1", by=45)
    assert (real.id, real.suspected, real.signal_count) == (suspected.id, False, 4)


def test_it_resolves_when_everything_is_back_and_not_before(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    city.at(5).feed(raised("traffic.signal_dark", "tl1"))
    city.at(300).feed(cleared("power.outage", "f1"))
    city.at(700)
    city.expect("power.outage", asset="f1", state="open", by=700)
    city.feed(cleared("traffic.signal_dark", "tl1"))
    city.expect("power.outage", asset="f1", state="resolved", by=900)


def test_a_feeder_that_trips_again_darkens_what_it_had_left_on(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    city.at(10).feed(raised("traffic.signal_dark", "tl1"))
    city.at(60).feed(cleared("power.outage", "f1"))
    city.at(160).feed(raised("power.outage", "f1"))
    city.at(180).feed(raised("traffic.signal_dark", "tl2"))
    outage = city.expect("power.outage", asset="f1", by=190)
    city.expect_incidents(1, by=200)
    link = city.links(outage)["traffic.signal_dark", "tl2"]
    assert link.delay_s == 20
    assert " began 20 s after power outage at " in link.why and " came again; " in link.why


def test_a_dark_signal_on_another_feeder_is_another_incident(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f2"), raised("traffic.signal_dark", "tl1"))
    city.expect_incidents(2, by=30)


def test_of_a_feeder_that_was_off_before_its_substation_tripped_all_effects_stay_its_own(city: World) -> None:
    city.at(110).feed(
        raised("traffic.signal_dark", "tl1", happened=105),
        raised("traffic.signal_dark", "tl5", happened=106),
        raised("power.outage", "sub", "critical", happened=100),
        raised("power.outage", "f1", "critical", happened=0),
    )
    feeder = city.expect("power.outage", asset="f1", by=115)
    substation = city.expect("power.outage", asset="sub", by=115)
    city.expect_incidents(2, by=116)
    assert city.links(feeder)["traffic.signal_dark", "tl1"].path == ("f1", "cab1", "tl1")
    assert city.links(substation)["traffic.signal_dark", "tl5"].path == ("sub", "f2", "cab5", "tl5")


def test_sensors_that_lose_their_power_are_silent_for_a_known_reason(city: World) -> None:
    city.at(0).feed(reading("loop1", speed_kmh=40), reading("loop5", speed_kmh=40))
    city.at(5).feed(raised("power.outage", "f1"))
    outage = city.expect("power.outage", asset="f1", by=10)
    city.at(125)
    city.expect("sensor.silent", asset="seg5", by=140)
    assert city.links(outage)["sensor.silent", "loop1"].rule == "outage_silences"


def silenced(city: World) -> Incident:
    """Two loops of one feeder report until it trips, fall silent, and are silent for its reason."""
    city.at(0).feed(reading("loop1", speed_kmh=40), reading("loop2", speed_kmh=40))
    city.at(5).feed(raised("power.outage", "f1"))
    city.expect("power.outage", asset="f1", by=7)
    city.at(140)
    outage = city.expect("power.outage", asset="f1", by=145)
    assert {asset for kind, asset in city.links(outage) if kind == "sensor.silent"} == {"loop1", "loop2"}
    city.expect_incidents(1, by=146)
    return outage


@pytest.mark.only_in("pure", "live", because="which id goes on after a split depends on what came first")
def test_a_sensor_that_stays_silent_with_power_back_becomes_its_own_incident(city: World) -> None:
    outage = silenced(city)
    city.at(600).feed(cleared("power.outage", "f1"))
    city.at(700).feed(reading("loop2", speed_kmh=40))
    city.at(4190)
    assert city.expect("power.outage", asset="f1", by=4191).id == outage.id
    city.expect_incidents(1, by=4192)
    city.at(4205)
    silent = city.expect("sensor.silent", asset="seg1", by=4210)
    assert silent.signal_count == 1 and silent.candidates[0].reason == "outlived"
    assert silent.candidates[0].incident == outage.id
    assert city.expect("power.outage", asset="f1", state="resolved", by=4300).id == outage.id
    city.at(4400).feed(reading("loop1", speed_kmh=40))
    city.expect("sensor.silent", asset="seg1", state="resolved", by=4500)


@pytest.mark.only_in("pure", "live", because="which id goes on after a split depends on what came first")
def test_a_sensor_that_comes_back_with_power_stays_an_effect_of_the_outage(city: World) -> None:
    outage = silenced(city)
    city.at(600).feed(cleared("power.outage", "f1"))
    city.at(700).feed(reading("loop1", speed_kmh=40), reading("loop2", speed_kmh=40))
    over = city.expect("power.outage", asset="f1", state="resolved", by=800)
    city.expect_incidents(1, by=810)
    assert (over.id, over.signal_count) == (outage.id, 3)


def test_the_two_signals_that_stay_dark_keep_the_incident_open_when_the_feeder_is_back(city: World) -> None:
    city.at(0).feed(raised("power.outage", "f1"))
    city.at(5).feed(*(raised("traffic.signal_dark", f"tl{number}") for number in (1, 2, 3, 4)))
    city.at(600).feed(cleared("power.outage", "f1"))
    city.at(610).feed(cleared("traffic.signal_dark", "tl1"), cleared("traffic.signal_dark", "tl2"))
    city.at(1600)
    whole = city.expect("power.outage", asset="f1", by=1601)
    assert (whole.signal_count, whole.active_count) == (5, 2), "judged again, not closed"


@pytest.mark.only_in("pure", "live", because="which id goes on after a split depends on what came first")
def test_what_is_still_off_a_day_after_power_is_back_is_an_incident_of_its_own_with_what_hangs_on_it(
    city: World,
) -> None:
    city.at(0).feed(raised("power.outage", "sub"))
    outage = city.expect("power.outage", asset="sub", by=2)
    city.at(5).feed(raised("power.outage", "f1"), raised("power.outage", "f2"))
    city.expect_incidents(1, by=7)
    city.at(10).feed(raised("traffic.signal_dark", "tl1"), raised("traffic.signal_dark", "tl5"))
    city.expect_incidents(1, by=12)
    city.at(600).feed(cleared("power.outage", "sub"), cleared("power.outage", "f2"))
    city.at(DAY + 590)
    whole = city.expect("power.outage", asset="sub", by=DAY + 592)
    assert (whole.signal_count, whole.active_count) == (5, 3), "judged again, not closed"
    city.at(DAY + 605)
    branch = city.expect("power.outage", asset="f1", by=DAY + 607)
    assert city.links(branch).keys() == {("traffic.signal_dark", "tl1")}
    lamp = city.expect("traffic.signal_dark", asset="tl5", by=DAY + 609)
    for found in (branch, lamp):
        assert {(one.reason, one.incident) for one in found.candidates} == {("outlived", outage.id)}
    over = city.expect("power.outage", asset="sub", state="resolved", by=DAY + 700)
    assert (over.id, over.signal_count) == (outage.id, 2)
    city.expect_incidents(3, by=DAY + 702)
