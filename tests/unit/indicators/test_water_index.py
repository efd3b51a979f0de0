"""VN_WQI, provisional: its tables, its two readings, and what it refuses to say."""

import pytest

from city.indicators.water_index import CORES, METHOD, oxygen_percent, sub_index, water_index


def test_oxygen_is_judged_by_its_saturation_at_the_waters_temperature() -> None:
    assert round(oxygen_percent(7.723, 28), 1) == 100.0
    assert round(oxygen_percent(4.2, 28), 1) == 54.4
    assert round(sub_index("do_percent", oxygen_percent(4.2, 28)) or 0, 1) == 54.4


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("bod5_mgl", 3, 100),
        ("bod5_mgl", 5, 87.5),
        ("bod5_mgl", 60, 10),
        ("cod_mgl", 22.5, 62.5),
        ("nh4n_mgl", 0.29, 100),
        ("nh4n_mgl", 0.3, 75),
        ("no3n_mgl", 15, 25),
        ("no3n_mgl", 15.1, 10),
        ("no2n_mgl", 0.05, 100),
        ("no2n_mgl", 0.06, 10),
        ("ph", 7, 100),
        ("ph", 8.75, 75),
        ("ph", 9.1, 10),
        ("do_percent", 19, 10),
        ("do_percent", 137.5, 62.5),
        ("arsenic_mgl", 1, None),
    ],
)
def test_a_sub_index_is_interpolated(name: str, value: float, expected: float | None) -> None:
    assert sub_index(name, value) == pytest.approx(expected)


def test_without_organic_matter_there_is_no_index() -> None:
    found = water_index({"ph": 7, "coliform_per_100ml": 100})
    assert (found.value, found.level, found.method) == (None, None, METHOD)


def test_acid_water_lowers_the_whole_and_microbes_go_in_as_said() -> None:
    values = {"cod_mgl": 15.0, "coliform_per_100ml": 7500.0, "ph": 5.5}
    square, plain = water_index(values), water_index(values, core="plain")
    assert (square.value, plain.value) == (33, 31)  # 0.5 × (75² × 50)^⅓ and 0.5 × (75 × 50)^½
    assert (square.core, plain.core) == (CORES["square"], CORES["plain"])
    assert square.level is not None and square.level.name_vi == "Xấu"


def test_clean_water_is_very_good_and_a_doubtful_value_is_named() -> None:
    clean = water_index({"cod_mgl": 8, "do_percent": 100, "ph": 7})
    assert clean.value == 100 and clean.level is not None and clean.level.name_vi == "Rất tốt"
    assert water_index({"no3n_mgl": 16}).doubts == ("no3n_mgl",)


def test_the_worst_water_has_a_level_of_its_own() -> None:
    found = water_index({"cod_mgl": 400, "ph": 3})
    assert found.value == 1 and found.level is not None and found.level.code == 6
