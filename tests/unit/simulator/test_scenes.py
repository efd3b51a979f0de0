"""Scenes of daily life: a stream of their own, what is told of them, what instruments show."""

from collections import Counter
from functools import cache
from typing import Any

from city.cap import cap_data
from schemas.cloudevents import decode_structured
from services.simulator.air import Air
from services.simulator.causes import Cause, schedule, until
from services.simulator.delivery import Delivery
from services.simulator.envelopes import batch, events
from services.simulator.recording import Plan
from services.simulator.scenes import SCENES, day, scenes
from services.simulator.tidings import PLANNED, TOLD, tidings
from services.simulator.town import Town
from services.simulator.world import World
from tests.score.simulated import ROOTS
from tests.unit.simulator.runs import START, Run, cause, folder


@cache
def town() -> Town:
    return Town(folder())


@cache
def lively() -> Run:
    """Scenes that do not touch each other, in one run."""
    return Run(
        1500,
        cause("works_overrun", "seg-ql13-09", 30, 1400),
        cause("landfill_gas", "landfill-chanh-phu-hoa", 30, 1400),
        cause("leachate_rise", "leachate-chanh-phu-hoa", 30, 1400),
        cause("round_stops", "round-di-an", 30, 1400),
        cause("turbid_tap", "tap-di-an", 30, 1400),
        cause("storm", "ward-ben-cat", 30, 1400),
    )


def test_scenes_leave_the_other_causes_of_a_seed_as_they_were() -> None:
    drawn = until(day(town(), 3), 7200)
    own = [one for one in drawn if one.kind in SCENES]
    assert own == until(scenes(town(), 3), 7200)
    assert [one for one in drawn if one.kind not in SCENES] == until(schedule(town(), 3), 7200)
    assert (
        drawn
        == sorted(drawn, key=lambda one: one.start_s)
        == Plan(folder=folder(), start=START, seconds=7200, seed=3).causes()
    )


def test_every_scene_has_its_turn_the_same_seed_the_same_and_none_beyond_the_border() -> None:
    found = until(scenes(town(), 3), 4000)
    assert found == until(scenes(town(), 3), 4000) != until(scenes(town(), 4), 4000)
    assert set(Counter(one.kind for one in found[: len(SCENES)])) == set(SCENES)
    assert not any(town().assets[one.asset].properties.get("beyond") for one in until(scenes(town(), 3), 100_000))


def test_the_truth_of_the_score_knows_every_kind_of_cause_and_a_domain_every_kind_told() -> None:
    kinds = {kind for domain in World(folder(), START, 1).domain.values() for kind in [domain]}
    assert set(SCENES) <= set(ROOTS)
    assert set(PLANNED) <= set(SCENES)
    told = {one.kind.split(".")[0] for tellings in TOLD.values() for one in tellings}
    assert told - kinds == {"works", "security", "fire"}, "those have no readings"


def test_works_are_announced_before_they_begin_and_told_of_when_they_run_over() -> None:
    found = [
        one
        for one in tidings(town(), Cause(id="w", kind="works_overrun", asset="seg-ql13-09", start_s=900, end_s=1900), 1)
    ]
    told = [(one.type, one.data.get("kind"), one.told_s) for one in found]
    assert told == [
        ("work.planned", "roadworks", 300.0),
        ("signal.raised", "works.begun", 900.0),
        ("signal.raised", "works.overrun", 1400.0),
        ("signal.cleared", "works.overrun", 1905.0),
        ("signal.cleared", "works.begun", 1905.0),
    ]
    assert found[0].times == {"from": 900, "to": 1400}


def test_works_close_lanes_and_the_bus_that_passes_them_is_late() -> None:
    run = lively()
    assert min(run.between("loop-ql13-09/speed_kmh", 600, 1400)) < 10
    assert max(run.between("bus-1/bus_delay_s", 1200, 1500)) > 3 * max(run.between("bus-1/bus_delay_s", 0, 100))
    assert max(run.between("travel-ql13/travel_time_s", 600, 1400)) > 1.3 * max(
        run.between("travel-ql13/travel_time_s", 0, 60)
    )


def test_a_landfill_a_round_a_tap_and_a_storm_pass_the_limits_of_their_domains_and_not_before() -> None:
    run = lively()
    for name, limit in (
        ("gas-chanh-phu-hoa-west/methane_percent", 1.25),
        ("pond-chanh-phu-hoa/leachate_level_m", 4.0),
        ("truck-di-an/round_delay_s", 14_400),
        ("quality-di-an/turbidity_ntu", 2.0),
        ("wind-ben-cat/gust_ms", 20.8),
        ("rain-ben-cat/rain_mmh", 50.0),
    ):
        assert max(run.between(name, 0, 60), default=0.0) < limit < max(run.between(name, 1000, 1400)), name
    assert max(run.between("truck-thuan-giao/round_delay_s", 0, 1500)) < 1800
    assert max(run.between("quality-my-phuoc/turbidity_ntu", 0, 1500)) < 1


def test_a_fire_in_a_park_reaches_a_station_down_wind_when_the_wind_has_carried_it() -> None:
    air, dust = Air(town(), 5), []
    for second in range(0, 3600, 5):
        air.step(second, 5, [cause("plant_fire", "park-song-than-2", 30, 3600)], 7.0)
        dust.append(air.values["pm25_ugm3"])
    station = int((dust[-1] - dust[0]).argmax())
    assert (dust[-1] - dust[0])[station] > 15
    assert abs(dust[12][station] - dust[0][station]) < 1
    assert (air.values["stack_dust_mgm3"] < 50).all(), "no stack fails"


def test_a_storm_is_warned_of_by_a_cap_message_that_the_center_takes() -> None:
    world = World(folder(), START, 5)
    world.inject(cause("storm", "ward-ben-cat", 700, 1500))
    (event,) = [one for second in range(102) for one in _told(world, second)]
    taken = cap_data(decode_structured(batch([event])[1:-1]))
    assert (event["time"], taken["sent"]) == ("2026-03-02T00:01:40.000Z", "2026-03-02T07:01:40+07:00")
    (info,) = taken["infos"]
    assert (info["event"], info["severity"], info["onset"]) == ("Mưa dông", "Severe", "2026-03-02T07:11:40+07:00")


def _told(world: World, second: int) -> list[dict[str, Any]]:
    return [one for one in events(world, second, "run", Delivery(5)) if one["type"] == "cap.received"]
