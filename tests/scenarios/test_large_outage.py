"""A feeder and all that hangs on it: one line for the operator, whatever comes first, until the last lamp is back."""

import pytest

from tests.scenarios.worlds import Message, World, cleared, raised, reading

DARK = {number: 5 + (number - 1) * 35 / 39 for number in range(1, 41)}
"""Crossing → seconds after the trip at which it goes dark: 5 to 40."""
SLOW = {number: 180 + (number - 1) * 420 / 11 for number in range(1, 13)}
"""Road → seconds after the trip at which it congests: 180 to 600."""


def tripped(at: float) -> list[tuple[float, Message]]:
    """The story, with the feeder's own word coming `at` seconds after its trip."""
    found = [(at, raised("power.outage", "f1", "critical", happened=0))]
    found += [(second, raised("traffic.signal_dark", f"tl{number}")) for number, second in DARK.items()]
    found += [(second, raised("traffic.slow", f"seg{number}", "minor")) for number, second in SLOW.items()]
    return sorted(found, key=lambda step: step[0])


def play(city: World, story: list[tuple[float, Message]]) -> None:
    for second, message in story:
        city.at(second).feed(message)


@pytest.mark.avenue(40)
def test_a_feeder_forty_dark_signals_and_twelve_jams_are_one_incident_of_three_levels(city: World) -> None:
    play(city, tripped(0))
    (incident,) = city.expect_incidents(1, by=605)
    assert (incident.kind, incident.root_asset, incident.severity) == ("power.outage", "f1", "critical")
    assert incident.signal_count == 53, "fifty-three signals, one line"
    links = city.links(incident)
    assert len(links) == 52
    assert all(links["traffic.signal_dark", f"tl{n}"].path == ("f1", f"cab{n}", f"tl{n}") for n in DARK)
    assert all(links["traffic.slow", f"seg{n}"].path == (f"tl{n}", f"seg{n}") for n in SLOW)


@pytest.mark.avenue(40)
def test_the_feeder_may_report_eight_minutes_late_and_what_was_told_meanwhile_leads_there(city: World) -> None:
    story = tripped(480)
    play(city, story[:2])
    early = {one.id for one in city.expect_incidents(2, by=6.5)}
    play(city, [step for step in story[2:] if step[0] < 480])
    (suspected,) = city.expect_incidents(1, by=479)
    assert (suspected.root_asset, suspected.suspected) == ("f1", True)
    assert suspected.id in early, "the id published first survives"
    (merged,) = (city.incident(name) for name in early - {suspected.id})
    assert (merged.state, merged.merged_into) == ("merged", suspected.id)
    play(city, [step for step in story if step[0] >= 480])
    (incident,) = city.expect_incidents(1, by=605)
    assert (incident.id, incident.suspected, incident.signal_count) == (suspected.id, False, 53)
    assert "merged" in {change.kind for change in city.changes(incident)}
    assert city.changes(merged)[-1].kind == "merged"


@pytest.mark.avenue(11_600)
@pytest.mark.only_in("pure", because="its size is the point; on the running stack `make bench` measures a storm")
def test_a_substation_that_darkens_eleven_thousand_crossings_in_a_minute_is_one_incident(city: World) -> None:
    for second in range(60):
        block = range(second * 194 + 1, min(11_600, second * 194 + 194) + 1)
        city.at(second).feed(*(raised("traffic.signal_dark", f"tl{number}") for number in block))
    city.at(60).feed(raised("power.outage", "sub", "critical", happened=0))
    (incident,) = city.expect_incidents(1, by=75)
    assert (incident.root_asset, incident.signal_count) == ("sub", 11_601)


@pytest.mark.avenue(40)
def test_sensors_that_lose_their_power_are_explained_and_one_with_power_is_not(city: World) -> None:
    powered, dead = "loop45", [f"loop{number}" for number in range(1, 41)]
    city.at(0).feed(*(reading(loop, speed_kmh=40) for loop in [*dead, powered]))
    city.at(5).feed(raised("power.outage", "f1", "critical"))
    outage = city.expect("power.outage", asset="f1", by=7)
    city.at(60).feed(reading(powered, speed_kmh=40))
    city.expect_incidents(1, by=130)
    silent = city.links(outage)
    assert {name for kind, name in silent if kind == "sensor.silent"} == set(dead)
    assert all(link.rule == "outage_silences" for link in silent.values())
    alone = city.expect("sensor.silent", asset="seg45", by=190)
    assert city.expect_incidents(2, by=192) and alone.signal_count == 1


@pytest.mark.avenue(40)
def test_a_restored_feeder_leaves_open_what_stays_dark(city: World) -> None:
    play(city, [step for step in tripped(0) if step[0] < 180])
    city.at(600).feed(cleared("power.outage", "f1"))
    city.at(660).feed(*(cleared("traffic.signal_dark", f"tl{number}") for number in range(1, 39)))
    (incident,) = city.expect_incidents(1, by=1500)
    assert (incident.state, incident.active_count, incident.signal_count) == ("open", 2, 41)
    active = [one.asset for one in city.signals(incident) if one.state == "active"]
    assert sorted(active) == ["tl39", "tl40"]
    city.at(1600).feed(*(cleared("traffic.signal_dark", f"tl{number}") for number in (39, 40)))
    city.expect("power.outage", asset="f1", state="resolved", by=1900)


@pytest.mark.avenue(40)
def test_rush_hour_and_an_outage_across_town_have_nothing_to_do_with_each_other(city: World) -> None:
    jams = range(43, 49)
    for number in jams:
        city.at(60 * (number - 42)).feed(raised("traffic.slow", f"seg{number}", "minor"))
    city.at(400).feed(raised("power.outage", "f1", "critical"), raised("traffic.signal_dark", "tl1"))
    found = city.expect_incidents(len(jams) + 1, by=410)
    assert {one.root_asset: one.signal_count for one in found} == {"f1": 2, **{f"seg{n}": 1 for n in jams}}
