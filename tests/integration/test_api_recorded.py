"""People in a city of recordings: what they do is recorded by the wall clock and timed by that of the recording."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from city.incidents.due import REOPENS_FOR
from infra.cities.folder import shipped
from infra.clock import utc_now
from infra.kafka.clients import consumer
from infra.postgres.clocks import move_clock
from infra.postgres.tables import changes, incidents, reference
from schemas.assets import City
from schemas.backtests import Proposal
from schemas.times import rfc3339
from schemas.topics import REPORTS_BY_HAND, SIGNAL_PARTITIONS
from tests.integration.api_center import Api, change, reference_row, running_api
from tests.servers import Servers

THEN = datetime(2016, 12, 17, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        city = City(id="c", name="C", name_vi="C", time_zone="Asia/Shanghai", clock="events")
        await running.put(reference, reference_row("cities", "c", city))
        for name in ("inc-1", "inc-2"):
            await running.have(change(name).incident)
        async with running.center.engine.begin() as connection:
            for partition in range(SIGNAL_PARTITIONS):
                await move_clock(connection, partition, THEN)
        yield running


async def command(api: Api, name: str, **body: Any) -> Any:
    answer = await api.http.post(f"/v1/incidents/{name}/commands", json={"version": 1, **body})
    return answer.status_code, answer.json()


async def due(api: Api, name: str) -> datetime:
    """When the recorder looks at it next, event time."""
    async with api.center.engine.connect() as connection:
        query = select(incidents.c.due_at).where(incidents.c.id == name)
        found: datetime = (await connection.execute(query)).scalar_one()
    return found


async def recorded(api: Api, name: str) -> datetime:
    async with api.center.engine.connect() as connection:
        query = select(changes.c.at).where(changes.c.incident_id == name).order_by(changes.c.version.desc()).limit(1)
        found: datetime = (await connection.execute(query)).scalar_one()
    return found


async def test_what_a_person_resolves_closes_a_day_later_by_the_recording(api: Api) -> None:
    status, after = await command(api, "inc-1", command="resolve")
    assert (status, msgspec.convert(after["resolved_at"], datetime)) == (200, THEN)
    assert await due(api, "inc-1") == THEN + REOPENS_FOR
    assert utc_now() - await recorded(api, "inc-1") < HOUR, "the timeline has the wall clock"


async def test_what_a_person_shelves_comes_back_by_the_recording(api: Api) -> None:
    said = {"command": "shelve", "note": "spare part on its way"}
    for wrong in (THEN - HOUR, utc_now() + HOUR):
        status, problem = await command(api, "inc-2", **said, until=wrong.isoformat())
        assert (status, problem["field"]) == (422, "until")
    status, after = await command(api, "inc-2", **said, until=(THEN + HOUR).isoformat())
    assert status == 200 and after["shelved"], after
    assert await due(api, "inc-2") == THEN + HOUR


async def test_an_incident_by_hand_happens_in_the_recording(api: Api) -> None:
    """Its time moves the clock of the city: at that of the wall all that is still to be played would be late."""
    body = {"category": "smoke", "lon": 116.4, "lat": 39.9, "text": "khói"}
    event = (await api.http.post("/v1/incidents", json=body)).json()["event"]
    reads = consumer(api.center.settings.kafka_bootstrap, REPORTS_BY_HAND)
    await reads.start()
    values = [record.value for batch in (await reads.getmany(timeout_ms=5000)).values() for record in batch]
    await reads.stop()
    (mine,) = [msgspec.json.decode(value) for value in values if event.encode() in value]
    assert msgspec.convert(mine["time"], datetime) == THEN


async def test_a_shift_hands_over_the_silences_and_works_of_the_recording(api: Api) -> None:
    silence = await made(api, "silences", 1, match={"asset": ["f-1"]})
    soon, later = [await made(api, "works", hours, kind="roadworks", assets=["r-1"]) for hours in (23, 25)]
    told = (await api.http.post("/v1/handovers", json={})).json()["snapshot"]
    assert [[one["id"] for one in told[name]] for name in ("silences", "works")] == [[silence], [soon]], later


async def test_a_trial_of_the_last_day_is_of_the_last_day_of_the_recording(api: Api) -> None:
    body = {"domains": [msgspec.to_builtins(shipped().domains["traffic"])]}
    answer = await api.http.post("/v1/backtests", json=body)
    assert answer.status_code == 202, answer.text
    tried = msgspec.convert(answer.json()["proposal"], Proposal)
    assert (tried.start, tried.to) == (THEN - 24 * HOUR, THEN)


async def made(api: Api, what: str, hours: float, **wish: Any) -> str:
    """The id of a silence or works to begin so many hours from THEN."""
    said = {"from": rfc3339(THEN + hours * HOUR), "to": rfc3339(THEN + 40 * HOUR), "reason": "thử"}
    answer = await api.http.post(f"/v1/{what}", json=said | wish)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])
