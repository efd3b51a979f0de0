"""An escalation in the truth: the recorder's tick finds it due, an acknowledgement over the API ends it."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from city.incidents import Moment, fire, update
from city.incidents.deadlines import DEFAULTS
from infra.postgres.incident_store import load, save
from infra.postgres.tables import reference
from schemas.assets import City, Deadlines
from schemas.ids import incident_id
from schemas.links import Explanation
from tests.integration.api_center import NOW, Api, reference_row, running_api
from tests.servers import Servers
from tests.truth import group, signal
from tests.unit.incidents.book import words

TRIP = signal("feeder-1", 0)
NAME = incident_id(TRIP.id)


@pytest.fixture
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        yield running


async def record(api: Api, now: datetime, *explanations: Explanation) -> list[str]:
    """A batch with its tick, as the recorder applies it; the kinds of its changes."""
    moment = Moment(now, deadlines=DEFAULTS)
    async with api.center.engine.begin() as connection:
        state = await load(connection, explanations, now)
        outcome = update(state, explanations, moment, words())
        outcome = outcome.then(fire(state.after(outcome), now, moment))
        await save(connection, state, outcome, "town", now)
    return [change.kind for change in outcome.changes]


async def test_what_nobody_acknowledges_escalates_until_somebody_does(api: Api) -> None:
    assert await record(api, NOW, group(TRIP)) == ["opened"]
    assert await record(api, NOW + timedelta(seconds=299)) == []
    assert await record(api, NOW + timedelta(seconds=300)) == ["escalated"]
    timeline = (await api.http.get(f"/v1/incidents/{NAME}/timeline")).json()["items"]
    assert (timeline[-1]["kind"], timeline[-1]["deadline"], timeline[-1]["level"]) == ("escalated", "acknowledge", 1)
    told = await api.http.post(f"/v1/incidents/{NAME}/commands", json={"command": "acknowledge", "version": 1})
    assert (told.status_code, told.json()["acknowledge_due"]) == (200, None), told.text
    assert await record(api, NOW + timedelta(seconds=900)) == []


async def test_a_command_knows_the_deadlines_of_the_city(api: Api) -> None:
    city = City(id="town", name="T", name_vi="T", time_zone="UTC", deadlines={"major": Deadlines(acknowledge_s=7)})
    await api.put(reference, reference_row("cities", "town", city))
    await record(api, NOW, group(TRIP))
    for number, verb in enumerate(("resolve", "reopen"), 1):
        asked = {"command": verb, "version": number, "note": "still dark"}
        told = (await api.http.post(f"/v1/incidents/{NAME}/commands", json=asked)).json()
    due, updated = (datetime.fromisoformat(text) for text in (told["acknowledge_due"]["at"], told["updated_at"]))
    assert due - updated == timedelta(seconds=7)
