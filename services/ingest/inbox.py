"""Takes what others produce to `city.inbox.v1` as if it had been posted; what is wrong goes to the dead letters.

What people of the center were told comes on a topic of its own, which the API alone writes: neither a feed's key nor a
right to write to the inbox makes anybody a person of the center.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError, KafkaTimeoutError

from city.judge import Accepted, Judge
from infra import log
from infra.clock import now_ms
from infra.kafka.dead_letters import letter_of, send_dead_letter
from infra.redis.seen import Seen, seen_key
from schemas.errors import Invalid, Unavailable
from schemas.senml import Fault
from schemas.sentences import say
from schemas.topics import INBOX, REPORTS_BY_HAND
from services.ingest.packer import Packer

GROUP = "ingest"
TOPICS = (INBOX, REPORTS_BY_HAND)
MOST_RECORDS = 4_000
AT_A_TIME = 250
"""Records judged before others get their turn in the loop."""
AHEAD = 3
"""Batches that may wait for their acknowledgement."""
RETRY_S = 1.0
"""After so long what Kafka did not take is read again."""
PASSING = (Unavailable, KafkaTimeoutError, CommitFailedError, IllegalStateError)
"""What Kafka's client does not call retriable and yet passes: no answer in time, partitions that went to others."""
_log = log.logger("inbox")


class _Taken(NamedTuple):
    """What waits for Kafka's acknowledgement before it is committed."""

    starts: dict[TopicPartition, int]
    ends: dict[TopicPartition, int]
    done: set[asyncio.Future[None]]
    keys: dict[bytes, None]

    def is_done(self) -> bool:
        return all(each.done() for each in self.done)


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
        """`consumer`: started, of TOPICS in GROUP; `judge()` gives the present one."""
        self._consumer, self._producer = consumer, producer
        self._packer, self._seen, self._judge = packer, seen, judge
        self._waiting: deque[_Taken] = deque()

    async def run(self) -> None:
        """Takes records until cancelled; raises the KafkaError that no waiting can cure."""
        while True:
            try:
                await self._once()
            except (Unavailable, KafkaError) as error:
                if not isinstance(error, PASSING) and not error.retriable:
                    raise
                _log.warning("inbox_waits", reason=str(error) or repr(error))
                await asyncio.sleep(RETRY_S)
                self._go_back()

    def _go_back(self) -> None:
        """To the first record of what waits; Kafka does not know where that is as long as nothing was committed."""
        starts: dict[TopicPartition, int] = {}
        for taken in self._waiting:
            starts = taken.starts | starts
        self._waiting.clear()
        for part in starts.keys() & self._consumer.assignment():
            self._consumer.seek(part, starts[part])

    async def _once(self) -> None:
        found = await self._consumer.getmany(timeout_ms=200 if not self._waiting else 5, max_records=MOST_RECORDS)
        if found:
            await self._take(found)
        while self._waiting and (len(self._waiting) > AHEAD or self._waiting[0].is_done() or not found):
            await self._settle(self._waiting[0])
            self._waiting.popleft()

    async def _take(self, found: dict[TopicPartition, list[ConsumerRecord]]) -> None:
        """What is judged goes to the packer at once, while it is still in the processor's cache."""
        judge, now = self._judge(), now_ms()
        records = [record for part in found.values() for record in part]
        starts = {part: records[0].offset for part, records in found.items()}
        ends = {part: records[-1].offset + 1 for part, records in found.items()}
        taken = _Taken(starts, ends, set(), {})
        self._waiting.append(taken)
        for start in range(0, len(records), AT_A_TIME):
            accepted, refused = _judged(records[start : start + AT_A_TIME], judge, now)
            for record, error in refused:
                await self._refuse(record, error)
            taken.done.add(self._packer.add(await self._without_known(accepted, taken.keys)))
            await asyncio.sleep(0)

    async def _without_known(self, accepted: list[Accepted], keys: dict[bytes, None]) -> list[Accepted]:
        """Leaves out events that came before or wait for Kafka, and adds those of the others to `keys`.

        Readings are not asked for: what counts twice is dropped by detect.
        """
        events = {id(each): seen_key(each.source, each.id) for each in accepted if each.record is not None}
        if not events:
            return accepted
        known = await self._seen.known(list(events.values()))
        known |= {key for key in events.values() if any(key in waiting.keys for waiting in self._waiting)}
        fresh: list[Accepted] = []
        for each in accepted:
            key = events.get(id(each))
            if key is None or key not in known:
                fresh.append(each)
            if key is not None:
                known.add(key)
                keys[key] = None
        return fresh

    async def _settle(self, taken: _Taken) -> None:
        await asyncio.wait(taken.done)
        for each in taken.done:
            each.result()
        await self._consumer.commit(taken.ends)
        await self._seen.remember(list(taken.keys))

    async def _refuse(self, record: ConsumerRecord, error: Invalid) -> None:
        await send_dead_letter(self._producer, letter_of(record, "ingest", error))


def _judged(
    records: list[ConsumerRecord], judge: Judge, now: int
) -> tuple[list[Accepted], list[tuple[ConsumerRecord, Invalid]]]:
    """What the records bring, and those to refuse with the reason; a record taken in part is in both."""
    accepted: list[Accepted] = []
    refused: list[tuple[ConsumerRecord, Invalid]] = []
    for record in records:
        try:
            taken = judge.structured(record.value or b"", now, inside=record.topic == REPORTS_BY_HAND)
        except Invalid as error:
            refused.append((record, error))
            continue
        accepted.append(taken)
        if taken.faults:
            refused.append((record, _in_part(taken.faults)))
    return accepted, refused


def _in_part(faults: list[Fault]) -> Invalid:
    path = f"data.{faults[0].record}.{faults[0].field}".rstrip(".")
    return Invalid(say("records_not_taken", number=len(faults), detail=faults[0].detail), field=path)
