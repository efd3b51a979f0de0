"""Plays the city at real pace into a running center, over its public HTTP interface."""

import asyncio
import random
from collections import deque
from functools import partial
from pathlib import Path

import httpx
import msgspec

from infra import log
from infra.cities.folder import read_city
from infra.clock import utc_now
from infra.settings import Settings
from schemas.times import rfc3339
from services.simulator.delivery import Delivery
from services.simulator.envelopes import Event, batch, events
from services.simulator.recording import truth_line
from services.simulator.remembering import remember
from services.simulator.scenes import day
from services.simulator.tidings import AHEAD_S
from services.simulator.world import World

KEPT = 900
"""Seconds of events that wait while the center is away; older ones are lost, as with a real collector."""
LONGEST_WAIT_S = 15.0
TIMEOUT_S = 10.0
MANY = 20
FAULTY = 0.02
"""Share of the sensors that send late, with a wrong clock, or twice."""
_log = log.logger("simulator")


class _Credentials(msgspec.Struct):
    api_key: str


async def play(settings: Settings, seed: int | None = None) -> None:
    """Until cancelled. `seed` defaults to the minute of the start."""
    folder = await asyncio.to_thread(read_city, settings.city)
    start = utc_now().replace(microsecond=0)
    chosen = int(start.timestamp() // 60) if seed is None else seed
    world = await asyncio.to_thread(partial(World, folder, start, chosen, unregistered=True))
    waiting: deque[list[Event]] = deque(maxlen=KEPT)
    arrived = asyncio.Event()
    _log.info("simulation_started", city=folder.city.id, seed=chosen, sensors=len(world.town.sensors))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_send(settings, waiting, arrived))
        tasks.create_task(remember(settings, world.town))
        tasks.create_task(_run(world, settings.run_path / "truth.jsonl", (waiting, arrived)))


async def _run(world: World, truth: Path, out: tuple[deque[list[Event]], asyncio.Event]) -> None:
    waiting, arrived = out
    coming = day(world.town, world.seed)
    following = next(coming, None)
    run, delivery = rfc3339(world.start), Delivery(world.seed, FAULTY)
    second = 0
    while True:
        while following is not None and following.start_s <= second + AHEAD_S:
            world.inject(following)
            _note(truth, msgspec.json.encode(truth_line(following, world.start)))
            following = next(coming, None)
        found = events(world, second, run, delivery)
        if found:
            waiting.append(found)
            arrived.set()
        second += 1
        await asyncio.sleep(max(0.0, second - (utc_now() - world.start).total_seconds()))


def _note(truth: Path, line: bytes) -> None:
    truth.parent.mkdir(parents=True, exist_ok=True)
    with truth.open("ab") as file:
        file.write(line + b"\n")


async def _send(settings: Settings, waiting: deque[list[Event]], arrived: asyncio.Event) -> None:
    """Sends what waits, oldest first; repeats with growing pauses while the center does not take it."""
    failures = 0
    async with httpx.AsyncClient(base_url=_address(settings), timeout=TIMEOUT_S) as http:
        while True:
            await arrived.wait()
            taken = [event for events_ in list(waiting)[:MANY] for event in events_]
            seconds = min(MANY, len(waiting))
            if await _taken(http, settings, taken):
                if failures:
                    _log.info("center_back", after=failures)
                failures = 0
                for _ in range(min(seconds, len(waiting))):
                    waiting.popleft()
                if not waiting:
                    arrived.clear()
                continue
            failures += 1
            if failures == 1:
                _log.warning("center_away", url=str(http.base_url))
            await asyncio.sleep(min(LONGEST_WAIT_S, 0.5 * 2 ** min(failures, 6)) * random.uniform(0.7, 1.0))


def _address(settings: Settings) -> str:
    return settings.ingest_url if settings.ingest_port else settings.http_url


async def _taken(http: httpx.AsyncClient, settings: Settings, found: list[Event]) -> bool:
    """True when the center has answered for good: taken, or refused (which is logged and not repeated)."""
    key = await asyncio.to_thread(_key, settings.run_path / "credentials.json")
    if key is None:
        return False
    headers = {"content-type": "application/cloudevents-batch+json", "authorization": f"Bearer {key}"}
    try:
        answer = await http.post("/v1/events", content=batch(found), headers=headers)
    except httpx.HTTPError:
        return False
    if answer.status_code in (400, 413, 415, 422):
        _log.error("events_refused", status=answer.status_code, body=answer.text[:500])
        return True
    return answer.is_success


def _key(path: Path) -> str | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Credentials).api_key
    except (OSError, msgspec.MsgspecError):
        return None
