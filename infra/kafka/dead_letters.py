"""Writes what could not be taken to the dead letters, whole, with the reason (DESIGN D9)."""

import msgspec
from aiokafka import AIOKafkaProducer

from infra.metrics import DEAD_LETTERS as COUNTED
from schemas.dead_letters import DeadLetter
from schemas.topics import DEAD_LETTERS

VALUE_LIMIT = 256 * 1024


def cut(letter: DeadLetter) -> DeadLetter:
    """The letter with at most 256 KiB of the original value, and its true size."""
    size = letter.value_size or len(letter.value or b"")
    return msgspec.structs.replace(letter, value=letter.value and letter.value[:VALUE_LIMIT], value_size=size)


async def send_dead_letter(producer: AIOKafkaProducer, letter: DeadLetter) -> None:
    """Returns once Kafka has it; the key is the origin, so that a repeat is recognised."""
    key = f"{letter.topic}/{letter.partition}/{letter.offset}".encode()
    await producer.send_and_wait(DEAD_LETTERS, msgspec.json.encode(cut(letter)), key=key)
    COUNTED.labels(letter.stage).inc()
