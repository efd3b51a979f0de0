"""The whole center is looked at once for all who ask for its metrics."""

import asyncio

import pytest
from prometheus_client import Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily

from services.api import vitals
from services.api.vitals import Vitals


class Looks:
    """Counts how often it is looked."""

    def __init__(self) -> None:
        self.number = 0

    async def __call__(self) -> list[Metric]:
        self.number += 1
        await asyncio.sleep(0)
        return [GaugeMetricFamily("soc_looks", "Looks so far", value=self.number)]


async def test_many_who_ask_at_once_and_soon_after_are_told_of_one_look() -> None:
    asked, looks = Vitals(), Looks()
    told = await asyncio.gather(*(asked.found(looks) for _ in range(20)))
    told.append(await asked.found(looks))
    assert {generate_latest(one).splitlines()[-1] for one in told} == {b"soc_looks 1.0"}


async def test_later_it_is_looked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vitals, "KEPT_S", 0.0)
    asked, looks = Vitals(), Looks()
    await asked.found(looks)
    await asked.found(looks)
    assert looks.number == 2


async def test_a_look_that_fails_is_told_and_the_next_one_is_made() -> None:
    asked, looks = Vitals(), Looks()

    async def broken() -> list[Metric]:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError):
        await asked.found(broken)
    assert b"soc_looks 1.0" in generate_latest(await asked.found(looks))
