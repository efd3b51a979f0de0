"""A day of the score while streams and recorder are killed at random ends in the incidents of an undisturbed fold."""

import os
import random
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.center import Center, running_center
from tests.faults.integrator import post_stubbornly, processes
from tests.score.days import PLAIN, draw_day
from tests.score.feed import PROMPT, sent
from tests.score.judging import fold, ground_of
from tests.score.towns import draw
from tests.waiting import until

VICTIMS = ("detect", "correlate", "recorder")
TOWN, SEED, ROUNDS = 2, 4, 6
Members = frozenset[tuple[str, str]]
"""Kind and asset of each signal of an incident."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw(TOWN, tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="module")
def center(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    with running_center(tmp_path_factory.mktemp("score"), SOC_CITY=str(town)) as running:
        yield running


def members(signals: list[dict[str, Any]]) -> Members:
    return frozenset((one["kind"], one["asset"]) for one in signals)


def incidents(center: Center) -> Counter[tuple[str | None, Members]]:
    """Root asset and members of each."""
    found = center.incidents(since="2026-01-01T00:00:00Z")
    return Counter(
        (one["root_asset"], members(center.get(f"/v1/incidents/{one['id']}/signals")["items"])) for one in found
    )


def kill(center: Center, name: str) -> None:
    pid = processes(center)[name]["pid"]
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


def test_streams_and_recorder_killed_at_random_leave_the_final_incidents_as_they_would_be(
    center: Center, town: Path
) -> None:
    ground = ground_of("town", town)
    day = draw_day(ground, SEED, PLAIN)
    events = sent(day, PROMPT)
    expected = Counter((line["root_asset"], members(line["signals"])) for line in fold(ground, events, []).lines)
    chance, size = random.Random(SEED), -(-len(events) // ROUNDS)
    for start in range(0, len(events), size):
        for number, one in enumerate(events[start : start + size]):
            post_stubbornly(center, one.event)
            if number == size // 2:
                kill(center, chance.choice(VICTIMS))

    def settled() -> bool:
        return incidents(center) == expected

    try:
        until(settled, "the incidents of an undisturbed fold", 120, every=1)
    except AssertionError:
        found = incidents(center)
        pytest.fail(f"only there: {found - expected}; missing: {expected - found}")
