"""The demo city behaves as simulator.md says, repeats itself by seed, and what a cause changed is known."""

from functools import cache
from itertools import pairwise

from services.simulator.air import Air
from services.simulator.causes import KINDS, parts, schedule, until
from services.simulator.delivery import AGAIN_S, LATE_S, Delivery
from services.simulator.envelopes import Event, events, record
from services.simulator.recording import Plan, but_for
from services.simulator.town import Town
from services.simulator.world import Reading, World
from tests.unit.simulator.runs import START, Run, cause, folder

FEEDER = "feeder-473-tan-uyen"


@cache
def calm() -> Run:
    return Run(600)


@cache
def busy() -> Run:
    """Causes that do not touch each other, in one run."""
    return Run(
        900,
        cause("main_burst", "main-thu-dau-mot-3"),
        cause("crash", "seg-ql13-09", 30, 900),
        cause("high_tide", "gauge-thu-dau-mot"),
        cause("sensor_dead", "effluent-vsip-1-cod"),
        cause("sensor_stuck", "effluent-dat-cuoc-cod"),
    )


@cache
def trip() -> Run:
    return Run(900, cause("feeder_trip", FEEDER, 30, 420))


def test_a_calm_city_has_no_slow_road_no_low_pressure_and_no_dark_signal() -> None:
    worst = {
        quantity: min(min(v.values()) for name, v in calm().values.items() if name.endswith(f"/{quantity}"))
        for quantity in ("speed_kmh", "head_m", "lamp_current_a", "voltage_v")
    }
    assert worst["speed_kmh"] > 25
    assert worst["head_m"] > 13
    assert worst["lamp_current_a"] > 1
    assert worst["voltage_v"] > 210


def test_every_channel_that_is_due_reports_and_the_load_is_even() -> None:
    per_second: dict[int, int] = {}
    for values in calm().values.values():
        for at in values:
            per_second[at] = per_second.get(at, 0) + 1
    channels = World(folder(), START, 5).instruments.channels
    due = {f"{one.sensor}/{one.quantity}" for one in channels if one.period_s <= 600 or one.phase_s < 600}
    assert calm().values.keys() == due
    assert max(per_second.values()) < 3 * sum(per_second.values()) / 600


def test_a_tripped_feeder_darkens_its_signals_silences_wired_loops_and_slows_their_roads() -> None:
    town = Town(folder())
    below = town.fed[FEEDER]
    lamps = [f"lamp-{one.removeprefix('cabinet-')}/lamp_current_a" for one in below if one.startswith("cabinet-")]
    assert len(lamps) >= 2
    for lamp in lamps:
        assert set(trip().between(lamp, 40, 410)) == {0.0}
        assert min(trip().between(lamp, 440, 900)) > 1
    loops = [one for one in below if one.startswith("loop-")]
    assert loops
    assert all(trip().between(f"{one}/speed_kmh", 40, 410) == [] for one in loops)
    segments = [
        end for lamp in lamps for end in town.onward(lamp.split("/")[0].replace("lamp-", "signal-"), "controls")
    ]
    radars = [f"{one.replace('seg-', 'radar-')}/occupancy_ratio" for one in segments]
    assert max(value for radar in radars for value in trip().between(radar, 300, 420)) > 0.12


def test_power_back_brings_recovery_within_minutes() -> None:
    slow = [name for name, v in trip().values.items() if name.endswith("speed_kmh") and min(v.values()) < 10]
    assert slow
    assert all(trip().between(name, 800, 900)[-1] > 20 for name in slow)


def test_a_burst_lowers_pressure_raises_flow_and_floods_the_street_after_minutes() -> None:
    run = busy()
    before, after = (
        run.between("head-thu-dau-mot-3-1/head_m", 0, 30),
        run.between("head-thu-dau-mot-3-1/head_m", 300, 900),
    )
    assert min(before) - max(after) > 6
    assert max(after) < 10
    flow = "flow-thu-dau-mot-1/flow_ls"
    assert min(run.between(flow, 300, 900)) > 1.5 * max(run.between(flow, 0, 30))
    segment = Town(folder()).onward("main-thu-dau-mot-3", "runs_under")[0].removeprefix("seg-")
    depth = run.values[f"depth-{segment}/depth_m"]
    first_wet = min(at for at, value in depth.items() if value > 0.15)
    assert 120 < first_wet < 800


def test_a_failed_stack_filter_shows_in_the_stack_and_down_wind_later() -> None:
    air, stack = Air(Town(folder()), 5), "stack-song-than-1"
    dust = []
    for second in range(0, 2400, 5):
        air.step(second, 5, [cause("stack_failure", stack, 30, 2400)], 7.0)
        dust.append(air.values["pm25_ugm3"])
    assert air.values["stack_dust_mgm3"][air.stacks.index(stack)] > 200
    risen = dust[-1] - dust[0]
    station = int(risen.argmax())
    assert risen[station] > 8
    assert abs(dust[12][station] - dust[0][station]) < 1, "the wind needs longer than half a minute"


def test_a_crash_stops_its_segment_and_people_report_it() -> None:
    run = busy()
    assert min(run.between("loop-ql13-09/speed_kmh", 300, 900)) < 5
    kinds = [data.get("kind", data.get("category")) for _, _, data in run.told]
    assert "traffic.crash" in kinds
    assert "crash" in kinds


def test_a_high_tide_passes_alert_level_three_at_thu_dau_mot() -> None:
    run = busy()
    assert (
        max(run.between("gauge-thu-dau-mot/stage_m", 0, 30))
        < 1.6
        < min(run.between("gauge-thu-dau-mot/stage_m", 700, 900))
    )


def test_a_faulty_sensor_is_silent_or_says_one_thing() -> None:
    assert busy().between("effluent-vsip-1-cod/cod_mgl", 60, 600) == []
    assert len(set(busy().between("effluent-dat-cuoc-cod/cod_mgl", 120, 900))) == 1


def test_each_effluent_instrument_is_calibrated_for_ten_minutes_a_day_and_says_so() -> None:
    world = World(folder(), START, 5)
    channels = [one for one in world.instruments.channels if one.quantity in ("cod_mgl", "ph")]
    minutes = {
        one.sensor: sum(world.instruments.quality(one, minute * 60) == "calibrating" for minute in range(1440))
        for one in channels
    }
    assert {name: count for name, count in minutes.items() if count} == {
        one.sensor: 10 for one in channels if one.quantity == "cod_mgl"
    }
    told = [record(Reading(channels[0], 180.0, state)) for state in (None, "calibrating")]
    assert [one.get("quality") for one in told] == [None, "calibrating"]


def test_a_later_cause_of_the_same_thing_takes_nothing_from_the_present_one() -> None:
    twice = [cause("stack_failure", "stack-dong-an", *times) for times in ((0, 300), (900, 1200))]
    assert parts(twice, "stack_failure", 100, 60) == {"stack-dong-an": 1.0}
    assert parts(twice, "stack_failure", 600, 60) == {"stack-dong-an": 0.0}


def test_some_sensors_send_late_some_twice_and_some_clocks_are_wrong() -> None:
    world, delivery = World(folder(), START, 5), Delivery(5, 0.1)
    came = [(second, event) for second in range(120) for event in events(world, second, "run", delivery)]
    late = [second for second, event in came if f"-{LATE_S}-" in event["id"]]
    ids = [event["id"] for _, event in came]
    again = [second - came[ids.index(event["id"])][0] for second, event in came if "-0-0.0-1" in event["id"]]
    skewed = {event["id"].split("-")[-2] for _, event in came if "2.0-0" in event["id"]}
    assert min(late) >= LATE_S
    assert set(again) == {0, AGAIN_S}
    assert skewed == {"2.0"}


def plan(seed: int, seconds: int = 200) -> Plan:
    return Plan(folder=folder(), start=START, seconds=seconds, seed=seed)


def test_the_same_seed_gives_the_same_events_and_another_seed_others() -> None:
    def played(seed: int) -> list[Event]:
        return plan(seed, 40).play(plan(seed, 40).causes())

    first = played(3)
    assert first == played(3)
    assert first != played(4)


def test_what_a_cause_changed_is_what_is_other_without_it() -> None:
    run = plan(3)
    causes = [cause("feeder_trip", FEEDER, 20, 200), cause("sensor_stuck", "effluent-vsip-1-cod", 20, 200)]
    found = run.play(causes)
    changed = but_for(run, causes, causes[1], found)
    assert changed == ["effluent-vsip-1-cod/cod_mgl"]
    changed = but_for(run, causes, causes[0], found)
    assert "meter-473-tan-uyen/voltage_v" in changed
    assert not any("vsip" in name for name in changed)


def test_the_first_cause_shows_within_a_minute_and_the_rhythm_goes_on() -> None:
    causes = until(schedule(Town(folder()), 1), 4 * 3600)
    assert causes[0].start_s + causes[0].told_late_s < 45
    pauses = [later.start_s - earlier.start_s for earlier, later in pairwise(causes)]
    assert max(pauses) < 700
    assert {one.kind for one in causes} >= set(KINDS) - {
        "high_tide",
        "sensor_stuck",
        "sensor_dead",
        "effluent_spill",
        "rain",
    }
    assert all(one.end_s > one.start_s for one in causes)


def test_an_event_is_a_cloudevent_that_ingest_knows() -> None:
    world = World(folder(), START, 5)
    world.inject(cause("crash", "seg-ql13-09", 5, 900))
    found = [event for second in range(12) for event in events(world, second, "run", Delivery(5))]
    assert {event["type"] for event in found} == {"city.readings", "signal.raised"}
    assert len({(event["source"], event["id"]) for event in found}) == len(found)
    assert all(event["time"].endswith("Z") and event["recordedtime"].endswith("Z") for event in found)


def test_the_demo_has_sensors_that_the_city_does_not_know_and_the_others_send_the_same() -> None:
    plain, demo = World(folder(), START, 5), World(folder(), START, 5, unregistered=True)
    sent: list[dict[str, float]] = [{}, {}]
    for world, values in zip((plain, demo), sent, strict=True):
        for second in range(60):
            values |= {f"{one.channel.sensor}/{one.channel.quantity}": one.value for one in world.second(second)[0]}
    more = sent[1].keys() - sent[0].keys()
    assert len(more) == 2
    assert all(name.split("/")[0] not in folder().assets and name.endswith("/stage_m") for name in more)
    assert {name: sent[1][name] for name in sent[0]} == sent[0]
