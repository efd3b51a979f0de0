"""VN_AQI by Decision 1459/QĐ-TCMT: its worked examples, and the traps of public codes."""

import numpy as np
import pytest

from city.indicators.air_index import (
    NO_PARTICLES,
    Floats,
    daily,
    half_up,
    hourly,
    means_of_eight,
    nowcast,
    slots,
    sub_index,
)

NAN = float("nan")
PM25 = [20.6, 19.6, 22.4, 20.3, 16.5, 19.0, 16.5, 19.5, 23.5, 20.5, 24.7, 26.9]
"""The decision's example at 20:00, the newest first."""


def row(*values: float) -> Floats:
    return np.array([values])


def only(*values: float) -> Floats:
    return np.array(values)


def test_ozone_of_eight_hours_is_the_mean_that_ends_with_the_hour() -> None:
    night = row(15.7, 14.2, 17.7, 18.9, 19.3, 15.7, 19.7, 22.6)
    day = row(49.2, 55.8, 69.6, 78.3, 91.5, 97.7, 81.2, 71.8)
    assert [round(float(means_of_eight(hours)[0, 0]), 1) for hours in (night, day)] == [18.0, 74.4]


def test_the_nowcast_of_the_decisions_example() -> None:
    assert round(float(nowcast(row(*PM25))[0]), 4) == 20.2658


def test_the_hourly_index_of_the_decisions_example() -> None:
    found = hourly({"o3": only(136.1), "no2": only(118.7)}, {"pm25": row(*PM25)}).of(0)
    # The decision prints 60 for NO2 and for the whole; its own formula gives 59.35.
    assert (found.parts, found.value, found.main) == ({"pm25": 41, "no2": 59, "o3": 43}, 59, "no2")
    assert found.level is not None and found.level.name_vi == "Trung bình"


def test_the_daily_index_of_the_decisions_example() -> None:
    ozone = [89.3] * 31
    ozone[20] = 114.6
    ozone[12:20] = [(8 * 89.3 - 114.6) / 7] * 8
    hours = {"o3": row(*ozone), "no2": row(*[100.0] * 23, 130.8), "pm25": row(*[55.7] * 24)}
    found = daily(hours).of(0)
    assert (found.parts["o3"], found.parts["no2"], found.parts["pm25"]) == (36, 65, 110)
    assert (found.value, found.main) == (110, "pm25")
    assert round(float(sub_index("o3_8h", only(89.3))[0]), 2) == 44.65


@pytest.mark.parametrize(
    ("parameter", "concentration", "index"),
    [
        ("pm25", 25, 50),
        ("pm25", 25.1, 50),
        ("pm25", 37.5, 75),
        ("pm25", 50, 100),
        ("pm25", 80, 150),
        ("pm25", 150, 200),
        ("pm25", 250, 300),
        ("pm25", 300, 350),
        ("pm25", 425, 450),
        ("pm25", 500, 500),
        ("pm25", 900, 500),
        ("pm10", 385, 250),
        ("pm10", 550, 450),
        ("no2", 190.5, 95),
        ("pm25", 55.7, 110),
        ("pm25", -2.0, 0),
    ],
)
def test_the_breakpoints_are_continuous_and_end_at_five_hundred(
    parameter: str, concentration: float, index: int
) -> None:
    assert int(half_up(sub_index(parameter, only(concentration)))[0]) == index


def test_halves_go_up_and_the_level_follows_the_rounded_index() -> None:
    assert half_up(only(108.5, 109.5, 50.4, 50.5, NAN)).tolist() == [109, 110, 50, 51, -1]
    names = [hourly({}, {"pm25": row(*[value] * 12)}).of(0).level for value in (25.2, 25.25)]
    assert [level.name_vi for level in names if level] == ["Tốt", "Trung bình"]


def test_a_missing_hour_keeps_its_place_and_does_not_count_as_clean_air() -> None:
    assert round(float(nowcast(row(100, NAN, *[40.0] * 10))[0]), 2) == 80.01
    moved = nowcast(row(100, 40, NAN, *[40.0] * 9))[0]
    assert moved < 80


def test_two_of_the_last_three_hours_are_needed() -> None:
    known = nowcast(np.array([[NAN, 40, 40] + [40] * 9, [40, NAN, NAN] + [40] * 9, [NAN] * 12], dtype=float))
    assert np.isnan(known).tolist() == [False, True, True]


def test_clean_air_and_noise_below_nothing_are_no_division_by_nothing() -> None:
    assert nowcast(np.array([[0.0] * 12, [-3.0, 2.0] * 6])).tolist()[0] == 0.0
    assert nowcast(row(*[-3.0, 2.0] * 6))[0] == pytest.approx(0.5 / 1.5 * 2.0, rel=1e-3)


def test_a_station_without_particles_has_no_index_but_its_parts() -> None:
    found = hourly({"no2": only(118.7)}, {"pm25": row(*[NAN] * 12)}).of(0)
    assert (found.value, found.reason, found.parts) == (None, NO_PARTICLES, {"no2": 59})
    assert hourly({"no2": only(10.0)}, {}).of(0).value is None


def test_ozone_above_four_hundred_for_eight_hours_has_no_index_of_eight_hours() -> None:
    found = daily({"o3": row(*[450.0] * 31), "pm25": row(*[10.0] * 24)}).of(0)
    assert found.parts == {"pm25": 20, "o3": 213}


def test_a_day_of_which_a_quarter_is_missing_has_its_mean_and_with_less_none() -> None:
    enough, less = [10.0] * 18 + [NAN] * 6, [10.0] * 17 + [NAN] * 7
    assert daily({"pm25": np.array([enough, less])}).values.tolist() == [20, -1]


def test_a_whole_grid_is_what_each_station_is_alone() -> None:
    source = np.random.default_rng(7)
    particles = {name: source.uniform(0, 400, (50, 12)) for name in ("pm25", "pm10")}
    particles["pm25"][source.uniform(size=(50, 12)) < 0.3] = NAN
    gases = {name: source.uniform(0, 900, 50) for name in ("so2", "no2", "co", "o3")}
    whole = hourly(gases, particles)
    for at in range(50):
        own = slice(at, at + 1)
        alone = hourly({n: v[own] for n, v in gases.items()}, {n: v[own] for n, v in particles.items()})
        assert alone.of(0) == whole.of(at)


def test_hours_that_did_not_come_leave_their_slot_empty() -> None:
    hour = 3_600_000
    found = slots({0: 1.0, 2 * hour: 3.0}, 3 * hour, 4)
    assert [found[0], found[2]] == [3.0, 1.0]
    assert np.isnan([found[1], found[3]]).all()
