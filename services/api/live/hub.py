"""One reader of Redis for the whole process, fanning out to every connected client."""

import asyncio
from collections.abc import Awaitable, Callable

from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from infra import log
from infra.clock import utc_now
from infra.postgres.indicator_values import CityValue
from infra.redis.stages import EXPECTED, Stage, read_stages
from infra.redis.values import read_values
from schemas.errors import Unavailable
from schemas.sentences import say
from services.api.live import stream
from services.api.live.frames import Counts, Reset, Sent, Tiles, Values, sent

MOST_WAITING = 2000
"""Frames that may wait for one client; more and it is dropped with `reset`."""
MOST_BYTES = 32_000_000
"""And so much in them: they are kept for who does not read, a second of a large city's values is a megabyte."""
REST_S = 1.0
PATIENCE_S = 3.0
_log = log.logger("api")

Counted = tuple[Counts, dict[str, CityValue]]
Count = Callable[[str | None], Awaitable[Counted]]
"""Of what names an agency; None: of everything."""


def _goes_on() -> bool:
    """Whether nobody has cancelled this task: what waits for Redis may swallow that, just when it gets an answer."""
    task = asyncio.current_task()
    return task is None or not task.cancelling()


class Client:
    """The frames that wait for one connection."""

    def __init__(self, agency: str | None) -> None:
        self.agency = agency
        self._waiting: asyncio.Queue[Sent] = asyncio.Queue()
        self._bytes = 0
        self.over = asyncio.Event()
        """Its stream ends with what waits."""

    def give(self, frame: Sent) -> None:
        """Queues a frame; one client that does not keep up loses its queue and is told to connect again."""
        if self.over.is_set():
            return
        if self._waiting.qsize() >= MOST_WAITING or (self._bytes and self._bytes + len(frame.json) > MOST_BYTES):
            self.end("slow")
            return
        self._put(frame)

    async def next(self) -> Sent:
        """The next frame, once there is one."""
        frame = await self._waiting.get()
        self._bytes -= len(frame.json)
        return frame

    def _put(self, frame: Sent) -> None:
        self._bytes += len(frame.json)
        self._waiting.put_nowait(frame)

    def end(self, reason: str) -> None:
        """The stream of this client ends with `reason`, whatever waits."""
        if self.over.is_set():
            return
        self.over.set()
        while not self._waiting.empty():
            self._waiting.get_nowait()
        self._bytes = 0
        self._put(sent(Reset(reason), last=True))


class Hub:
    """Follows changes, values and stages while clients are connected."""

    def __init__(self, redis: Redis, count: Count) -> None:
        """`count` asks PostgreSQL for the counts and indicators of the tiles."""
        self._redis = redis
        self._count = count
        self._clients: set[Client] = set()
        self._values: dict[str, tuple[int, float]] = {}
        self._counts: dict[str | None, Counted] = {}
        self._awake = asyncio.Event()
        self._placed = asyncio.Event()
        self._tiles: dict[str | None, Sent] = {}

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._clients)

    async def join(self, agency: str | None) -> Client:
        """A new client, who sees what names this agency (None: everything); every change from now on waits for it.

        Raises Unavailable without Redis.
        """
        client = Client(agency)
        self._clients.add(client)
        self._awake.set()
        either = [asyncio.ensure_future(one.wait()) for one in (self._placed, client.over)]
        try:
            done, _ = await asyncio.wait(either, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            self.leave(client)
            raise
        finally:
            for one in either:
                one.cancel()
        if not done:
            self.leave(client)
            raise Unavailable(say("redis_down"))
        return client

    def leave(self, client: Client) -> None:
        """The connection is gone."""
        self._clients.discard(client)
        if not self._clients:
            self._awake.clear()

    def end(self, reason: str) -> None:
        """Ends every stream."""
        for client in self._clients:
            client.end(reason)

    async def run(self) -> None:
        """Follows Redis until cancelled; when Redis goes, every stream ends with the reason and it tries again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._guarded(self._follow_changes))
            tasks.create_task(self._guarded(self._follow_state))

    async def _guarded(self, follow: Callable[[], Awaitable[None]]) -> None:
        away = False
        while _goes_on():
            await self._awake.wait()
            try:
                await follow()
                away = False
            except (RedisError, OSError) as error:
                if not away:
                    _log.warning("live_redis_away", reason=str(error))
                away = True
                self.end("redis")
                await asyncio.sleep(REST_S)

    def _tell(self, frame: Sent) -> None:
        for client in self._clients:
            client.give(frame)

    async def _follow_changes(self) -> None:
        number = await stream.newest(self._redis)
        self._placed.set()
        try:
            while self._clients and _goes_on():
                for frame in await stream.wait_after(self._redis, number):
                    number = max(number, frame.number or 0)
                    self._tell(frame)
        finally:
            self._placed.clear()

    async def _follow_state(self) -> None:
        try:
            while self._clients and _goes_on():
                await self._tell_values()
                await self._tell_tiles()
                await asyncio.sleep(1.0)
        finally:
            self._tiles = {}

    async def _tell_tiles(self) -> None:
        """What each agency may see is counted for itself."""
        stages = await read_stages(self._redis)
        agencies = {client.agency for client in self._clients}
        self._tiles = {agency: sent(await self._read_tiles(stages, agency)) for agency in agencies}
        for client in self._clients:
            if client.agency in self._tiles:
                client.give(self._tiles[client.agency])

    async def _read_tiles(self, stages: dict[str, Stage], agency: str | None) -> Tiles:
        counts, indicators = await self._counted(agency)
        missing = tuple(name for name in EXPECTED if name not in stages)
        return Tiles(stages=stages, missing=missing, counts=counts, indicators=indicators, now=utc_now())

    async def _tell_values(self) -> None:
        before, self._values = self._values, await read_values(self._redis)
        moved = {name: value for name, value in self._values.items() if before.get(name) != value}
        if moved:
            self._tell(sent(Values(moved)))

    async def _counted(self, agency: str | None) -> Counted:
        try:
            self._counts[agency] = await self._count(agency)
        except SQLAlchemyError as error:
            _log.warning("counts_stand_still", reason=str(error).splitlines()[0])
        return self._counts.get(agency, (Counts(), {}))

    def tiles(self, client: Client) -> list[Sent]:
        """The tiles as they were last told to others who see the same; none if there are no others."""
        told = self._tiles.get(client.agency)
        return [told] if told is not None else []

    async def values(self) -> Sent:
        """All values there are, for a client that has just connected; raises RedisError."""
        return sent(Values(await read_values(self._redis)))
