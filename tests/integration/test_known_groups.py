"""What the recorder knows of groups it has read is what stands in a real PostgreSQL, whoever wrote it since."""

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import event, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from city.incidents import Moment, State, update
from infra.postgres.incident_store import load, save
from infra.postgres.known_groups import KnownGroups, known_on
from infra.postgres.names import Names, among, not_among
from infra.postgres.tables import groups
from schemas.links import Explanation
from tests.integration.commanding import DARK, NAME, TRIP, say
from tests.truth import at, group, signal
from tests.unit.incidents.book import words

LAMPS = [group(signal(f"lamp-{number}", number + 1, "traffic.signal_dark"), cause=TRIP) for number in range(9)]


@pytest.fixture
def statements(engine: AsyncEngine) -> Iterator[list[str]]:
    """What PostgreSQL is asked, in order."""
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine.sync_engine, "before_cursor_execute", note)


async def _keep(connection: AsyncConnection, *told: Explanation, known: KnownGroups | None = None) -> None:
    state = await load(connection, told, None, known)
    await save(connection, state, update(state, told, Moment(at(0)), words()), "town", at(0))


async def _loaded(engine: AsyncEngine, known: KnownGroups | None) -> State:
    async with engine.connect() as connection:
        return await load(connection, [group(TRIP, revision=9)], None, known)


def _bodies(asked: list[str]) -> int:
    return sum("groups.body" in one for one in asked)


async def test_only_what_was_written_since_is_read_again(engine: AsyncEngine, statements: list[str]) -> None:
    known = KnownGroups()
    async with engine.begin() as connection:
        await _keep(connection, group(TRIP), *LAMPS)
    first = await _loaded(engine, known)
    assert len(first.groups) == 10 and first == await _loaded(engine, None)
    statements.clear()
    assert await _loaded(engine, known) == first
    assert _bodies(statements) == 0
    again = msgspec.structs.replace(LAMPS[3], revision=2, opens=False)
    async with engine.begin() as connection:
        await _keep(connection, again)
    after = await _loaded(engine, known)
    assert after == await _loaded(engine, None)
    assert after.groups[again.group] == again


async def test_what_people_do_to_a_group_is_seen(engine: AsyncEngine) -> None:
    known = KnownGroups()
    async with engine.begin() as connection:
        await _keep(connection, group(TRIP, DARK))
    before = await _loaded(engine, known)
    await say(engine, NAME, "detach", 1, signals=(DARK.id,))
    after = await _loaded(engine, known)
    assert after == await _loaded(engine, None)
    assert before.groups[TRIP.id].signals == (TRIP, DARK) and after.groups[TRIP.id].signals == (TRIP,)


async def test_of_what_one_transaction_wrote_twice_the_last_is_known(engine: AsyncEngine) -> None:
    known = KnownGroups()
    async with engine.begin() as connection:
        await _keep(connection, group(TRIP), known=known)
        await _keep(connection, group(TRIP, revision=2, opens=False), known=known)
        await load(connection, [group(TRIP)], None, known)
        await _keep(connection, group(TRIP, revision=3), known=known)
    after = await _loaded(engine, known)
    assert after == await _loaded(engine, None)
    assert after.groups[TRIP.id].revision == 3


async def test_what_was_taken_back_is_not_known(engine: AsyncEngine) -> None:
    known = KnownGroups()
    async with engine.begin() as connection:
        await _keep(connection, group(TRIP), known=known)
    async with engine.connect() as connection:
        await _keep(connection, group(TRIP, revision=2, opens=False), known=known)
        await load(connection, [group(TRIP)], None, known)
        await connection.rollback()
    assert (await _loaded(engine, known)).groups[TRIP.id] == group(TRIP)


async def test_a_new_connection_forgets_and_few_are_kept(engine: AsyncEngine, statements: list[str]) -> None:
    async with engine.begin() as connection:
        await _keep(connection, group(TRIP), *LAMPS)
    known = known_on(engine)
    await _loaded(engine, known)
    await engine.dispose()
    statements.clear()
    assert len((await _loaded(engine, known)).groups) == 10
    assert _bodies(statements) == 1
    few = KnownGroups(most=4)
    await _loaded(engine, few)
    statements.clear()
    assert await _loaded(engine, few) == await _loaded(engine, None)
    assert _bodies(statements) == 2


async def test_names_are_found_whatever_is_written_in_them(engine: AsyncEngine) -> None:
    names = ["plain", 'a "quoted" one', "back\\slash", "{a,b}", "NULL", "", " ", "new\nline", "Lộ 473", "'; DROP --"]
    async with engine.begin() as connection:
        assert set((await connection.execute(select(literal(names, Names())))).scalar_one()) == set(names)
        for name in names:
            await connection.execute(groups.insert().values(id=name, region="city", revision=1, body={}))
        ids = select(groups.c.id)
        assert set((await connection.execute(ids.where(among(groups.c.id, names)))).scalars()) == set(names)
        assert set((await connection.execute(ids.where(not_among(groups.c.id, names[1:])))).scalars()) == {"plain"}
        assert (await connection.execute(ids.where(among(groups.c.id, ())))).all() == []
        assert len((await connection.execute(ids.where(not_among(groups.c.id, ())))).all()) == len(names)


async def test_what_is_forgotten_while_it_is_read_is_whole_and_not_kept(
    engine: AsyncEngine, statements: list[str]
) -> None:
    async with engine.begin() as connection:
        await _keep(connection, group(TRIP), *LAMPS)
    known = KnownGroups()
    await _loaded(engine, known)
    async with engine.begin() as connection:
        await _keep(connection, msgspec.structs.replace(LAMPS[3], revision=2, opens=False))

    def reconnected(_: object, __: object, statement: str, *___: object) -> None:
        if "groups.body" in statement:
            known.forget()

    event.listen(engine.sync_engine, "before_cursor_execute", reconnected)
    during = await _loaded(engine, known)
    event.remove(engine.sync_engine, "before_cursor_execute", reconnected)
    statements.clear()
    assert await _loaded(engine, known) == during
    assert _bodies(statements) == 1
    assert during == await _loaded(engine, None)
