"""Waiting for what a process does in its own time: as long as a slow machine needs, not a moment longer."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

T = TypeVar("T")
PATIENCE_S = 60.0
"""Nothing that works takes so long, also on a busy machine; how fast it is, `make bench` says."""


def until(probe: Callable[[], T | None], what: str, seconds: float = PATIENCE_S, every: float = 0.05) -> T:
    """The first true answer of `probe` before the deadline; fails naming `what` was waited for."""
    deadline = time.monotonic() + seconds
    while not (found := probe()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(every)
    return found


async def eventually(probe: Callable[[], Awaitable[Any]], what: str, seconds: float = PATIENCE_S) -> Any:
    """As `until`, where the probe has to be awaited."""
    deadline = time.monotonic() + seconds
    while not (found := await probe()):
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.05)
    return found
