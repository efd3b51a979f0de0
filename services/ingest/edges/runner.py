"""Runs the edges that the reference data names: each a task of its own that may fail without the others."""

import asyncio
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import msgspec

from infra.clock import now_ms
from infra.redis.client import Guard
from infra.redis.edges import EdgeHealth, write_edges
from schemas.edges import Edge
from schemas.errors import CenterError, Unavailable
from schemas.sentences import say
from services.ingest.edges.health import FAILED, Health, Later
from services.ingest.edges.intake import Door, Intake

LOOK_S = 1.0
FAREWELL_S = 5.0
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 60.0
MODULES = {
    "mqtt": "services.ingest.edges.mqtt.edge",
    "files": "services.ingest.edges.files.edge",
    "sftp": "services.ingest.edges.files.edge",
    "gtfs_realtime": "services.ingest.edges.gtfs_realtime.edge",
    "modbus": "services.ingest.edges.modbus.edge",
    "opcua": "services.ingest.edges.opcua.edge",
}
"""Kind → module with `run(intake)`, loaded when a city has such an edge; what is posted to a hook needs no task."""


class Edges:
    """All edges; `run()` keeps them as the reference data says."""

    def __init__(self, known: Callable[[], Mapping[str, Edge]], door: Door) -> None:
        """`known()` gives the present edges by id."""
        self._known, self._door = known, door
        self._running: dict[str, tuple[Edge, Intake, asyncio.Task[None]]] = {}
        self._guard = Guard("the health of edges is not told")

    def hook(self, edge_id: str) -> Intake | None:
        """The intake of an enabled edge that is posted to; None if there is none."""
        found = self._running.get(edge_id)
        return found[1] if found and found[0].enabled and found[0].kind not in MODULES else None

    async def run(self) -> None:
        """Starts, changes and ends edges within a second of the reference data, until cancelled."""
        try:
            while True:
                await self._apply(self._known())
                await self._tell()
                await asyncio.sleep(LOOK_S)
        finally:
            for _, _, task in self._running.values():
                task.cancel()

    async def _apply(self, wanted: Mapping[str, Edge]) -> None:
        over = {name: task for name, (edge, _, task) in self._running.items() if wanted.get(name) != edge}
        for task in over.values():
            task.cancel()
        if over:
            await asyncio.wait(over.values())  # together: one that is slow to say farewell takes no time from others
        for name in over:
            self._running.pop(name)[1].health.end()
        for edge in wanted.values():
            if edge.id not in self._running:
                intake = Intake(edge, self._door, Health(edge.id))
                self._running[edge.id] = (edge, intake, asyncio.create_task(_keep(intake)))

    async def _tell(self) -> None:
        if self._guard.resting:
            return
        now = now_ms()
        told = {name: _dated(intake.health.told, now) for name, (_, intake, _) in self._running.items()}
        await self._guard.attempt(write_edges(self._door.redis, told))


def _dated(health: EdgeHealth, now: int) -> EdgeHealth:
    return msgspec.structs.replace(health, at_ms=now)


async def _keep(intake: Intake) -> None:
    """Runs an edge again and again, with longer waits as long as it fails at once."""
    edge, health, wait = intake.edge, intake.health, FIRST_WAIT_S
    if not edge.enabled:
        return health.now("off")
    if edge.kind not in MODULES:
        return health.now("connected")
    while True:
        began = now_ms()
        task: asyncio.Task[Any] = asyncio.create_task(_run(intake))
        try:
            await asyncio.wait({task})
        finally:
            task.cancel()
            await asyncio.wait({task}, timeout=FAREWELL_S)
        # a library may cancel what waits for it when its connection goes: nobody here has
        error = Unavailable(say("connection_cut")) if task.cancelled() else task.exception()
        health.now(FAILED, error.whole if isinstance(error, CenterError) else repr(error))
        wait = FIRST_WAIT_S if now_ms() - began > 1000 * LONGEST_WAIT_S else min(2 * wait, LONGEST_WAIT_S)
        await asyncio.sleep(max(wait, error.after_s) if isinstance(error, Later) else wait)


async def _run(intake: Intake) -> None:
    try:
        module = await asyncio.to_thread(import_module, MODULES[intake.edge.kind])
    except ImportError as error:
        raise Unavailable(say("package_missing", name=error.name)) from None
    await module.run(intake)
    raise Unavailable(say("ended_by_itself"))
