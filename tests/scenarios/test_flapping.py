"""What begins and ends again and again is one signal that flaps, told once, and over only when it has calmed down."""

import pytest

from schemas.incidents import Incident
from tests.scenarios.worlds import World, cleared, raised

pytestmark = pytest.mark.only_in("pure", "live", because="it looks at the changes, which follow the order of arrival")

FEW = 16
"""Changes; how many there are before it is known to flap depends on how the turns are batched."""


def flicker(city: World, start: float, times: int, on: float = 20, off: float = 20) -> float:
    """Raise and clear so many times from `start` on; when the last one cleared."""
    for number in range(times):
        city.at(start + number * (on + off)).feed(raised("traffic.signal_dark", "tl1"))
        city.at(start + number * (on + off) + on).feed(cleared("traffic.signal_dark", "tl1"))
    return start + times * (on + off) - off


def kinds(city: World, incident: Incident) -> list[str]:
    return [one.kind for one in city.changes(incident)]


def dark(city: World, by: float, state: str = "open") -> Incident:
    return city.expect("traffic.signal_dark", asset="tl1", state=state, by=by)


def test_a_flickering_signal_is_one_incident_with_few_changes_that_resolves_once_it_is_calm(city: World) -> None:
    last = flicker(city, 0, 40)
    city.at(last + 200)
    found = dark(city, by=last + 202)
    (flap,) = found.flaps
    assert found.flapping and (flap.kind, flap.asset, flap.turns) == ("traffic.signal_dark", "tl1", 20)
    assert flap.percent == 100.0
    over = dark(city, by=last + 1000, state="resolved")
    assert not over.flapping and over.resolved_at == flap.calm_at
    assert over.signal_count == 40
    assert len(kinds(city, over)) <= FEW, "of 80 turns few are told"
    assert kinds(city, over)[-1] == "resolved"
    city.expect_incidents(1, by=last + 1001)


def test_what_calms_down_while_it_is_active_stays_open(city: World) -> None:
    last = flicker(city, 0, 6)
    city.at(last + 20).feed(raised("traffic.signal_dark", "tl1"))
    assert dark(city, by=last + 25).flapping
    city.at(last + 1000)
    still = dark(city, by=last + 1002)
    assert (still.flapping, still.active_count) == (False, 1)


def test_three_short_ones_do_not_flap_when_they_are_far_apart(city: World) -> None:
    flicker(city, 0, 3, on=60, off=1200)
    assert not any(one.flapping for one in city.expect_incidents(3, by=5000))


def test_turns_beyond_the_hold_down_are_one_incident_once_it_is_known_to_flap(city: World) -> None:
    last = flicker(city, 0, 12, on=10, off=150)
    city.at(last + 10)
    found = sorted(city.expect_incidents(3, by=last + 20), key=lambda one: one.opened_at)
    assert [one.signal_count for one in found] == [1, 1, 10], "the first ones could not be known to flap"


def test_another_signal_beside_what_flaps_is_told(city: World) -> None:
    last = flicker(city, 0, 8)
    before = kinds(city, dark(city, by=last + 1))
    city.at(last + 10).feed(raised("traffic.slow", "loop1", happened=last - 100))
    city.at(last + 20)
    found = dark(city, by=last + 21)
    assert len(kinds(city, found)) > len(before) and found.flapping


def test_what_flaps_under_a_silence_stays_suppressed_and_quiet(city: World) -> None:
    city.silence({"asset": ["tl1"]}, 0, 5000)
    last = flicker(city, 0, 20)
    found = dark(city, by=last + 1)
    assert found.flapping and found.suppressed
    assert len(kinds(city, found)) <= FEW
