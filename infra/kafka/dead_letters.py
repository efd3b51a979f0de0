"""Writes what could not be taken to the dead letters, whole, with the reason in both languages (DESIGN D9)."""

from typing import Any, NamedTuple

import msgspec
from aiokafka import AIOKafkaProducer

from infra.clock import utc_now
from infra.metrics import DEAD_LETTERS as COUNTED
from schemas.dead_letters import DeadLetter
from schemas.errors import CenterError, Invalid
from schemas.refusals import refusal
from schemas.sentences import say, told
from schemas.topics import DEAD_LETTERS

VALUE_LIMIT = 256 * 1024
KEY_LIMIT = 1024
"""Bytes; nothing is found by the key of a letter."""


class Origin(NamedTuple):
    """Where something stood that is no record of Kafka, and what it was."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None


def letter_of(record: Any, stage: str, error: Exception) -> DeadLetter:
    """The letter for a record of a Kafka client, or an Origin, that a stage refuses because of `error`."""
    known = _known(error)
    return DeadLetter(
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        stage=stage,
        reason=known.detail,
        reason_vi=str(told(known.said, "vi")),
        field=known.field,
        at=utc_now(),
        key=record.key,
        value=record.value,
        value_size=len(record.value or b""),
    )


def _known(error: Exception) -> CenterError:
    if isinstance(error, CenterError):
        return error
    if isinstance(error, msgspec.MsgspecError | UnicodeDecodeError | RecursionError):
        return refusal(error)
    return Invalid(say("failed_with", kind=type(error).__name__, reason=error))


async def send_dead_letter(producer: AIOKafkaProducer, letter: DeadLetter) -> None:
    """Returns once Kafka has it, cut to 256 KiB of value and 1 KiB of key: neither may be more than Kafka takes.

    Its own key is the origin, so that a repeat is recognised.
    """
    value, known_by = letter.value and letter.value[:VALUE_LIMIT], letter.key and letter.key[:KEY_LIMIT]
    cut = msgspec.structs.replace(letter, value=value, key=known_by)
    key = f"{letter.topic}/{letter.partition}/{letter.offset}".encode()
    await producer.send_and_wait(DEAD_LETTERS, msgspec.json.encode(cut), key=key)
    COUNTED.labels(letter.stage).inc()
