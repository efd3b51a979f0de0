"""Redis clients that fail fast, and a guard that leaves a server alone for a while after it failed."""

import time
from collections.abc import Awaitable
from typing import TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as Late

from infra import log

TIMEOUT_S = 1.0
REST_S = 3.0
T = TypeVar("T")


def connect(redis_url: str, tries: int = 1) -> Redis:
    """A client that gives up after a second, or after as many as it may try; connects at the first command.

    Whoever only reads tries twice: a processor that is busy for a second is no Redis that is away.
    """
    again = Retry(NoBackoff(), tries - 1, supported_errors=(Late,))
    return Redis.from_url(redis_url, socket_timeout=TIMEOUT_S, socket_connect_timeout=TIMEOUT_S, retry=again)


class Guard:
    """Runs commands that the work can do without; logs once when Redis goes and once when it is back."""

    def __init__(self, purpose: str) -> None:
        """`purpose` names in the log what is skipped meanwhile."""
        self._log = log.logger("redis")
        self._purpose = purpose
        self._away = False
        self._retry_at = 0.0

    @property
    def resting(self) -> bool:
        """Redis failed a moment ago and is left alone."""
        return self._away and time.monotonic() < self._retry_at

    async def attempt(self, command: Awaitable[T]) -> T | None:
        """The command's answer; None if Redis does not give one. Ask `resting` before you make the command."""
        try:
            answer = await command
        except (RedisError, OSError, TimeoutError) as error:
            self._retry_at = time.monotonic() + REST_S
            if not self._away:
                self._log.warning("redis_away", purpose=self._purpose, reason=str(error))
            self._away = True
            return None
        if self._away:
            self._log.info("redis_back", purpose=self._purpose)
        self._away = False
        return answer
