"""A dead letter goes again, for the API and the command line alike: where to, as what, and who had it sent."""

from typing import NamedTuple

import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.clock import utc_now
from infra.postgres.audit import Deed, write_down
from infra.postgres.tables import dead_letters
from schemas.cloudevents import decode_structured
from schemas.dead_letters import DeadLetter
from schemas.errors import Invalid, Unavailable
from schemas.reference import REFERENCE_TYPES
from schemas.sentences import say
from schemas.topics import INBOX, headers_of, reference_topic

KNOWN = frozenset(map(reference_topic, REFERENCE_TYPES))
"""Topics of which the newest record of an id counts: an old one again would undo what was edited since."""


class Resending(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants which letter to go again."""

    letter: DeadLetter
    text: str | None = None
    """Instead of the original bytes."""
    by: str
    address: str | None = None


class Parcel(NamedTuple):
    """What goes where; to the inbox it goes by its key."""

    topic: str
    partition: int | None
    value: bytes


def parcel_of(letter: DeadLetter, text: str | None) -> Parcel:
    """The original bytes to where they stood, if that is a topic of ours; from elsewhere, and any text, to the inbox.

    What people write is judged like anything else that comes in: no other topic takes it. Raises Invalid for what is
    not whole, and for what the inbox could not read.
    """
    if text is not None:
        return Parcel(INBOX, None, _readable(text.encode()))
    value = letter.value
    if value is None or letter.value_size > len(value):
        raise Invalid(say("only_beginning"))
    if letter.topic in KNOWN:
        raise Invalid(say("letter_reference"))
    if letter.topic == INBOX:
        return Parcel(INBOX, None, value)
    if letter.topic.startswith("city."):
        return Parcel(letter.topic, letter.partition, value)
    return Parcel(INBOX, None, _readable(value))


def _readable(value: bytes) -> bytes:
    try:
        decode_structured(value)
    except Invalid as error:
        raise Invalid(say("letter_no_event", reason=error.said), field="text") from None
    return value


async def send_again(producer: AIOKafkaProducer, wish: Resending) -> str:
    """Sends it; to which topic. Hold no connection meanwhile: Kafka may be slow. Raises Invalid and Unavailable."""
    letter = wish.letter
    parcel = parcel_of(letter, wish.text)
    place = {"partition": parcel.partition, "headers": headers_of(parcel.topic)}
    try:
        await producer.send_and_wait(parcel.topic, parcel.value, key=letter.key, **place)
    except KafkaError as error:
        raise Unavailable(say("kafka_refused", reason=error)) from None
    return parcel.topic


async def note_sent(connection: AsyncConnection, wish: Resending, topic: str) -> None:
    """Says in the letter and the audit that it was sent again to a topic, in the caller's transaction."""
    letter, now = wish.letter, utc_now()
    table = dead_letters.c
    here = (table.topic == letter.topic) & (table.partition == letter.partition) & (table.offset == letter.offset)
    await connection.execute(update(dead_letters).where(here).values(replayed_at=now))
    subject = f"{letter.topic}/{letter.partition}/{letter.offset}"
    detail = {"topic": topic, "corrected": wish.text is not None}
    deed = Deed(at=now, by=wish.by, address=wish.address, action="dead_letter.replayed", subject=subject, detail=detail)
    await write_down(connection, deed)
