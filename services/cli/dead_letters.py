"""`soc dead-letters`: what could not be taken, and taking it again."""

import asyncio
from typing import Annotated

import msgspec
import typer
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from sqlalchemy.ext.asyncio import AsyncConnection

from infra import settings as settings_module
from infra.embedded.addresses import with_addresses
from infra.kafka.clients import consumer, producer
from infra.kafka.cluster import Cluster, silent
from infra.resending import Resending, note_sent, send_again
from infra.terminal import either, tell, write_json
from schemas.dead_letters import DeadLetter, decode_dead_letter
from schemas.errors import Invalid, Unknown
from schemas.sentences import say
from schemas.times import rfc3339
from schemas.topics import DEAD_LETTERS
from services.cli.database import BY, in_database
from services.cli.spoken import App

app = App("help_dead_letters")
Text = Annotated[
    typer.FileText | None,
    typer.Option(help="help_letters_text", encoding="utf-8"),
]
Number = Annotated[int, typer.Argument(help="help_letters_number")]


def _cluster() -> Cluster:
    return with_addresses(settings_module.load()).kafka


async def _read(cluster: Cluster, first: int | None, count: int) -> dict[int, DeadLetter]:
    """Letters by their offset, from `first` on, or the last `count`."""
    source = consumer(cluster)
    partition = TopicPartition(DEAD_LETTERS, 0)
    try:
        await source.start()
        source.assign([partition])
        end = (await source.end_offsets([partition]))[partition]
        begin = (await source.beginning_offsets([partition]))[partition]
        at = max(begin, end - count if first is None else first)
        source.seek(partition, at)
        found: dict[int, DeadLetter] = {}
        while at < end and len(found) < count:
            records = await source.getmany(timeout_ms=500, max_records=count - len(found))
            for record in records.get(partition, []):
                found[record.offset] = decode_dead_letter(record.value)
            at = await source.position(partition)
    except KafkaError as error:
        raise silent(cluster, error) from None
    finally:
        await source.stop()
    return found


def _one(cluster: Cluster, number: int) -> DeadLetter:
    found = asyncio.run(_read(cluster, number, 1))
    if number not in found:
        raise Unknown(say("no_letter", number=number))
    return found[number]


def _read_text(file: typer.FileText) -> str:
    try:
        return file.read()
    except UnicodeDecodeError:
        raise Invalid(say("not_utf8"), field="--text") from None


@app.add("list", help="help_letters_list")
def list_letters(count: Annotated[int, typer.Option(help="help_letters_count", min=1)] = 50) -> None:
    """List the last letters: number, time, where it was, who refused it, why."""
    for number, one in asyncio.run(_read(_cluster(), None, count)).items():
        where = f"{one.topic}/{one.partition}/{one.offset}"
        field = f" ({one.field})" if one.field else ""
        print(f"{number:6} {rfc3339(one.at)} {where} {one.stage}: {either(one.reason, one.reason_vi)}{field}")


@app.add("show", help="help_letters_show")
def show(number: Number) -> None:
    """Show one letter with its original bytes as text."""
    letter = _one(_cluster(), number)
    shown = {**msgspec.to_builtins(letter), "value": (letter.value or b"").decode(errors="replace")}
    write_json(msgspec.json.format(msgspec.json.encode(shown)))


@app.add("replay", help="help_letters_replay")
def replay(number: Number, text: Text = None) -> None:
    """Send the original bytes to where they stood again, or a corrected text to the inbox."""
    cluster = _cluster()
    wish = Resending(letter=_one(cluster, number), text=_read_text(text) if text else None, by=BY)

    async def work(connection: AsyncConnection) -> str:
        target = producer(cluster)
        try:
            await target.start()
            topic = await send_again(target, wish)
        except KafkaError as error:
            raise silent(cluster, error) from None
        finally:
            await target.stop()
        await note_sent(connection, wish, topic)
        return topic

    tell(say("letter_sent", topic=in_database(work)))
