"""Storms that were: reports of one episode lie far apart, and one storm crosses offices."""

from tests.score.storms import storms


def test_reports_of_one_episode_are_found_by_place_and_time_better_than_by_time_alone() -> None:
    found, by_time = storms()
    assert found.items == 500
    assert found.rand > 0.75
    assert 0.6 < by_time.rand < 0.65
