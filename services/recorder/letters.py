"""Dead letters: what the recorder refuses goes there, and all of them into the table that people work through."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from aiokafka import AIOKafkaProducer, ConsumerRecord
from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from infra import log
from infra.kafka.dead_letters import letter_of, send_dead_letter
from infra.postgres.tables import dead_letters
from schemas.dead_letters import DeadLetter, decode_dead_letter
from schemas.errors import Invalid
from schemas.refusals import refusal
from schemas.sentences import say, told
from schemas.topics import DEAD_LETTERS

STAGE = "recorder"
MANIFOLD = 10
NOWHERE = -1
"""Partition of a row that stands for several letters."""
Hour = tuple[str, str, datetime]
"""Topic and stage, which are a source, and an hour."""
_log = log.logger("recorder")


class Letters:
    """Sends what the recorder refuses."""

    def __init__(self, producer: AIOKafkaProducer) -> None:
        """`producer` is started."""
        self._producer = producer

    async def refuse(self, record: ConsumerRecord, error: Exception) -> None:
        """Returns once Kafka has the letter."""
        _log.warning("record_refused", topic=record.topic, offset=record.offset, reason=str(error))
        await send_dead_letter(self._producer, letter_of(record, STAGE, error))


class Kept:
    """Writes dead letters into their table, of what comes in crowds so many, and how many others there are."""

    def __init__(self, most: int) -> None:
        """`most`: of one source (topic and stage) with one reason in an hour; of one source MANIFOLD times as many."""
        self._most = most

    async def apply(self, connection: AsyncConnection, records: Sequence[ConsumerRecord]) -> None:
        """Writes a batch; a repeat changes nothing, and one that is no dead letter is kept too."""
        letters = [_letter(record) for record in records]
        counted = await _counted(connection, letters)
        rows, left = [], Counter[Hour]()
        for one in letters:
            hour, row = _hour(one), _row(one)
            if counted[hour, row["reason"]] >= self._most or counted[hour, ""] >= self._most * MANIFOLD:
                left[hour] += 1
                continue
            rows.append(row)
            counted.update([(hour, row["reason"]), (hour, "")])
        if rows:
            await connection.execute(insert(dead_letters).on_conflict_do_nothing(), rows)
        for hour, number in left.items():
            await _leave_out(connection, hour, number)


def _hour(letter: DeadLetter) -> Hour:
    return letter.topic, letter.stage, letter.at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _row(letter: DeadLetter) -> dict[str, Any]:
    row = {name: getattr(letter, name) for name in DeadLetter.__struct_fields__}
    return row | {name: row[name] and row[name].replace("\x00", "\\0") for name in ("reason", "reason_vi", "field")}


async def _counted(connection: AsyncConnection, letters: Sequence[DeadLetter]) -> Counter[tuple[Hour, str]]:
    """How many letters of each source and hour there are already, by reason, and by "" all of them."""
    table, found = dead_letters.c, Counter[tuple[Hour, str]]()
    for hour in {_hour(one)[2] for one in letters}:
        query = select(table.topic, table.stage, table.reason, func.count()).where(table.left_out.is_(None))
        query = query.where(table.at >= hour, table.at < hour + timedelta(hours=1))
        for topic, stage, reason, number in await connection.execute(query.group_by(*query.selected_columns[:3])):
            found[(topic, stage, hour), reason] += number
            found[(topic, stage, hour), ""] += number
    return found


async def _leave_out(connection: AsyncConnection, hour: Hour, number: int) -> None:
    """One row for all that are left out of a source in an hour; its offset is the hour, no record stands there."""
    topic, stage, began = hour
    place = {"topic": topic, "partition": NOWHERE, "offset": int(began.timestamp()), "stage": stage}
    here = and_(*(dead_letters.c[name] == value for name, value in place.items()))
    before = (await connection.execute(select(dead_letters.c.left_out).where(here))).scalar_one_or_none()
    total = (before or 0) + number
    said = say("letters_left_out", number=total, topic=DEAD_LETTERS)
    telling = {"left_out": total, "reason": str(said), "reason_vi": told(said, "vi"), "value_size": 0, "at": began}
    written = insert(dead_letters).values(**place, **telling)
    _log.warning("dead_letters_left_out", topic=topic, stage=stage, number=total)
    await connection.execute(written.on_conflict_do_update(index_elements=list(place), set_=telling))


def _letter(record: ConsumerRecord) -> DeadLetter:
    try:
        return decode_dead_letter(record.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return letter_of(record, STAGE, Invalid(say("not_letter", reason=refusal(error).said)))


async def log_refusal(record: ConsumerRecord, error: Exception) -> None:
    """For the dead letters' own topic: there is nowhere further to send it."""
    _log.error("dead_letter_lost", offset=record.offset, reason=str(error))
