"""Takes what others produce to `city.inbox.v1` as if it had been posted; what is wrong goes to the dead letters."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition

from city.judge import Accepted, Judge
from infra import log
from infra.clock import now_ms, utc_now
from infra.kafka.dead_letters import send_dead_letter
from infra.redis.seen import Seen, seen_key
from schemas.cloudevents import decode_structured
from schemas.dead_letters import DeadLetter
from schemas.errors import Invalid, Unavailable
from schemas.topics import INBOX
from services.ingest.packer import Packer

GROUP = "ingest"
MOST_RECORDS = 4_000
AT_A_TIME = 250
"""Records judged before others get their turn in the loop."""
AHEAD = 3
"""Batches that may wait for their acknowledgement."""
_log = log.logger("inbox")


class Inbox:
    """At least once: offsets are committed after Kafka has acknowledged what they became."""

    def __init__(
        self,
        consumer: AIOKafkaConsumer,
        producer: AIOKafkaProducer,
        packer: Packer,
        seen: Seen,
        judge: Callable[[], Judge],
    ) -> None:
        """`consumer`: started, of INBOX in GROUP; `judge()` gives the present one."""
        self._consumer, self._producer = consumer, producer
        self._packer, self._seen, self._judge = packer, seen, judge
        self._waiting: deque[tuple[asyncio.Future[None], list[bytes], dict[TopicPartition, int]]] = deque()

    async def run(self) -> None:
        """Takes records until cancelled."""
        while True:
            try:
                await self._once()
            except Unavailable as error:
                _log.warning("inbox_waits", reason=str(error))
                self._waiting.clear()
                await asyncio.sleep(1.0)
                await self._consumer.seek_to_committed()

    async def _once(self) -> None:
        found = await self._consumer.getmany(timeout_ms=200 if not self._waiting else 5, max_records=MOST_RECORDS)
        records = [record for part in found.values() for record in part]
        if records:
            await self._take(records)
        while self._waiting and (len(self._waiting) > AHEAD or self._waiting[0][0].done() or not records):
            await self._settle(*self._waiting.popleft())

    async def _take(self, records: list[ConsumerRecord]) -> None:
        judge, now = self._judge(), now_ms()
        accepted: list[Accepted] = []
        for start in range(0, len(records), AT_A_TIME):
            for record in records[start : start + AT_A_TIME]:
                taken = await self._judged(record, judge, now)
                if taken is not None:
                    accepted.append(taken)
            await asyncio.sleep(0)
        fresh, keys = await self._without_known(accepted)
        ends = {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}
        self._waiting.append((self._packer.add(fresh), keys, ends))

    async def _judged(self, record: ConsumerRecord, judge: Judge, now: int) -> Accepted | None:
        try:
            taken = judge.accept(decode_structured(record.value or b""), now)
        except Invalid as error:
            await self._refuse(record, error)
            return None
        if taken.faults:
            fault = taken.faults[0]
            path = f"data.{fault.record}.{fault.field}".rstrip(".")
            await self._refuse(
                record, Invalid(f"{len(taken.faults)} records not taken, first: {fault.detail}", field=path)
            )
        return taken

    async def _without_known(self, accepted: Sequence[Accepted]) -> tuple[list[Accepted], list[bytes]]:
        """Leaves out events that came before. Readings are not asked for: what counts twice is dropped by detect."""
        keys = {id(each): seen_key(each.source, each.id) for each in accepted if each.record is not None}
        known = await self._seen.known(list(keys.values()))
        fresh: list[Accepted] = []
        for each in accepted:
            key = keys.get(id(each))
            if key is None or key not in known:
                fresh.append(each)
            if key is not None:
                known.add(key)
        return fresh, list(keys.values())

    async def _settle(self, done: asyncio.Future[None], keys: list[bytes], ends: dict[TopicPartition, int]) -> None:
        await done
        await self._consumer.commit(ends)
        await self._seen.remember(keys)

    async def _refuse(self, record: ConsumerRecord, error: Invalid) -> None:
        letter = DeadLetter(
            topic=INBOX,
            partition=record.partition,
            offset=record.offset,
            stage="ingest",
            reason=error.detail,
            field=error.field,
            at=utc_now(),
            key=record.key,
            value=record.value,
        )
        await send_dead_letter(self._producer, letter)
