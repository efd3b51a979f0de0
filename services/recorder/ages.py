"""How old the pipeline is, per stage, for everyone to see: written to Redis at most once a second."""

import asyncio

from redis.asyncio import Redis

from infra.clock import now_ms
from infra.redis.client import Guard, connect
from infra.redis.stages import BEAT_S, Stage, pass_on
from schemas.links import LinkTick


def stages_of(tick: LinkTick, now_ms: int) -> dict[str, Stage]:
    """Where the stages stand through which a tick has gone, the recorder last; ingest itself says that it lives."""
    came = {**tick.stages, "recorder": now_ms}
    before_ms = came.pop("ingest", next(iter(came.values())))
    found = {}
    for stage, at_ms in came.items():
        found[stage] = Stage(tick.now_ms, at_ms, max(0, at_ms - before_ms))
        before_ms = at_ms
    return found


class Ages:
    """Keeps the newest tick and writes what it says of the stages before the recorder, and of the recorder."""

    def __init__(self, redis_url: str) -> None:
        """Connects at the first write."""
        self._redis: Redis = connect(redis_url)
        self._guard = Guard("the ages of the stages are not shown")
        self._news = asyncio.Event()
        self._stages: dict[str, Stage] = {}

    def passed(self, tick: LinkTick) -> None:
        """A tick has gone through the recorder."""
        self._stages = stages_of(tick, now_ms())
        self._news.set()

    async def run(self) -> None:
        """Writes until cancelled; without Redis nothing is written and nothing is lost."""
        while True:
            await self._news.wait()
            self._news.clear()
            if not self._guard.resting:
                await self._guard.attempt(pass_on(self._redis, self._stages))
            await asyncio.sleep(BEAT_S / 2)
