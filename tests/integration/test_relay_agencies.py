"""What an agency's own topic carries, and what is forgotten after 30 days."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from city.incidents import Command, Moment
from infra.kafka.clients import consumer
from infra.postgres import publishing
from infra.postgres.engine import connect
from infra.postgres.reference import CITY, Write, put_reference
from infra.postgres.tables import outbox
from schemas.ids import incident_id
from schemas.topics import CHANGES, INCIDENTS, agency_topic
from tests.integration.commanding import NAME, TRIP, command, obeyed, record, say
from tests.servers import Servers
from tests.truth import START, Town, group, send, sender, signal

AGENCY = "evn-seen"
BODY = {
    "id": "town",
    "name": "Town",
    "name_vi": "Phố",
    "time_zone": "Asia/Ho_Chi_Minh",
    "agencies": [{"id": AGENCY, "name": "Power", "topic": True}, {"id": "police", "name": "Police"}],
}


async def test_an_agency_reads_the_incidents_that_name_it_and_no_others(servers: Servers) -> None:
    town = Town(servers)
    engine = connect(town.database_url)
    async with engine.begin() as connection:
        await put_reference(connection, Write("cities", "town", BODY, CITY), "test", START)
    mine, other = signal("agency-feeder", 0, agency=AGENCY), signal("agency-lamp", 0, agency="police")
    with town.running("recorder", "relay"):
        async with sender(town.kafka) as to:
            await send(to, [group(other), group(mine)])
            reader = consumer(
                town.kafka, agency_topic(AGENCY), isolation_level="read_committed", metadata_max_age_ms=500
            )
            await reader.start()
            record = await asyncio.wait_for(reader.getone(), 60)
            await reader.stop()
    assert (record.key.decode(), json.loads(record.value)["data"]["agencies"]) == (incident_id(mine.id), [AGENCY])
    await engine.dispose()


async def test_an_incident_that_left_an_agency_is_gone_from_its_topic_until_it_names_it_again(
    servers: Servers,
) -> None:
    town, agency = Town(servers), "transport-left"
    engine = connect(town.database_url)
    async with engine.begin() as connection:
        agencies = [{"id": agency, "name": "Transport", "topic": True}, {"id": "police", "name": "Police"}]
        await put_reference(connection, Write("cities", "town", {**BODY, "agencies": agencies}, CITY), "test", START)
    trip = signal("left-feeder", agency="police")
    dark = signal("left-lamp", 20, "traffic.signal_dark", agency=agency)
    name, split_off = incident_id(trip.id), incident_id(dark.id)
    reader = consumer(town.kafka, agency_topic(agency), isolation_level="read_committed", metadata_max_age_ms=500)
    told = []
    with town.running("recorder", "relay"):
        async with sender(town.kafka) as to:
            await send(to, [group(trip), group(dark, cause=trip)])
            await reader.start()
            async with asyncio.timeout(60):
                told.append(await reader.getone())
                await say(engine, name, "split", 1, signals=(dark.id,))
                told += [await reader.getone(), await reader.getone()]
                await send(to, [group(signal("left-sign", 40, "traffic.signal_dark", agency=agency), cause=trip)])
                while (told[-1].key.decode(), told[-1].value is None) != (name, False):
                    told.append(await reader.getone())
    await reader.stop()
    await engine.dispose()
    first, *split = [(record.key.decode(), record.value is None) for record in told[:3]]
    assert first == (name, False)
    assert sorted(split) == sorted([(split_off, False), (name, True)])


async def test_scenario_13_an_exercise_marks_its_changes_and_reaches_no_agency(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOC_EXERCISE", "Diễn tập 2026-11")
    town, agency, drill = Town(servers), "evn-drill", signal("drill-feeder", 0, agency="evn-drill")
    engine = connect(town.database_url)
    async with engine.begin() as connection:
        body = {**BODY, "agencies": [{"id": agency, "name": "Power", "topic": True}]}
        await put_reference(connection, Write("cities", "town", body, CITY), "test", START)
    reader = consumer(town.kafka, CHANGES, INCIDENTS, isolation_level="read_committed")
    told: dict[str, dict[str, object]] = {}
    with town.running("recorder", "relay"):
        async with sender(town.kafka) as to:
            await send(to, [group(drill)])
            await reader.start()
            async with asyncio.timeout(60):
                while told.keys() != {CHANGES, INCIDENTS}:
                    record = await reader.getone()
                    if record.key == incident_id(drill.id).encode():
                        told[record.topic] = json.loads(record.value)
    there = await reader.topics()
    await reader.stop()
    assert {event["exercise"] for event in told.values()} == {"Diễn tập 2026-11"}
    assert told[INCIDENTS]["data"]["agencies"] == [agency]  # type: ignore[index]
    assert agency_topic(agency) not in there
    await engine.dispose()


async def test_an_incident_that_ended_a_month_ago_gets_one_tombstone(servers: Servers) -> None:
    town = Town(servers)
    engine = connect(town.database_url)
    await record(engine, group(TRIP))
    await command(engine, NAME, "close", 1)
    async with engine.begin() as connection:
        assert await publishing.forget(connection, START + timedelta(days=29)) == 0
        assert await publishing.forget(connection, START + timedelta(days=31)) == 1
        assert await publishing.forget(connection, START + timedelta(days=32)) == 0
        rows = (await connection.execute(select(outbox).where(outbox.c.value.is_(None)))).all()
        assert [(row.topic, row.key) for row in rows] == [(INCIDENTS, NAME)]
    noted = Moment(START + timedelta(days=40), by="lan")
    await obeyed(engine, NAME, Command(command="note", version=2, note="cable replaced"), noted)
    async with engine.begin() as connection:  # which brought it back into the log
        assert await publishing.forget(connection, START + timedelta(days=69)) == 0
        assert await publishing.forget(connection, START + timedelta(days=71)) == 1
    await engine.dispose()
