"""Dead letters: what the recorder refuses goes there, and all of them into the table that people work through."""

from collections.abc import Sequence

import msgspec
from aiokafka import AIOKafkaProducer, ConsumerRecord
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from infra import log
from infra.kafka.dead_letters import letter_of, send_dead_letter
from infra.postgres.tables import dead_letters
from schemas.dead_letters import DeadLetter, decode_dead_letter
from schemas.errors import Invalid
from schemas.refusals import refusal
from schemas.sentences import say

STAGE = "recorder"
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


async def keep(connection: AsyncConnection, records: Sequence[ConsumerRecord]) -> None:
    """Writes dead letters into their table; a repeat changes nothing, and one that is no dead letter is kept too."""
    letters = [_letter(record) for record in records]
    rows = [{name: getattr(one, name) for name in DeadLetter.__struct_fields__} for one in letters]
    for row in rows:
        for name in ("reason", "reason_vi", "field"):
            row[name] = row[name] and row[name].replace("\x00", "\\0")
    await connection.execute(insert(dead_letters).on_conflict_do_nothing(), rows)


def _letter(record: ConsumerRecord) -> DeadLetter:
    try:
        return decode_dead_letter(record.value or b"")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return letter_of(record, STAGE, Invalid(say("not_letter", reason=refusal(error).said)))


async def log_refusal(record: ConsumerRecord, error: Exception) -> None:
    """For the dead letters' own topic: there is nowhere further to send it."""
    _log.error("dead_letter_lost", offset=record.offset, reason=str(error))
