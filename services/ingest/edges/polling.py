"""Asking again and again: what is refused each time is told once."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import NoReturn

from services.ingest.edges.intake import Intake, Message

SHOWN = 300


async def poll(intake: Intake, ask: Callable[[], Awaitable[Message]], every_s: float) -> NoReturn:
    """Takes what `ask` brings every so many seconds; the faults of a field are dead letters when they begin."""
    told: set[str | None] = set()
    while True:
        message = await ask()
        faults = message.faults
        message.faults = [fault for fault in faults if fault.field not in told]
        told = {fault.field for fault in faults}
        await intake.take([message])
        intake.health.now("connected", "; ".join(fault.detail for fault in faults)[:SHOWN])
        await asyncio.sleep(every_s)
