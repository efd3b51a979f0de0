"""Commands against a real PostgreSQL: row lock, conflicts, merged ids, the change on its way."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from city.incidents import Command, Moment, fire, update
from infra.postgres.commands import Outdated, apply_command
from infra.postgres.engine import connect
from infra.postgres.incident_store import load, save
from infra.postgres.migrate import upgrade
from infra.postgres.tables import outbox
from schemas.errors import Unavailable, Unknown
from schemas.ids import incident_id
from schemas.incidents import Incident
from schemas.links import Explanation
from schemas.topics import CHANGES, INCIDENTS
from tests.servers import Servers
from tests.truth import at, group, signal
from tests.unit.incidents.book import words

TRIP, DARK = signal("feeder-1", 0), signal("lamp-1", 20, "traffic.signal_dark")
NAME = incident_id(TRIP.id)


@pytest.fixture
async def engine(servers: Servers) -> AsyncIterator[AsyncEngine]:
    database_url = servers.fresh_database()
    upgrade(database_url)
    found = connect(database_url)
    yield found
    await found.dispose()


async def record(engine: AsyncEngine, *explanations: Explanation, seconds: float = 0) -> None:
    async with engine.begin() as connection:
        state = await load(connection, explanations)
        outcome = update(state, explanations, Moment(at(seconds)), words())
        await save(connection, state, outcome, "town", at(seconds))


async def command(engine: AsyncEngine, name: str, verb: str, version: int) -> Incident:
    return await apply_command(engine, name, Command(command=verb, version=version), Moment(at(99), by="lan"))


async def test_a_command_is_stored_and_published(engine: AsyncEngine) -> None:
    await record(engine, group(TRIP))
    assert (await command(engine, NAME, "acknowledge", 1)).acknowledged_by == "lan"
    async with engine.connect() as connection:
        rows = (await connection.execute(select(outbox).order_by(outbox.c.id))).all()
    assert [(row.topic, row.version) for row in rows] == [(CHANGES, 1), (INCIDENTS, 1), (CHANGES, 2), (INCIDENTS, 2)]


async def test_of_two_commands_at_once_one_wins_and_the_other_gets_the_present_incident(engine: AsyncEngine) -> None:
    await record(engine, group(TRIP))
    answers = await asyncio.gather(
        *(command(engine, NAME, verb, 1) for verb in ("acknowledge", "take")), return_exceptions=True
    )
    (lost,) = [one for one in answers if isinstance(one, Outdated)]
    (won,) = [one for one in answers if isinstance(one, Incident)]
    assert lost.incident == won


async def test_a_command_to_a_merged_id_acts_on_the_survivor(engine: AsyncEngine) -> None:
    await record(engine, group(TRIP))
    await record(engine, group(DARK), seconds=1)
    await record(engine, group(DARK, cause=TRIP, revision=2), seconds=2)
    merged = incident_id(DARK.id)
    after = await command(engine, merged, "acknowledge", 2)
    assert (after.id, after.state, after.signal_count) == (NAME, "acknowledged", 2)


async def test_the_recorder_goes_on_from_what_a_person_did(engine: AsyncEngine) -> None:
    await record(engine, group(TRIP), group(DARK, cause=TRIP))
    await command(engine, NAME, "acknowledge", 1)
    await record(engine, group(DARK, revision=2), seconds=5)
    after = await command(engine, NAME, "take", 2)
    assert (after.signal_count, after.assignee) == (2, "lan"), "what a person acted on was split by the machine"


async def test_there_is_no_command_to_an_unknown_incident(engine: AsyncEngine) -> None:
    with pytest.raises(Unknown):
        await command(engine, "inc-nowhere", "acknowledge", 1)


async def test_without_the_database_a_command_is_unavailable() -> None:
    nowhere = connect("postgresql+psycopg://nobody@127.0.0.1:1/none")
    with pytest.raises(Unavailable):
        await command(nowhere, NAME, "acknowledge", 1)
    await nowhere.dispose()


async def test_the_recorders_clock_takes_an_incident_off_the_shelf(engine: AsyncEngine) -> None:
    await record(engine, group(TRIP))
    shelve = Command(command="shelve", version=1, until=at(500), note="chatters")
    await apply_command(engine, NAME, shelve, Moment(at(99), by="lan"))
    for seconds, kinds in ((499, []), (500, ["returned"]), (501, [])):
        async with engine.begin() as connection:
            state = await load(connection, [], at(seconds))
            outcome = fire(state, at(seconds), Moment(at(seconds)))
            await save(connection, state, outcome, "town", at(seconds))
        assert [change.kind for change in outcome.changes] == kinds
