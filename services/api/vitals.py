"""Looks at the whole center once for all who ask for its metrics within five seconds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from time import monotonic

from prometheus_client import Metric
from prometheus_client.registry import Collector

KEPT_S = 5.0
Look = Callable[[], Awaitable[Iterable[Metric]]]


class Found(Collector):
    """Metrics as a registry would give them."""

    def __init__(self, families: Iterable[Metric]) -> None:
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        """All of them."""
        return self._families


class Vitals:
    """The address is open and a look asks every server: however often it is called, they are not asked more often."""

    def __init__(self) -> None:
        """Nothing is looked up yet."""
        self._looking = asyncio.Lock()
        self._found = Found(())
        self._looked_at = -KEPT_S

    async def found(self, look: Look) -> Found:
        """What was found at most five seconds ago, else by `look` now."""
        async with self._looking:
            if monotonic() - self._looked_at >= KEPT_S:
                self._found = Found(await look())
                self._looked_at = monotonic()
            return self._found
