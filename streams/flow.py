"""Runs a fold over input partitions with Faust, exactly: outputs, then pages, then acknowledgement (DESIGN D2).

The state of an input partition is a function of its records up to an offset. It is built from the pages, never from
Faust's positions; only the next expected offset is accepted, a jump is read again, an error ends the process.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import faust
from aiokafka import AIOKafkaProducer
from faust.types import TP

from infra import log
from infra.kafka.dead_letters import letter_of, send_dead_letter
from schemas.dead_letters import DeadLetter
from schemas.topics import headers_of
from streams.app import FLUSH_S, changelog_name
from streams.output import Output
from streams.pages import PageReader, PageWriter, Record
from streams.seeking import Place, Seeker

TEND_S = 0.05


class Fold(Protocol):
    """The thinking about one input partition."""

    def fold(self, value: bytes, offset: int) -> list[Output]:
        """Outputs of one record. Raises Invalid or a decoding error for one that goes to the dead letters."""

    def take_dirty(self) -> Mapping[str, bytes]:
        """Pages changed since last asked."""


Build = Callable[[TP, Mapping[str, bytes]], Fold]


class Owned(Place):
    """An input partition that this worker owns in the present generation."""

    def __init__(self, fold: Fold, writer: PageWriter, first: int) -> None:
        super().__init__(first)
        self.fold = fold
        self.writer = writer
        self.flushed = first
        self.unacked: list[Any] = []


class Flow:
    """All input partitions of one worker."""

    def __init__(self, name: str, app: faust.App, producer: AIOKafkaProducer, build: Build) -> None:
        """`producer` is the caller's to start and end; `build` makes the fold of a partition from its pages."""
        self.name, self.app, self._producer, self._build = name, app, producer, build
        self.reader = PageReader()
        self.owned: dict[TP, Owned] = {}
        self.generation: int | None = None
        self.letters = 0
        self._outbox: deque[Output] = deque()
        self._letters: list[DeadLetter] = []
        self._sent: list[asyncio.Future[Any]] = []
        self._sending, self._flushing, self._taking_over = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        self._failure: Exception | None = None
        self._torn = False
        """A flush is under way, or was left half-written."""
        self._log = log.logger(name)
        self._seeker = Seeker(app, self._log)

    async def on_changelog_event(self, event: Any) -> None:
        """A record of the changelog during recovery."""
        message = event.message
        self.reader.take(message.partition, [Record(message.key, message.value)])

    async def run(self, stream: Any) -> None:
        """The body of the agent. An error ends the process: a restarted agent would go on behind a hole."""
        self._seeker.begin(stream)
        try:
            async for event in stream.noack().events():
                await self.take(event.message)
        except Exception as error:  # noqa: BLE001 (handed to `tend`, which raises it)
            self._failure = error

    async def take(self, message: Any) -> None:
        """One input record: fold it if it is the next one of a partition that is owned now."""
        self._seeker.take()
        if message.generation_id != self.generation:
            await self._begin(message.generation_id)
        owned = self.owned.get(message.tp)
        if owned is None or message.generation_id != self.generation or self._stale():
            return
        if message.offset != owned.expected:
            self._out_of_order(owned, message)
            return
        owned.expected, owned.jumped = message.offset + 1, False
        owned.unacked.append(message)
        self._fold(owned, message)
        if self._outbox:
            await self._send()

    def _fold(self, owned: Owned, message: Any) -> None:
        try:
            self._outbox.extend(owned.fold.fold(message.value, message.offset))
        except Exception as error:  # noqa: BLE001 (a poison message goes to the dead letters, the rest goes on)
            self._refuse(message, error)

    def _refuse(self, message: Any, error: Exception) -> None:
        letter = letter_of(message, self.name, error)
        self.letters += 1
        self._letters.append(letter)
        self._log.warning("dead_letter", topic=message.topic, offset=message.offset, reason=letter.reason)

    def _out_of_order(self, owned: Owned, message: Any) -> None:
        """Something was skipped: read again from the expected offset. What is already covered is only acknowledged."""
        if message.offset < owned.expected:
            if message.offset < owned.flushed:
                self.app.consumer.ack(message)
        else:
            self._seeker.behind(owned)

    def _stale(self) -> bool:
        return self._seeker.is_over(self.generation)

    async def _send(self) -> None:
        async with self._sending:
            while self._outbox:
                item = self._outbox.popleft()
                place = {"partition": item.partition, "headers": headers_of(item.topic)}
                self._sent.append(await self._producer.send(item.topic, item.value, key=item.key, **place))

    async def tend(self) -> None:
        """Until cancelled: takes over after rebalances, has read again what was skipped, flushes each second."""
        loop = asyncio.get_running_loop()
        due = loop.time() + FLUSH_S
        while True:
            await asyncio.sleep(TEND_S)
            if self._failure is not None:
                raise self._failure
            await self._take_over()
            if not self._stale():
                await self._seeker.again(self.owned)
            if loop.time() >= due:
                due = loop.time() + FLUSH_S
                await self.flush()
                if not self._stale():
                    await self._seeker.watch(self.owned)

    async def _begin(self, generation: int) -> None:
        """The first records of a generation may come before Faust says that the rebalance is over."""
        while self.app.rebalancing and self.app.consumer_generation_id == generation:  # noqa: ASYNC110 (Faust's flags)
            await asyncio.sleep(TEND_S)
        await self._take_over()

    async def _take_over(self) -> None:
        """After a rebalance, before its first record: build the state of every assigned partition from its pages.

        Faust reads on from what was acknowledged, at most up to the pages; what they know already is passed over.
        """
        async with self._taking_over:
            if not self.app.rebalancing and self.app.consumer_generation_id != self.generation:
                await self._own_all()

    async def _own_all(self) -> None:
        generation, consumer = self.app.consumer_generation_id, self.app.consumer
        self.owned.clear()
        sources = [tp for tp in consumer.assignment() if tp.topic != changelog_name(self.name)]
        earliest = await self._seeker.earliest(sources)
        owned = {tp: self._own(tp, earliest[tp], generation) for tp in sorted(sources)}
        if self._seeker.is_over(generation):
            return
        self.owned, self.generation = owned, generation
        self._log.info("took_over", generation=generation, partitions=len(owned))

    def _own(self, tp: TP, earliest: int, generation: int) -> Owned:
        restored = self.reader.restored(tp.topic, tp.partition)
        first = self._seeker.kept(tp, restored.stamp.offset + 1, earliest)
        fold, writer = self._build(tp, restored.pages), PageWriter(tp.topic, restored, generation)
        return Owned(fold, writer, first)

    async def flush(self) -> None:
        """Await the outputs, write the pages and the meta records, await them, acknowledge.

        After one that failed nothing is written any more: the next meta record would name pages that may not be there.
        """
        async with self._flushing:
            if self._torn:
                return
            self._torn = True
            await self._flush()
            self._torn = False

    async def _flush(self) -> None:
        taken = [(tp, held, self._capture(held)) for tp, held in self.owned.items() if held.unacked]
        acked = [message for _, held, _ in taken for message in held.unacked]
        ends = {tp: held.expected for tp, held, _ in taken}
        for _, held, _ in taken:
            held.unacked = []
        letters, self._letters = self._letters, []
        await self._send()
        sent, self._sent = self._sent, []
        await asyncio.gather(*sent)
        for letter in letters:
            await send_dead_letter(self._producer, letter)
        await self._write([(tp, records) for tp, _, records in taken])
        self._acknowledge(acked, ends)

    def _capture(self, held: Owned) -> list[Record]:
        return held.writer.flush(held.expected - 1, held.fold.take_dirty())

    async def _write(self, batches: list[tuple[TP, list[Record]]]) -> None:
        """Pages of all partitions, awaited, then their meta records, awaited."""
        for part in (slice(None, -1), slice(-1, None)):
            futures = [
                await self._producer.send(
                    changelog_name(self.name), record.value, key=record.key, partition=tp.partition
                )
                for tp, records in batches
                for record in records[part]
            ]
            await asyncio.gather(*futures)
        for tp, records in batches:
            self.reader.take(tp.partition, records)

    def _acknowledge(self, messages: list[Any], ends: Mapping[TP, int]) -> None:
        for tp, end in ends.items():
            if tp in self.owned:
                self.owned[tp].flushed = end
        if self._stale():
            return
        for message in messages:
            self.app.consumer.ack(message)
