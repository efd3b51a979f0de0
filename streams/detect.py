"""`python -m streams.detect`: readings and events in, signals and the clock out."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from zlib import crc32

import msgspec
from faust.types import TP

from city.detect import Detector, Winds, decode_lean_record
from city.enrich import Catalogue
from infra.clock import now_ms
from infra.kafka.normals import read_normals
from infra.kafka.reference import ReferenceReader
from infra.metrics import SIGNALS as COUNTED
from infra.settings import Settings
from schemas.events import decode_event_record
from schemas.normals import Normal, encode_normal
from schemas.readings import STANDING_MS, Tick
from schemas.signals import Signal, TickData, signal_record, tick_record
from schemas.times import was_ahead
from schemas.topics import (
    EVENTS_PREFIX,
    INPUT_PARTITIONS,
    NORMALS,
    SIGNAL_PARTITIONS,
    SIGNALS,
    events_topic,
    partition_of,
    readings_topic,
    tick_origin,
)
from streams.app import create_app, pages_table
from streams.flow import Flow
from streams.output import Output
from streams.worker import Stage, main, work

NAME = "detect"
REFERENCE = ("cities", "assets", "domains", "limits")
QUEUED = 512
"""Packs waiting in the agent's queue: enough to keep busy, few enough to be soon re-read."""

UNDESCRIBED = "other"
"""Kinds that no domain describes, as one in the metrics: systems outside may name any number of them."""

_encode = msgspec.json.Encoder().encode


class Clocks:
    """One clock per partition number: the minimum over its topics, so that no signal comes after its time."""

    def __init__(self) -> None:
        self._topics: dict[int, dict[str, Tick | None]] = {}
        self._told: dict[int, tuple[int, int]] = {}

    def begin(self, tp: TP, tick_ms: int) -> None:
        """A partition is taken over whose last tick was this; negative: none yet, and its number has no time so far."""
        self._topics.setdefault(tp.partition, {})[tp.topic] = Tick(tick_ms) if tick_ms >= 0 else None
        self._told.pop(tp.partition, None)

    def tick(self, tp: TP, tick: Tick) -> list[Output]:
        """The clock of the partition number if it moved on, for every partition of the signals.

        The clock of a recording stands when nothing comes; once a second it is told all the same: the stages live.
        """
        ticks = self._topics.setdefault(tp.partition, {})
        ticks[tp.topic] = tick
        held = [one for one in ticks.values() if one is not None]
        if len(held) < len(ticks):
            return []
        slowest = min(held, key=lambda one: one.now_ms)
        told_ms, sent_ms = self._told.get(tp.partition, (-1, 0))
        standing = tick.clock == "events" and slowest.now_ms == told_ms and tick.sent_ms - sent_ms >= STANDING_MS
        set_back = tick.clock == "live" and was_ahead(told_ms, slowest.now_ms)
        if slowest.now_ms <= told_ms and not (standing or set_back):
            return []
        self._told[tp.partition] = slowest.now_ms, tick.sent_ms
        stages = {"ingest": tick.sent_ms, NAME: now_ms()}
        data = TickData(
            now_ms=slowest.now_ms,
            clock=tick.clock,
            sent_ms=slowest.sent_ms or tick.sent_ms,
            origin=tick_origin(tp.partition),
            stages=stages,
        )
        value = _encode(tick_record(data))
        return [Output(SIGNALS, partition, b"", value) for partition in range(SIGNAL_PARTITIONS)]


class Reference:
    """The catalogue of the present reference data; a change counts from the next record on."""

    def __init__(self, reader: ReferenceReader, normals: Mapping[str, Normal]) -> None:
        """`normals` by name of reading, as they were at the start."""
        self._reader, self.normals = reader, normals
        self.number = 0
        self._swapped = asyncio.Event()
        reader.on_change(self._changed)
        self.catalogue = self._build()

    def _changed(self, _name: str) -> None:
        self.number += 1
        self.catalogue = self._build()
        self._swapped.set()

    async def changed(self) -> None:
        """Returns at the next change."""
        self._swapped.clear()
        await self._swapped.wait()

    def _build(self) -> Catalogue:
        snapshots = {name: self._reader.snapshot(name) for name in REFERENCE}
        revisions = {name: snapshot.revision for name, snapshot in snapshots.items()}
        cities, assets, domains, limits = (snapshots[name].items for name in REFERENCE)
        return Catalogue.build(cities, assets, domains, limits, revisions)


class Detecting:
    """The fold of one input partition."""

    def __init__(self, tp: TP, reference: Reference, clocks: Clocks, winds: Winds, pages: Mapping[str, bytes]) -> None:
        """`winds` of the partition's number, in common with its other topics; `pages` of the partition: what they do
        not know begins with the reference's normals."""
        self._tp, self._reference, self._clocks, self._winds = tp, reference, clocks, winds
        self._number = reference.number
        self._decode = decode_event_record if tp.topic.startswith(EVENTS_PREFIX) else decode_lean_record
        self._carried: dict[str, bytes] = {}
        self.detector = self._detector(pages)
        clocks.begin(tp, self.detector.silence.tick_ms)

    def fold(self, value: bytes, _offset: int) -> list[Output]:
        """Signals and ticks of one record; raises Invalid or a decoding error, then nothing is changed."""
        record: Any = self._decode(value)
        if self._number != self._reference.number:
            self._swap()
        if isinstance(record, Tick):
            return self._tick(record)
        if self._tp.topic.startswith(EVENTS_PREFIX):
            return self._outputs(self.detector.event(record))
        return self._outputs(self.detector.pack(record))

    def _tick(self, tick: Tick) -> list[Output]:
        before_ms = self.detector.silence.tick_ms
        outputs = self._outputs(self.detector.tick(tick)) + self._clocks.tick(self._tp, tick)
        learned = self.detector.learned(before_ms)
        return outputs + [Output(NORMALS, 0, normal.id.encode(), encode_normal(normal)) for normal in learned]

    def _outputs(self, signals: list[Signal]) -> list[Output]:
        """What detect judged, and kinds that a domain describes, are counted by kind: there are only so many."""
        described = self.detector.catalogue.kinds
        for signal in signals:
            COUNTED.labels(signal.kind if signal.condition or signal.kind in described else UNDESCRIBED).inc()
        return [_output(signal) for signal in signals]

    def take_dirty(self) -> dict[str, bytes]:
        """Pages changed since last asked."""
        carried, self._carried = self._carried, {}
        return carried | self.detector.take_dirty()

    def _swap(self) -> None:
        """Judge by the new reference data from here on: the state goes through its pages."""
        self._carried |= self.detector.take_dirty()
        self.detector = self._detector(self.detector.pages())
        self._number = self._reference.number

    def _detector(self, pages: Mapping[str, bytes]) -> Detector:
        return Detector(
            self._reference.catalogue,
            pages,
            self._reference.normals,
            here=lambda zone: partition_of(zone) == self._tp.partition,
            winds=self._winds,
        )


def _output(signal: Signal) -> Output:
    key = signal.region.encode()
    return Output(SIGNALS, crc32(key) % SIGNAL_PARTITIONS, key, _encode(signal_record(signal)))


def input_topics(domains: Mapping[str, Any]) -> list[str]:
    """The readings and events topics of all domains."""
    return [topic(domain) for domain in sorted(domains) for topic in (readings_topic, events_topic)]


async def _grown(reference: Reference, domains: set[str]) -> None:
    """Raises when there is a new domain: its topics are subscribed by a new start."""
    while set(reference.catalogue.domains) <= domains:
        await reference.changed()
    raise RuntimeError("there is a new domain: starting anew to read its topics")


def build(settings: Settings, reference: Reference, sender: Any) -> Stage:
    """The flow over the topics of all domains."""
    app, clocks, winds = create_app(NAME, settings), Clocks(), defaultdict[int, Winds](Winds)
    app.conf.stream_buffer_maxsize = QUEUED
    flow = Flow(NAME, app, sender, lambda tp, pages: Detecting(tp, reference, clocks, winds[tp.partition], pages))
    pages_table(app, NAME, INPUT_PARTITIONS, flow.on_changelog_event)
    source = app.topic(*input_topics(reference.catalogue.domains), key_serializer="raw", value_serializer="raw")

    @app.agent(source, name=NAME)
    async def agent(stream: Any) -> None:
        await flow.run(stream)

    return Stage(app, flow, _grown(reference, set(reference.catalogue.domains)))


async def detect(settings: Settings) -> None:
    """Runs one worker."""

    async def stage(reader: ReferenceReader, sender: Any) -> Stage:
        return build(settings, Reference(reader, await read_normals(settings.kafka)), sender)

    await work(NAME, settings, INPUT_PARTITIONS, REFERENCE, stage)


if __name__ == "__main__":
    main(NAME, detect)
