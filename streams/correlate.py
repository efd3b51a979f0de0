"""`python -m streams.correlate`: signals and the clock in, explanations of groups out."""

import asyncio
import os
import sys
from typing import Any

import faust

from city.enrich import Catalogue
from city.graph import Graph
from infra import log
from infra.clock import now_ms
from infra.kafka.clients import producer
from infra.kafka.reference import ReferenceReader
from infra.process import run
from infra.settings import Settings
from schemas.topics import SIGNAL_PARTITIONS, SIGNALS
from streams.app import create_app, pages_table, prepare
from streams.correlating import Correlating, Reference
from streams.flow import Flow

NAME = "correlate"
REFERENCE = ("cities", "assets", "relations", "domains", "limits", "rules")
QUEUED = 512


class References:
    """The present reference data, built when first asked for after a change."""

    def __init__(self, reader: ReferenceReader) -> None:
        """`reader` follows REFERENCE and has started."""
        self._reader = reader
        self._present: Reference | None = None
        reader.on_change(self._changed)

    def _changed(self, _name: str) -> None:
        self._present = None

    def present(self) -> Reference:
        """The same object until something changes."""
        if self._present is None:
            self._present = self._build()
        return self._present

    def _build(self) -> Reference:
        items = {name: self._reader.snapshot(name).items for name in REFERENCE}
        revisions = {name: self._reader.snapshot(name).revision for name in REFERENCE}
        catalogue = Catalogue.build(items["cities"], items["assets"], items["domains"], items["limits"], revisions)
        graph = Graph(items["assets"], items["relations"].values())
        return Reference(revisions, catalogue, graph, items["rules"])


def build(settings: Settings, references: References, sender: Any) -> tuple[faust.App, Flow]:
    """The app and its flow over the signals."""
    app = create_app(NAME, settings)
    app.conf.stream_buffer_maxsize = QUEUED
    flow = Flow(NAME, app, sender, lambda tp, pages: Correlating(tp.partition, pages, references.present, now_ms))
    pages_table(app, NAME, SIGNAL_PARTITIONS, flow.on_changelog_event)
    source = app.topic(SIGNALS, key_serializer="raw", value_serializer="raw")

    @app.agent(source, name=NAME)
    async def agent(stream: Any) -> None:
        await flow.run(stream)

    return app, flow


async def _crashed(app: faust.App) -> None:
    await app.wait_until_stopped()
    raise app.crash_reason or RuntimeError("Faust stopped")


async def _serve(app: faust.App, flow: Flow, reader: ReferenceReader) -> None:
    """Until cancelled or something fails: the app, the flow's housekeeping, the reference data."""
    tasks = [asyncio.create_task(work) for work in (flow.tend(), reader.failed(), _crashed(app))]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()


async def correlate(settings: Settings) -> None:
    """Runs one worker; nothing is read before the reference data is complete."""
    await asyncio.to_thread(prepare, NAME, settings, SIGNAL_PARTITIONS)
    reader = ReferenceReader(settings.kafka_bootstrap, REFERENCE)
    await reader.start()
    sender = producer(settings.kafka_bootstrap)
    await sender.start()
    app, flow = build(settings, References(reader), sender)
    try:
        await app.start()
        await _serve(app, flow, reader)
    finally:
        await _end(app, flow, sender, reader)


async def _end(app: faust.App, flow: Flow, sender: Any, reader: ReferenceReader) -> None:
    """A last flush, then leave the group; 2 s at most, since a supervisor waits."""
    try:
        async with asyncio.timeout(1.8):
            if app.crash_reason is None:
                await flow.flush()
            await asyncio.gather(app.stop(), sender.stop(), reader.stop())
    except (TimeoutError, asyncio.CancelledError):
        log.logger(NAME).warning("ended_in_haste")


def main() -> None:
    """The process; Faust's consumer thread may linger, so that the exit is not left to the interpreter."""
    code = 0
    try:
        run(NAME, correlate)
    except SystemExit as ended:
        code = int(ended.code or 0)
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
