"""Level of service of corridors: thresholds, speed of one who drives through, what is not heard."""

import pytest

from city.indicators.level_of_service import Segment, level_of, service


def segment(number: int, speed: float | None, length: float = 1000.0, free: float = 60.0) -> Segment:
    return Segment(id=f"s{number}", length_m=length, free_kmh=free, speed_kmh=speed)


@pytest.mark.parametrize(
    ("ratio", "letter"),
    [
        *((1.0, "A"), (0.801, "A"), (0.80, "B"), (0.671, "B"), (0.67, "C"), (0.51, "C")),
        *((0.50, "D"), (0.40, "E"), (0.31, "E"), (0.30, "F"), (0.0, "F")),
    ],
)
def test_each_level_ends_where_the_manual_says(ratio: float, letter: str) -> None:
    assert level_of(ratio).name == letter


def test_one_slow_segment_weighs_by_the_time_that_it_costs() -> None:
    found = service([segment(1, 60.0), segment(2, 10.0)])
    assert (found.travel_time_s, found.speed_kmh, found.free_kmh) == (420.0, 17.1, 60.0)
    assert found.level is not None and (found.ratio, found.level.name) == (0.286, "F")


def test_what_is_not_heard_is_taken_as_the_rest_while_it_is_the_smaller_part() -> None:
    found = service([segment(1, 30.0), segment(2, 30.0), segment(3, None)])
    assert (found.heard, found.coverage, found.travel_time_s) == (2, 0.667, 360.0)
    silent = service([segment(1, 30.0), segment(2, None, length=2000.0)])
    assert (silent.coverage, silent.level, silent.speed_kmh, silent.travel_time_s) == (0.333, None, None, None)


def test_a_corridor_that_stands_still_has_a_time_and_one_faster_than_free_is_free() -> None:
    assert service([segment(1, 0.0)]).travel_time_s == 3600.0
    assert service([segment(1, 80.0)]).ratio == 1.0
    assert service([]).level is None
