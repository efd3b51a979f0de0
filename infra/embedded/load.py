"""Makes servers ready for the processes: topics, tables, reference data, the first credentials."""

import asyncio

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from infra.cities.folder import CityFolder, Shipped, city_layer, layered
from infra.clock import utc_now
from infra.embedded.credentials import write_first_credentials
from infra.embedded.jars import Tell
from infra.kafka.admin import admin, ensure_topics
from infra.kafka.cluster import Given
from infra.postgres import migrate
from infra.postgres.engine import connect
from infra.postgres.reference import import_layer
from infra.postgres.tables import outbox
from infra.settings import Settings
from schemas.errors import Unavailable
from schemas.reference import REFERENCE_TYPES
from schemas.sentences import say
from schemas.topics import Topic, reference_topic, topics


def _topics_of(ships: Shipped, folder: CityFolder) -> list[Topic]:
    agencies = [agency.id for agency in folder.city.agencies if agency.topic]
    return topics(sorted({**ships.domains, **folder.domains}), agencies)


def create_topics(cluster: Given, ships: Shipped, folder: CityFolder) -> int:
    """Creates the topics of a city that are missing; how many."""
    return len(ensure_topics(cluster, _topics_of(ships, folder)))


def absent_topics(cluster: Given, ships: Shipped, folder: CityFolder) -> list[str]:
    """Names of the topics of a city that are missing. Raises Unavailable."""
    with admin(cluster) as client:
        there = set(client.list_topics())
    return sorted({topic.name for topic in _topics_of(ships, folder)} - there)


async def import_reference(engine: AsyncEngine, ships: Shipped, folder: CityFolder) -> None:
    """Imports the shipped layer and the folder as far as their content has changed. Raises Unavailable."""
    try:
        await import_layer(engine, "shipped", ships.reference, ships.content_hash, utc_now())
        own, whole_hash = city_layer(ships, folder), layered(ships, folder).content_hash
        await import_layer(engine, folder.city.id, own, whole_hash, utc_now())
    except SQLAlchemyError as error:
        raise Unavailable(say("reference_refused", reason=error)) from None


async def waiting_rows(database_url: str, *, reference_only: bool = False) -> int:
    """Rows of the outbox that the relay has yet to publish, all or those of reference data."""
    query = select(func.count()).where(outbox.c.published_at.is_(None))
    if reference_only:
        query = query.where(outbox.c.topic.in_([reference_topic(name) for name in REFERENCE_TYPES]))
    engine = connect(database_url, pool=1)
    try:
        async with engine.connect() as connection:
            return int((await connection.execute(query)).scalar_one())
    finally:
        await engine.dispose()


def fill_database(settings: Settings, ships: Shipped, folder: CityFolder, tell: Tell) -> None:
    """Migrates, imports, and makes the first credentials. Raises Unavailable."""
    migrate.upgrade(settings.database_url)
    asyncio.run(_fill(settings, ships, folder, tell))


async def _fill(settings: Settings, ships: Shipped, folder: CityFolder, tell: Tell) -> None:
    engine = connect(settings.database_url)
    try:
        await import_reference(engine, ships, folder)
        tell(say("database_ready", city=folder.city.name, assets=len(folder.assets)))
        path = settings.run_path / "credentials.json"
        if await write_first_credentials(engine, settings.http_url, path, utc_now()):
            tell(say("credentials_made"))
    finally:
        await engine.dispose()
