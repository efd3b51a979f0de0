"""The fold of one partition of signals: records in, records of links out; what Faust runs, without Faust."""

from collections.abc import Callable, Mapping
from zlib import crc32

import msgspec

from city.correlate import Correlator, Window
from city.enrich import Catalogue
from city.graph import Graph
from schemas.links import Explanation, LinkTick
from schemas.readings import STANDING_MS
from schemas.rules import Rule
from schemas.signals import TICK_TYPE, TickData, decode_signal, decode_signal_record, decode_tick_data
from schemas.topics import INPUT_PARTITIONS, LINKS, SIGNAL_PARTITIONS, tick_origin
from streams.output import Output

ORIGINS = tuple(map(tick_origin, range(INPUT_PARTITIONS)))
_encode = msgspec.json.Encoder().encode


class Reference(msgspec.Struct, frozen=True):
    """One revision of what correlate knows besides the signals."""

    revisions: Mapping[str, int]
    catalogue: Catalogue
    graph: Graph
    rules: Mapping[str, Rule]


class Correlating:
    """Folds the records of one partition, in order; a change of reference data counts from the next record on."""

    def __init__(
        self,
        partition: int,
        pages: Mapping[str, bytes],
        reference: Callable[[], Reference],
        now_ms: Callable[[], int],
    ) -> None:
        """`reference` gives the present revision, `now_ms` the wall clock for the age of the pipeline."""
        self._partition, self._reference, self._now_ms = partition, reference, now_ms
        self._used = reference()
        window = Window()
        for page in pages.values():
            window.load(page)
        self._correlator = Correlator(
            self._used.catalogue, self._used.graph, self._used.rules.values(), window, ORIGINS
        )
        self._lost = self._correlator.lost_groups()
        self._told: tuple[int, int] = -1, 0

    def fold(self, value: bytes, offset: int) -> list[Output]:
        """What one record brings. Raises msgspec.DecodeError for one that cannot be read: nothing is changed then."""
        record = decode_signal_record(value)
        if record.type == TICK_TYPE:
            tick = decode_tick_data(record.data)
            found = self._caught_up(offset) + self._correlator.tick(tick, offset)
            return [_output(item) for item in found] + self._link_tick(tick)
        signal = decode_signal(record.data)
        found = self._caught_up(offset) + self._correlator.signal(signal, offset)
        return [_output(item) for item in found]

    def take_dirty(self) -> dict[str, bytes]:
        """The pages of the state that changed since this was last asked."""
        return {f"signals-{number}": body for number, body in self._correlator.window.take_dirty().items()}

    def _caught_up(self, offset: int) -> list[Explanation]:
        found, self._lost = [msgspec.structs.replace(item, revision=offset) for item in self._lost], []
        present = self._reference()
        if present is not self._used:
            self._used = present
            found += self._correlator.swap(present.catalogue, present.graph, present.rules.values(), offset)
        return found

    def _link_tick(self, tick: TickData) -> list[Output]:
        now_ms = self._correlator.now_ms
        told_ms, sent_ms = self._told
        standing = tick.clock == "events" and tick.sent_ms - sent_ms >= STANDING_MS
        if now_ms is None or (now_ms == told_ms and not standing):
            return []
        self._told = now_ms, tick.sent_ms
        stages = {**tick.stages, "correlate": self._now_ms()}
        told = LinkTick(now_ms=now_ms, clock=tick.clock, sent_ms=tick.sent_ms, stages=stages)
        return [Output(LINKS, self._partition, b"", _encode(told))]


def _output(item: Explanation) -> Output:
    key = item.region.encode()
    return Output(LINKS, crc32(key) % SIGNAL_PARTITIONS, key, _encode(item))
