"""Commands against a real PostgreSQL: row lock, conflicts, merged ids, the change on its way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import msgspec
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from city.incidents import Command, Moment, fire
from infra.postgres.commands import Outdated
from infra.postgres.engine import connect
from infra.postgres.incident_store import load, save
from infra.postgres.migrate import upgrade
from infra.postgres.tables import changes, facts, groups, incidents, outbox, signals
from schemas.errors import CenterError, Unknown
from schemas.ids import incident_id
from schemas.incidents import Incident
from schemas.links import SAME, Link
from schemas.topics import CHANGES, INCIDENTS
from tests.integration.commanding import DARK, NAME, TRIP, command, obeyed, record, say
from tests.servers import Servers
from tests.truth import at, gone, group, signal


@pytest.fixture
async def engine(shared_servers: Servers) -> AsyncIterator[AsyncEngine]:
    database_url = shared_servers.fresh_database()
    upgrade(database_url)
    found = connect(database_url)
    yield found
    await found.dispose()


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


async def test_the_recorders_clock_takes_an_incident_off_the_shelf(engine: AsyncEngine) -> None:
    await record(engine, group(TRIP))
    shelve = Command(command="shelve", version=1, until=at(500), note="chatters")
    await obeyed(engine, NAME, shelve, Moment(at(99), by="lan"))
    for seconds, kinds in ((499, []), (500, ["returned"]), (501, [])):
        async with engine.begin() as connection:
            state = await load(connection, [], at(seconds))
            outcome = fire(state, at(seconds), Moment(at(seconds)))
            await save(connection, state, outcome, "town", at(seconds))
        assert [change.kind for change in outcome.changes] == kinds


OTHER = signal("feeder-2", 10)
SECOND = incident_id(OTHER.id)
SLOW = signal("road-1", 300, "traffic.slow")


async def members(engine: AsyncEngine, name: str) -> set[str]:
    """What the tables of signals and of groups say; they must agree."""
    async with engine.connect() as connection:
        of_signals = select(signals.c.asset).where(signals.c.incident_id == name)
        bodies = (await connection.execute(select(groups.c.body).where(groups.c.incident_id == name))).scalars()
        found = set((await connection.execute(of_signals)).scalars())
    assert {one["asset"] for body in bodies for one in body["signals"]} == found
    return found


async def stored(engine: AsyncEngine, name: str) -> Incident:
    async with engine.connect() as connection:
        body = (await connection.execute(select(incidents.c.body).where(incidents.c.id == name))).scalar_one()
    return msgspec.convert(body, Incident)


async def test_a_merge_and_its_undo_are_obeyed_by_the_recorder(engine: AsyncEngine) -> None:
    await record(engine, group(TRIP))
    await record(engine, group(OTHER), group(DARK, cause=OTHER), seconds=1)
    merged = await say(engine, SECOND, "merge", 1, incident=NAME, note="one substation")
    assert (merged.id, merged.signal_count) == (NAME, 3)
    await record(engine, group(OTHER, revision=2), group(SLOW, cause=DARK, revision=2), seconds=2)
    assert await members(engine, NAME) == {"feeder-1", "feeder-2", "lamp-1", "road-1"}
    assert (await stored(engine, SECOND)).merged_into == NAME
    await say(engine, NAME, "undo", merged.version)
    await record(engine, group(OTHER, revision=3), group(TRIP, revision=3), seconds=3)
    assert await members(engine, NAME) == {"feeder-1"}
    assert await members(engine, SECOND) == {"feeder-2", "lamp-1", "road-1"}
    async with engine.connect() as connection:
        rows = (await connection.execute(select(facts))).all()
    assert [(row.kind, row.by, row.undone_by) for row in rows] == [("together", "lan", "lan")]


async def test_a_split_is_undone_also_where_what_left_has_gone_into_another_one(engine: AsyncEngine) -> None:
    cause, other = signal("feeder-9", 5), signal("feeder-8", 6)
    await record(engine, group(cause), group(other), group(DARK))  # by its merge the id that DARK would have is taken
    await record(engine, group(DARK, cause=cause, revision=2), seconds=1)
    home = incident_id(cause.id)
    split = await say(engine, home, "split", (await stored(engine, home)).version, signals=(DARK.id,))
    await record(engine, group(DARK, cause=other, revision=3), seconds=300)
    assert (await stored(engine, incident_id(other.id))).signal_count == 2
    assert (await say(engine, home, "undo", split.version)).signal_count == 2


async def test_a_split_and_a_detached_report_stay_away_and_come_back(engine: AsyncEngine) -> None:
    report = signal("report-1", 30, "report.outage", domain="reports")
    same = (Link(kind=SAME, rule="told", cause=TRIP.id, effect=report.id),)
    await record(engine, group(TRIP, report, same=same), group(DARK, cause=TRIP))
    await say(engine, NAME, "split", 1, signals=(DARK.id,))
    after = await say(engine, NAME, "detach", 2, signals=(report.id,))
    assert await members(engine, NAME) == {"feeder-1"} and [one.command for one in after.overrules] == [
        "split",
        "detach",
    ]
    again = [group(TRIP, report, same=same, revision=2), group(DARK, cause=TRIP, revision=2), gone(report, 2)]
    await record(engine, *again, seconds=5)
    assert await members(engine, NAME) == {"feeder-1"}
    assert await members(engine, incident_id(report.id)) == {"report-1"}
    assert (await stored(engine, incident_id(DARK.id))).candidates[0].reason == "apart"
    for _ in range(2):
        await say(engine, NAME, "undo", (await stored(engine, NAME)).version)
    assert await members(engine, NAME) == {"feeder-1", "report-1", "lamp-1"}


async def test_of_two_who_reshape_at_once_one_wins(engine: AsyncEngine) -> None:
    await record(engine, group(TRIP))
    await record(engine, group(OTHER), seconds=1)
    merges = (say(engine, NAME, "merge", 1, incident=SECOND), say(engine, SECOND, "merge", 1, incident=NAME))
    answers = await asyncio.gather(*merges, return_exceptions=True)
    assert sorted(type(one).__name__ for one in answers) in (["Incident", "Invalid"], ["Incident", "Outdated"])
    assert await members(engine, NAME) == {"feeder-1", "feeder-2"}


async def test_commands_against_a_busy_recorder_lose_nothing_and_block_nobody(engine: AsyncEngine) -> None:
    """Two operators merge, split and undo while effects keep coming; whoever was too slow is told so."""
    await record(engine, group(TRIP))
    await record(engine, group(OTHER), seconds=1)
    lamps = [signal(f"lamp-{number}", 20 + number, "traffic.signal_dark") for number in range(40)]

    async def feed() -> None:
        for number, lamp in enumerate(lamps, start=2):
            await record(engine, group(lamp, cause=OTHER if number % 2 else TRIP, revision=number), seconds=number)

    async def operate(name: str, other: str) -> int:
        done = 0
        for _ in range(12):
            for verb, more in (("merge", {"incident": other}), ("undo", {}), ("acknowledge", {})):
                version = (await stored(engine, name)).version
                with suppress(CenterError):
                    await say(engine, name, verb, version, **more)
                    done += 1
        return done

    async with asyncio.timeout(60):
        _, *done = await asyncio.gather(feed(), operate(NAME, SECOND), operate(SECOND, NAME))
    assert all(done), "somebody got nothing done"
    found = [await members(engine, name) for name in (NAME, SECOND)]
    assert found[0] | found[1] == {"feeder-1", "feeder-2", *(lamp.asset for lamp in lamps)} and not found[0] & found[1]
    async with engine.connect() as connection:
        told = (await connection.execute(select(changes.c.incident_id, changes.c.version))).all()
    for name in (NAME, SECOND):
        versions = sorted(row.version for row in told if row.incident_id == name)
        assert versions == list(range(1, (await stored(engine, name)).version + 1)), "a change is missing or double"
