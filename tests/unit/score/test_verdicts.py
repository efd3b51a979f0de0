"""What the score and the benches say of their aims: what is not met is said, also if it is one of several."""

import importlib

import pytest

from tests.bench.aims import AIMS, Aim, verdicts
from tests.score.__main__ import verdicts as of_score

GOOD = {"f1": 1.0, "exact": 1.0, "root": 1.0, "false_merges": 0.0}


@pytest.mark.parametrize("aim", AIMS, ids=lambda aim: aim.path)
def test_an_aim_is_one_of_a_bench_that_runs(aim: Aim) -> None:
    assert callable(importlib.import_module(f"tests.bench.{aim.path.split('.')[0]}").run)


def test_of_several_figures_the_worst_one_counts() -> None:
    (met,) = verdicts({"domains": {"cost_beside_traffic": {"air": 1.9, "water": 2}}})
    (missed,) = verdicts({"domains": {"cost_beside_traffic": {"air": 2.1, "water": 1}}})
    assert "domains.cost_beside_traffic 2 times" in met and "NOT MET" not in met
    assert "domains.cost_beside_traffic 2.1 times" in missed and missed.endswith("aim: at most 2, NOT MET")


def test_what_was_not_measured_is_not_judged() -> None:
    figures = {"recorder": {"storm": {"signals_per_s": 1_999}}, "console": {"left out": "no Chromium"}}
    (only,) = verdicts(figures)
    assert only.startswith("recorder.storm.signals_per_s 1,999 signals/s") and only.endswith("2,000, NOT MET")


@pytest.mark.parametrize(
    ("shuffled", "missed"),
    [
        ({}, []),
        ({"f1": 0.996}, ["plain days: f1 moved by delivery 0.004"]),
        ({"root": 0.9}, ["plain days: root 0.9"]),
        ({"false_merges": 0.02}, ["plain days: false_merges 0.02"]),
    ],
)
def test_the_score_is_judged_by_its_worst_delivery(shuffled: dict[str, float], missed: list[str]) -> None:
    told = [*of_score({"plain all prompt": GOOD, "plain all shuffled": GOOD | shuffled})]
    assert len(told) == 5
    assert [one.split(" (aim")[0] for one in told if one.endswith("NOT MET")] == missed
