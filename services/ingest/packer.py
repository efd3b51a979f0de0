"""Gathers for at most 20 ms, writes in order, and says when Kafka has acknowledged (DESIGN D1)."""

import asyncio
from collections.abc import Sequence

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from city.judge import Accepted
from city.watermark import Watermark
from infra import log
from infra.clock import now_ms
from infra.metrics import READINGS
from schemas.errors import Unavailable
from schemas.readings import Tick
from schemas.sentences import say
from schemas.times import was_ahead
from schemas.topics import INPUT_PARTITIONS, events_topic, readings_topic
from services.ingest.batch import Batch, records_of

GATHER_S = 0.02
FULL = 10_000
"""Readings after which a batch does not wait for its time."""
MOST_WAITING = 400_000
"""Readings that may wait for Kafka before more are refused."""
IN_FLIGHT = 8
STEP_MS = 60_000
"""Event time after which a recording's clock ticks between two events of one batch."""
UNSURE_S = 2.0
"""So long the clock of a recording whose first event may be dated wrongly is not told of."""
_log = log.logger("packer")


class Packer:
    """The one writer of readings and events; one task runs `run()`."""

    def __init__(self, producer: AIOKafkaProducer, domains: Sequence[str], watermark: Watermark | None) -> None:
        """`watermark`: the clock of a city of recordings, None for a live one."""
        self._producer = producer
        self._domains = tuple(domains)
        self.watermark = watermark
        self._ticked_ms = 0
        self._begun_s = 0.0
        self._batch = Batch()
        self._filled, self._full = asyncio.Event(), asyncio.Event()
        self._order = asyncio.Lock()
        self._in_flight = asyncio.Semaphore(IN_FLIGHT)
        self._settling: set[asyncio.Task[None]] = set()
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def moved(self) -> bool:
        """Whether a recording's clock has moved since it was last told of."""
        return self.watermark is not None and self.watermark.now_ms not in (None, self._ticked_ms)

    def serve(self, domains: Sequence[str]) -> None:
        """Ticks go to the topics of these domains from now on."""
        self._domains = tuple(domains)

    def add(self, accepted: Sequence[Accepted]) -> asyncio.Future[None]:
        """Puts events into the batch; the future ends once Kafka has it. Raises Unavailable if too much waits."""
        if self._batch.size > MOST_WAITING:
            raise Unavailable(say("kafka_behind"))
        for each in accepted:
            if self.watermark is not None:
                self._advance(self.watermark, each)
            self._batch.add(each)
        self._filled.set()
        if self._batch.size >= FULL:
            self._full.set()
        return self._batch.done

    async def run(self) -> None:
        """Flushes until cancelled; raises the error that no retry can cure."""
        flushing = asyncio.create_task(self._flush_for_ever())
        try:
            await asyncio.wait({flushing, self._failure}, return_when=asyncio.FIRST_COMPLETED)
            (flushing if flushing.done() else self._failure).result()
        finally:
            flushing.cancel()

    async def tick(self) -> None:
        """Writes what time it is to every partition of readings and events; 0 before a recording has surely begun."""
        if self.watermark is None:
            async with self._order:
                self._ticked_ms = self._wall_ms()
                written = await self._write_tick(self._ticked_ms)
            await asyncio.gather(*written)
        else:
            if self.watermark.sure or _now_s() >= self._begun_s + UNSURE_S:
                self._ticked_ms = self.watermark.now_ms or 0
                self.watermark.tell()
            self._batch.tick(self._ticked_ms)
            self._filled.set()

    def _wall_ms(self) -> int:
        """The wall clock, not before the last tick unless that was told by one that was wrong."""
        now = now_ms()
        if was_ahead(self._ticked_ms, now):
            _log.warning("clock_set_back", seconds=round((self._ticked_ms - now) / 1000))
            return now
        return max(self._ticked_ms, now)

    def _advance(self, watermark: Watermark, accepted: Accepted) -> None:
        """A jump of the clock first closes what lies before it with a tick, so that absence is judged in order."""
        before = watermark.now_ms
        after = watermark.advance(accepted.source, accepted.mark_ms)
        if before is None:
            self._begun_s = _now_s()
            return
        if before <= self._ticked_ms or after < before or (after == before and not watermark.sure):
            return
        if max(after - before, before - self._ticked_ms) >= STEP_MS:
            self._batch.tick(before)
            self._ticked_ms = before
            watermark.tell()

    async def _flush_for_ever(self) -> None:
        while True:
            await self._filled.wait()
            if not self._full.is_set():
                await _until(self._full, GATHER_S)
            await self._in_flight.acquire()
            batch, self._batch = self._batch, Batch()
            self._filled.clear()
            self._full.clear()
            settling = asyncio.create_task(self._settle(batch, await self._write(batch)))
            self._settling.add(settling)
            settling.add_done_callback(self._settling.discard)

    async def _write(self, batch: Batch) -> list[asyncio.Future[object]] | Exception:
        """Hands the batch to the producer in order; the acknowledgements to await, or what went wrong."""
        acknowledged: list[asyncio.Future[object]] = []
        try:
            async with self._order:
                for segment in batch.segments:
                    for record in records_of(segment):
                        acknowledged.append(
                            await self._producer.send(record.topic, record.value, record.key, record.partition)
                        )
                    if segment.tick_ms is not None:
                        acknowledged += await self._write_tick(segment.tick_ms)
        except (KafkaError, OSError) as error:
            return error
        return acknowledged

    async def _write_tick(self, at_ms: int) -> list[asyncio.Future[object]]:
        clock = "live" if self.watermark is None else "events"
        value = msgspec.json.encode(Tick(at_ms, clock, now_ms()))
        topics = [name(domain) for domain in self._domains for name in (readings_topic, events_topic)]
        return [
            await self._producer.send(topic, value, None, partition)
            for topic in topics
            for partition in range(INPUT_PARTITIONS)
        ]

    async def _settle(self, batch: Batch, written: list[asyncio.Future[object]] | Exception) -> None:
        try:
            if isinstance(written, Exception):
                raise written
            await asyncio.gather(*written)
        except (KafkaError, OSError) as error:
            self._give_up(batch, error)
        else:
            READINGS.inc(batch.size)
            batch.done.set_result(None)
        finally:
            self._in_flight.release()

    def _give_up(self, batch: Batch, error: Exception) -> None:
        _log.warning("batch_not_acknowledged", readings=batch.size, reason=repr(error))
        batch.done.set_exception(Unavailable(say("kafka_unacknowledged")))
        batch.done.exception()  # nobody may be waiting any more
        if not getattr(error, "retriable", True) and not self._failure.done():
            self._failure.set_exception(error)


def _now_s() -> float:
    return asyncio.get_running_loop().time()


async def _until(event: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return
