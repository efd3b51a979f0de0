"""`/v1/dead-letters`: what could not be taken, why, and sending it again."""

from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import ColumnElement, Row, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from infra.postgres.tables import dead_letters
from infra.resending import Resending, note_sent, send_again
from schemas.dead_letters import DeadLetter
from schemas.errors import Invalid, Unknown
from schemas.refusals import checked
from schemas.sentences import say
from schemas.times import At
from services.api.answers import Page, cut, gives, json_answer, keys_of, raw_page
from services.api.audit import address_of
from services.api.center import Here
from services.api.people import SEE_REFUSED, SEND_REFUSED, Person, may

router = APIRouter(prefix="/v1/dead-letters", tags=["dead letters"], dependencies=[Depends(may(SEE_REFUSED))])
Sender = Annotated[Person, Depends(may(SEND_REFUSED))]
KEYS = ("at", "topic", "partition", "offset", "stage")
PLACE = "/{topic}/{partition}/{offset}"
WITH_STAGE = PLACE + "/{stage}"


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """One refused record; its id is where it stood and which stage refused it: `<topic>/<partition>/<offset>/<stage>`.

    Without the stage it names what was refused there first.
    """

    id: str
    topic: str
    partition: int
    offset: int
    stage: str
    reason: str
    reason_vi: str
    """As `reason` in a letter from before there was one in Vietnamese."""
    field: str | None
    at: At
    key: str | None
    """Original bytes, base64."""
    value: str | None
    """Original bytes, base64, at most 256 KiB; in lists left out."""
    text: str | None
    """The value as text, where it is UTF-8."""
    value_size: int
    replayed_at: At | None
    left_out: int | None
    """Of how many letters it tells that are not in this list; null: it is one itself."""


class Replayed(msgspec.Struct, frozen=True):
    """A letter was sent again to `topic`."""

    id: str
    topic: str


class Correction(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to send instead of the original bytes."""

    text: str


def _shown(row: Row[Any], *, whole: bool) -> Letter:
    value: bytes | None = row.value
    return Letter(
        id=_id(row),
        topic=row.topic,
        partition=row.partition,
        offset=row.offset,
        stage=row.stage,
        reason=row.reason,
        reason_vi=row.reason_vi or row.reason,
        field=row.field,
        at=row.at,
        key=b64encode(row.key).decode() if row.key else None,
        value=b64encode(value).decode() if value and whole else None,
        text=_text(value if whole else (value or b"")[:500]),
        value_size=row.value_size,
        replayed_at=row.replayed_at,
        left_out=row.left_out,
    )


def _id(row: Row[Any]) -> str:
    return f"{row.topic}/{row.partition}/{row.offset}/{row.stage}"


def _text(value: bytes | None) -> str | None:
    try:
        return value.decode() if value else None
    except UnicodeDecodeError:
        return None


@router.get("", summary="Dead letters, the newest first", **gives(Page[Letter], "A page of dead letters"))
async def listed(
    center: Here,
    topic: str | None = None,
    stage: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> Response:
    """With the reason, the field, and the beginning of the text."""
    query = select(dead_letters)
    if topic:
        query = query.where(dead_letters.c.topic == topic)
    if stage:
        query = query.where(dead_letters.c.stage == stage)
    columns = [dead_letters.c[name] for name in KEYS]
    if cursor:
        query = query.where(tuple_(*columns) < keys_of(cursor, datetime, str, int, int, str))
    query = query.order_by(*(column.desc() for column in columns)).limit(limit + 1)
    async with center.engine.connect() as connection:
        rows, following = cut((await connection.execute(query)).all(), limit, *KEYS)
    return raw_page([_shown(row, whole=False) for row in rows], following)


class Place(msgspec.Struct, frozen=True):
    """Where a refused record stood, and which stage refused it if one is named."""

    topic: str
    partition: int
    offset: int
    stage: str | None

    def holds(self) -> ColumnElement[bool]:
        """The letters of this place."""
        table = dead_letters.c
        there = (table.topic == self.topic) & (table.partition == self.partition) & (table.offset == self.offset)
        return there if self.stage is None else there & (table.stage == self.stage)


def place(topic: str, partition: int, offset: Annotated[int, Path()], stage: str | None = None) -> Place:
    """The place in a path."""
    return Place(topic, partition, offset, stage)


There = Annotated[Place, Depends(place)]


async def _letter(connection: AsyncConnection, there: Place) -> Row[Any]:
    query = select(dead_letters).where(there.holds()).order_by(dead_letters.c.at, dead_letters.c.stage).limit(1)
    found = (await connection.execute(query)).one_or_none()
    if found is None:
        raise Unknown(say("no_dead_letter", topic=there.topic, partition=there.partition, offset=there.offset))
    return found


@router.get(WITH_STAGE, summary="One dead letter, whole", **gives(Letter, "The dead letter", 404))
@router.get(PLACE, summary="One dead letter, whole", **gives(Letter, "The dead letter", 404))
async def one(center: Here, there: There) -> Response:
    """With its original bytes."""
    async with center.engine.connect() as connection:
        return json_answer(_shown(await _letter(connection, there), whole=True))


@router.post(WITH_STAGE + "/replay", summary="Send it again", **gives(Replayed, "It was sent", 404))
@router.post(PLACE + "/replay", summary="Send it again", **gives(Replayed, "It was sent", 404))
async def replay(center: Here, request: Request, sender: Sender, there: There) -> Response:
    """Its original bytes to where they stood if that is a topic of ours, else to the inbox. The body may give corrected
    `text`, a CloudEvent: it goes to the inbox, wherever the letter stood.
    """
    corrected = await _correction(request)
    async with center.engine.connect() as connection:
        row = await _letter(connection, there)
    if row.left_out is not None:
        raise Invalid(say("letter_of_many", number=row.left_out))
    letter = DeadLetter(**{name: getattr(row, name) for name in DeadLetter.__struct_fields__})
    wish = Resending(letter=letter, text=corrected, by=sender.name, address=address_of(request))
    topic = await send_again(center.producer, wish)
    async with center.engine.begin() as connection:
        await note_sent(connection, wish, topic)
    return json_answer(Replayed(_id(row), topic))


async def _correction(request: Request) -> str | None:
    given = await request.body()
    if not given:
        return None
    return checked(msgspec.json.Decoder(Correction).decode, given).text
