"""How often a login may fail before it has to wait, and how many passwords are worked on at once."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TypeVar

from fastapi import HTTPException

from schemas.sentences import say

T = TypeVar("T")

WINDOW = timedelta(minutes=1)
FAILURES = 5
MOST_NAMES = 10_000
"""Of more, the one that is longest ago is forgotten: so many cannot be tried within a minute, a password takes time."""
HASHES = 2
"""Passwords that are worked on at once: each takes 64 MiB."""
WAITING = 32
"""Logins, and people who are made or changed, that wait for their turn; more are sent away."""
TURN_S = 1


class Try:
    """A login that is being tried."""

    failed = False


class Throttle:
    """Counts tries by name over the last minute, in this process; those that are under way count as failed."""

    def __init__(self) -> None:
        self._tries: dict[str, deque[datetime]] = {}
        self._turns = asyncio.Semaphore(HASHES)
        self._inside = 0

    @contextmanager
    def trying(self, name: str, now: datetime) -> Iterator[Try]:
        """Counts a try before it is looked at, and takes it back unless it `failed`. Raises 429 while there were too
        many."""
        tries = self._recent(name, now)
        if len(tries) >= FAILURES:
            raise _wait("too_many_logins", int((tries[0] + WINDOW - now).total_seconds()) + 1)
        tries.append(now)
        tried = Try()
        try:
            yield tried
        finally:
            if not tried.failed and now in tries:
                tries.remove(now)

    async def in_turn(self, work: Callable[..., T], *given: str) -> T:
        """`work(*given)` in a thread, a few at once. Raises 429 when too many wait already."""
        if self._inside >= HASHES + WAITING:
            raise _wait("logins_at_once", TURN_S)
        self._inside += 1
        try:
            async with self._turns:
                return await asyncio.to_thread(work, *given)
        finally:
            self._inside -= 1

    def _recent(self, name: str, now: datetime) -> deque[datetime]:
        """The tries of a name, which is the newest from here on; what has expired is forgotten, of all the eldest."""
        tries = self._tries.pop(name, deque())
        while tries and tries[0] + WINDOW <= now:
            tries.popleft()
        self._forget(now)
        self._tries[name] = tries
        return tries

    def _forget(self, now: datetime) -> None:
        while self._tries:
            eldest = next(iter(self._tries))
            tries = self._tries[eldest]
            if len(self._tries) < MOST_NAMES and tries and tries[-1] + WINDOW > now:
                return
            del self._tries[eldest]


def _wait(code: str, seconds: int) -> HTTPException:
    return HTTPException(429, say(code), {"Retry-After": str(seconds)})
