"""Commands over the API: several at once, by agency, on the shelf; what is repeated is not done twice."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from infra.postgres.tables import users
from schemas.times import rfc3339
from tests.integration.api_center import NOW, Api, change, running_api
from tests.servers import Servers


@pytest.fixture(scope="module")
async def api(servers: Servers) -> AsyncIterator[Api]:
    async with running_api(servers) as running:
        for number in range(1, 10):
            await running.have(change(f"inc-{number}", agencies=("power", "transport")).incident)
        await running.have(change("inc-water", agencies=("water",)).incident)
        hashed = PasswordHasher(time_cost=1, memory_cost=1024).hash("v0ltage")
        person = {"name": "pham", "password_hash": hashed, "role": "operator", "agency": "power", "created_at": NOW}
        await running.put(users, person)
        yield running


@pytest.fixture(scope="module")
async def of_power(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with api.client() as http:
        await http.post("/v1/session", json={"user": "pham", "password": "v0ltage"})
        yield http


async def command(http: httpx.AsyncClient, incident: str, **body: Any) -> httpx.Response:
    return await http.post(f"/v1/incidents/{incident}/commands", json={"version": 1, **body})


async def listed(api: Api, **query: Any) -> set[str]:
    return {one["id"] for one in (await api.http.get("/v1/incidents", params=query)).json()["items"]}


async def test_one_command_for_several_incidents_has_a_result_for_each(api: Api) -> None:
    await command(api.http, "inc-2", command="take")
    targets = [{"id": f"inc-{name}", "version": 1} for name in ("1", "2", "nowhere", "3")]
    body = {"command": "assign", "assignee": "tổ 7", "incidents": targets}
    answers = [
        (await api.http.post("/v1/incidents/commands", json=body, headers={"Idempotency-Key": "many"})).json()
        for _ in range(2)
    ]
    assert [(one["id"], one["status"]) for one in answers[0]["results"]] == [
        ("inc-1", 200),
        ("inc-2", 409),
        ("inc-nowhere", 404),
        ("inc-3", 200),
    ]
    assert answers[0]["results"][0]["incident"]["assignee"] == "tổ 7"
    assert answers[0]["results"][1]["problem"]["current"]["assignee"] == "integrator"
    assert [one.get("incident") for one in answers[1]["results"]] == [
        one.get("incident") for one in answers[0]["results"]
    ], "a repeat did something"
    timeline = (await api.http.get("/v1/incidents/inc-1/timeline")).json()["items"]
    assert [(one["command"], one["by"]) for one in timeline] == [("assign", "integrator")]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"command": "acknowledge", "incidents": []}, "incidents"),
        ({"command": "acknowledge", "incidents": [{"id": "inc-1"}]}, "incidents[0].version"),
    ],
)
async def test_what_is_no_list_of_incidents_is_refused_whole(api: Api, body: dict[str, Any], field: str) -> None:
    answer = await api.http.post("/v1/incidents/commands", json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_what_reshapes_is_for_one_incident_at_a_time(api: Api) -> None:
    body = {"command": "merge", "incidents": [{"id": "inc-1", "version": 1}]}
    (result,) = (await api.http.post("/v1/incidents/commands", json=body)).json()["results"]
    assert (result["status"], result["problem"]["field"]) == (422, "command")


async def test_an_agency_acknowledges_its_part_of_several_and_nothing_of_others(
    api: Api, of_power: httpx.AsyncClient
) -> None:
    targets = [{"id": "inc-4", "version": 1}, {"id": "inc-water", "version": 1}]
    body = {"command": "acknowledge", "incidents": targets}
    mine, other = (await of_power.post("/v1/incidents/commands", json=body)).json()["results"]
    assert mine["incident"]["state"] == "open" and other["status"] == 404
    assert [(one["agency"], one["by"]) for one in mine["incident"]["acknowledgements"]] == [("power", "pham")]
    after = (await command(api.http, "inc-4", command="acknowledge", version=2)).json()
    assert (after["state"], after["acknowledged_by"]) == ("acknowledged", "integrator")


async def test_shelved_incidents_are_listed_with_owner_reason_and_end(api: Api) -> None:
    until = rfc3339(NOW + timedelta(hours=4))
    answer = await command(api.http, "inc-5", command="shelve", until=until, note="chờ vật tư")
    assert answer.status_code == 200, answer.text
    page = (await api.http.get("/v1/incidents", params={"shelved": True})).json()["items"]
    assert [(one["id"], one["shelved"]["by"], one["shelved"]["reason"]) for one in page] == [
        ("inc-5", "integrator", "chờ vật tư")
    ]
    assert "inc-5" not in await listed(api, shelved=False) and "inc-5" in await listed(api)
    assert (await command(api.http, "inc-5", command="unshelve", version=2)).json()["shelved"] is None
    assert await listed(api, shelved=True) == set()


async def test_a_severity_with_its_reason_and_a_note_with_its_address_are_in_the_audit(api: Api) -> None:
    first = await command(api.http, "inc-6", command="severity", severity="critical", note="bệnh viện")
    assert (first.json()["severity"], first.json()["override"]["judged"]) == ("critical", "major")
    address = "https://files.example.org/1.jpg"
    await command(api.http, "inc-6", command="note", version=2, note="ảnh hiện trường", attachment=address)
    deeds = (await api.http.get("/v1/audit", params={"subject": "inc-6"})).json()["items"]
    assert [(one["action"], one["by"]) for one in deeds] == [
        ("incident.note", "integrator"),
        ("incident.severity", "integrator"),
    ]
    assert deeds[0]["detail"]["attachment"] == address and deeds[1]["detail"]["severity"] == "critical"
    assert all(one["address"] == "127.0.0.1" for one in deeds)
