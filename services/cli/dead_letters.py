"""`soc dead-letters`: what could not be taken, and taking it again."""

import asyncio
from typing import Annotated

import msgspec
import typer
from aiokafka import TopicPartition
from sqlalchemy.ext.asyncio import AsyncConnection

from infra import settings as settings_module
from infra.embedded.addresses import with_addresses
from infra.kafka.clients import consumer, producer
from infra.kafka.cluster import Cluster
from infra.resending import Resending, note_sent, send_again
from schemas.dead_letters import DeadLetter, decode_dead_letter
from schemas.errors import Unknown
from schemas.times import rfc3339
from schemas.topics import DEAD_LETTERS
from services.cli.database import BY, in_database

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="What could not be taken, and why; take it again.",
)
Text = Annotated[
    typer.FileText | None,
    typer.Option(help="File with the CloudEvent to send instead of the original; - reads it here."),
]
Number = Annotated[int, typer.Argument(help="Number of the letter, as `list` shows it.")]


def _cluster() -> Cluster:
    return with_addresses(settings_module.load()).kafka


async def _read(cluster: Cluster, first: int | None, count: int) -> dict[int, DeadLetter]:
    """Letters by their offset, from `first` on, or the last `count`."""
    source = consumer(cluster)
    partition = TopicPartition(DEAD_LETTERS, 0)
    await source.start()
    try:
        source.assign([partition])
        end = (await source.end_offsets([partition]))[partition]
        begin = (await source.beginning_offsets([partition]))[partition]
        at = max(begin, end - count if first is None else first)
        source.seek(partition, at)
        found: dict[int, DeadLetter] = {}
        while at < min(end, at + count):
            for record in (await source.getmany(timeout_ms=500)).get(partition, []):
                found[record.offset] = decode_dead_letter(record.value)
            at = await source.position(partition)
    finally:
        await source.stop()
    return dict(sorted(found.items())[:count])


def _one(cluster: Cluster, number: int) -> DeadLetter:
    found = asyncio.run(_read(cluster, number, 1))
    if number not in found:
        raise Unknown(f"there is no dead letter {number}")
    return found[number]


@app.command("list")
def list_letters(count: Annotated[int, typer.Option(help="How many of the last ones.")] = 50) -> None:
    """List the last letters: number, time, where it was, who refused it, why."""
    for number, one in asyncio.run(_read(_cluster(), None, count)).items():
        where = f"{one.topic}/{one.partition}/{one.offset}"
        field = f" ({one.field})" if one.field else ""
        print(f"{number:6} {rfc3339(one.at)} {where} {one.stage}: {one.reason}{field}")


@app.command()
def show(number: Number) -> None:
    """Show one letter with its original bytes as text."""
    letter = _one(_cluster(), number)
    shown = {**msgspec.to_builtins(letter), "value": (letter.value or b"").decode(errors="replace")}
    print(msgspec.json.format(msgspec.json.encode(shown)).decode())


@app.command()
def replay(number: Number, text: Text = None) -> None:
    """Send the original bytes to where they stood again, or a corrected text to the inbox."""
    cluster = _cluster()
    wish = Resending(letter=_one(cluster, number), text=text.read() if text else None, by=BY)

    async def work(connection: AsyncConnection) -> str:
        target = producer(cluster)
        await target.start()
        try:
            topic = await send_again(target, wish)
        finally:
            await target.stop()
        await note_sent(connection, wish, topic)
        return topic

    print(f"sent again to {in_database(work)}")
