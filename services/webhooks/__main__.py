"""The webhooks process: changes in from Kafka; signed POSTs, mails and short messages out."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from sqlalchemy.ext.asyncio import AsyncEngine

from city.delivery import EMAIL, MESSAGE, WEBHOOK
from city.pace import Pace
from infra import log
from infra.clock import utc_now
from infra.kafka.clients import consumer, producer
from infra.kafka.dead_letters import letter_of, send_dead_letter
from infra.outbound.mail import Mailer
from infra.outbound.post import Poster
from infra.postgres import webhook_store
from infra.postgres.engine import connect
from infra.process import run
from infra.redis.stages import heartbeat
from infra.settings import Settings
from schemas.errors import Invalid
from schemas.incidents import Change
from schemas.topics import CHANGES
from services.webhooks.forms import Form, Signed
from services.webhooks.intake import change_of, queue
from services.webhooks.mail import Mail
from services.webhooks.message import Messages
from services.webhooks.people import People
from services.webhooks.sender import Sender

GROUP = "webhooks"
_log = log.logger("webhooks")


async def refuse(letters: AIOKafkaProducer, record: ConsumerRecord, error: Invalid) -> None:
    """Returns once a change that cannot be read lies among the dead letters."""
    _log.error("change_unreadable", partition=record.partition, offset=record.offset, reason=error.detail)
    await send_dead_letter(letters, letter_of(record, GROUP, error))


async def take_in(
    changes: AIOKafkaConsumer, letters: AIOKafkaProducer, engine: AsyncEngine, queued: Callable[[], None]
) -> None:
    """Queues deliveries batch by batch, and says so; the offset is committed after the deliveries and dead letters are.

    A batch that comes again queues nothing twice: a delivery is unique by endpoint and message id.
    """
    while True:
        polled = await changes.getmany(timeout_ms=500, max_records=500)
        records = [record for batch in polled.values() for record in batch]
        if not records:
            continue
        readable: list[Change] = []
        for record in records:
            try:
                readable.append(change_of(record.value))
            except Invalid as error:
                await refuse(letters, record, error)
        async with engine.begin() as connection:
            await queue(connection, await webhook_store.all_endpoints(connection), readable, utc_now())
        queued()
        await changes.commit()


def forms_of(settings: Settings, engine: AsyncEngine, http: Poster) -> dict[str, Form]:
    """How endpoints of each form are told in this center."""
    mail = Mail(Mailer(settings.smtp) if settings.smtp else None, settings.mail_from)
    return {
        WEBHOOK: Signed(http),
        EMAIL: People(engine, mail, settings.public_url),
        MESSAGE: People(engine, Messages(http), settings.public_url),
    }


async def body(settings: Settings) -> None:
    """Runs intake, sender and heartbeat until cancelled; any error ends the process and the supervisor restarts it."""
    engine = connect(settings.database_url)
    changes = consumer(settings.kafka, CHANGES, group=GROUP, isolation_level="read_committed")
    letters, http = producer(settings.kafka), Poster(allow_private=settings.webhook_allow_private)
    pace = Pace(settings.duty_messages, timedelta(minutes=settings.duty_minutes))
    sender = Sender(engine, forms_of(settings, engine, http), exercise=settings.exercise, pace=pace)
    await changes.start()
    try:
        await letters.start()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(take_in(changes, letters, engine, sender.news.set))
            tasks.create_task(sender.run())
            tasks.create_task(heartbeat(settings.redis_url, "webhooks"))
    finally:
        await sender.close()
        await http.aclose()
        await changes.stop()
        await letters.stop()
        await engine.dispose()


if __name__ == "__main__":
    run("webhooks", body)
