"""The process of a stage: its Faust app between a reader of reference data and a producer."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import faust

from infra import log
from infra.kafka.clients import producer
from infra.kafka.reference import ReferenceReader
from infra.process import run
from infra.settings import Settings
from streams.app import prepare
from streams.flow import Flow

END_S = 1.8
"""A supervisor waits for 2 s."""


class Stage:
    """What a worker runs: the app, its flow, and what else has to go on beside them."""

    def __init__(self, app: faust.App, flow: Flow, *beside: Coroutine[Any, Any, None]) -> None:
        """Of `beside` none returns; one that raises ends the worker."""
        self.app, self.flow, self.beside = app, flow, beside


Build = Callable[[ReferenceReader, Any], Awaitable[Stage]]
"""Makes a stage of a reader that has started and of a producer."""


async def work(name: str, settings: Settings, partitions: int, follows: tuple[str, ...], build: Build) -> None:
    """Runs one worker; nothing is read before the reference data that it `follows` is complete."""
    await asyncio.to_thread(prepare, name, settings, partitions)
    reader = ReferenceReader(settings.kafka, follows)
    await reader.start()
    sender = producer(settings.kafka)
    await sender.start()
    stage = await build(reader, sender)
    try:
        await stage.app.start()
        await _serve(stage, reader)
    finally:
        await _end(name, stage, sender, reader)


async def _serve(stage: Stage, reader: ReferenceReader) -> None:
    """Until cancelled or something fails: the app, the flow's housekeeping, the reference data."""
    beside = (stage.flow.tend(), reader.failed(), _crashed(stage.app), *stage.beside)
    tasks = [asyncio.create_task(one) for one in beside]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()


async def _crashed(app: faust.App) -> None:
    await app.wait_until_stopped()
    raise app.crash_reason or RuntimeError("Faust stopped")


async def _end(name: str, stage: Stage, sender: Any, reader: ReferenceReader) -> None:
    """A last flush, then leave the group."""
    try:
        async with asyncio.timeout(END_S):
            if stage.app.crash_reason is None:
                await stage.flow.flush()
            await asyncio.gather(stage.app.stop(), sender.stop(), reader.stop())
    except (TimeoutError, asyncio.CancelledError):
        log.logger(name).warning("ended_in_haste")


def main(name: str, body: Callable[[Settings], Awaitable[None]]) -> None:
    """The process; Faust's consumer thread may linger, so that the exit is not left to the interpreter."""
    code = 0
    try:
        run(name, body)
    except SystemExit as ended:
        code = int(ended.code or 0)
    sys.stderr.flush()
    os._exit(code)
