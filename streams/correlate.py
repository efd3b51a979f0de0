"""`python -m streams.correlate`: signals and the clock in, explanations of groups out."""

from typing import Any

from city.enrich import Catalogue
from city.graph import Graph
from infra.clock import now_ms
from infra.kafka.reference import ReferenceReader
from infra.memory import collect_seldom, keep_apart
from infra.settings import Settings
from schemas.topics import SIGNAL_PARTITIONS, SIGNALS
from streams.app import create_app, pages_table
from streams.correlating import Correlating, Reference
from streams.flow import Flow
from streams.worker import Stage, main, work

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
        keep_apart()
        return Reference(revisions, catalogue, graph, items["rules"])


def build(settings: Settings, references: References, sender: Any) -> Stage:
    """The flow over the signals."""
    app = create_app(NAME, settings)
    app.conf.stream_buffer_maxsize = QUEUED
    flow = Flow(NAME, app, sender, lambda tp, pages: Correlating(tp.partition, pages, references.present, now_ms))
    pages_table(app, NAME, SIGNAL_PARTITIONS, flow.on_changelog_event)
    source = app.topic(SIGNALS, key_serializer="raw", value_serializer="raw")

    @app.agent(source, name=NAME)
    async def agent(stream: Any) -> None:
        await flow.run(stream)

    return Stage(app, flow)


async def correlate(settings: Settings) -> None:
    """Runs one worker."""
    collect_seldom()

    async def stage(reader: ReferenceReader, sender: Any) -> Stage:
        return build(settings, References(reader), sender)

    await work(NAME, settings, SIGNAL_PARTITIONS, REFERENCE, stage)


if __name__ == "__main__":
    main(NAME, correlate)
