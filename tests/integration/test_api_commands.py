"""Commands over the API: several at once, by agency, on the shelf; what is repeated is not done twice."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from city.incidents import Moment, update
from infra.postgres.incident_store import load, save
from infra.postgres.tables import users
from schemas.ids import incident_id
from schemas.links import Explanation
from schemas.times import rfc3339
from tests.integration.api_center import NOW, Api, change, running_api
from tests.servers import Servers
from tests.truth import at, group, signal
from tests.unit.incidents.book import words


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
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


async def command(http: httpx.AsyncClient, name: str, /, **body: Any) -> httpx.Response:
    return await http.post(f"/v1/incidents/{name}/commands", json={"version": 1, **body})


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


async def test_null_for_what_a_command_has_not_is_left_out(api: Api) -> None:
    answer = await command(api.http, "inc-nowhere", command="note", note="x", signals=None, assignee=None)
    assert answer.status_code == 404, answer.text
    answer = await command(api.http, "inc-nowhere", command=None)
    assert (answer.status_code, answer.json()["field"]) == (422, "command")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"command": "acknowledge", "incidents": []}, "incidents"),
        ({"command": "acknowledge", "incidents": [{"id": "inc-1"}]}, "incidents.0.version"),
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


TRIP, DARK, OTHER = signal("feeder-1", 0), signal("lamp-1", 20, "traffic.signal_dark"), signal("feeder-2", 10)
FIRST, SECOND = incident_id(TRIP.id), incident_id(OTHER.id)


async def record(api: Api, *explanations: Explanation, seconds: float = 0) -> None:
    """As the recorder does."""
    async with api.center.engine.begin() as connection:
        state = await load(connection, explanations)
        outcome = update(state, explanations, Moment(at(seconds)), words())
        await save(connection, state, outcome, "town", at(seconds))


async def assets(api: Api, incident: str) -> set[str]:
    return {one["asset"] for one in (await api.http.get(f"/v1/incidents/{incident}/signals")).json()["items"]}


async def test_merge_split_and_their_undo_over_the_api(api: Api) -> None:
    await record(api, group(TRIP), group(DARK, cause=TRIP))
    await record(api, group(OTHER), seconds=1)
    said = await command(api.http, SECOND, command="note", note="máy cắt 478 nhảy")
    merge = {"command": "merge", "version": said.json()["version"], "incident": FIRST, "note": "một trạm"}
    headers = {"Idempotency-Key": "merge-once"}
    path = f"/v1/incidents/{SECOND}/commands"
    merged, again = [await api.http.post(path, json=merge, headers=headers) for _ in range(2)]
    assert merged.status_code == 200 and merged.json() == again.json(), merged.text
    assert again.headers["idempotent-replay"] == "true"
    after = merged.json()
    assert (after["id"], after["acted_on"], after["signal_count"]) == (FIRST, FIRST, 3)
    assert await assets(api, SECOND) == await assets(api, FIRST) == {"feeder-1", "feeder-2", "lamp-1"}
    whole = (await api.http.get(f"/v1/incidents/{FIRST}/timeline", params={"merged": True, "limit": 3})).json()
    rest = await api.http.get(f"/v1/incidents/{FIRST}/timeline", params={"merged": True, "cursor": whole["next"]})
    notes = {one["note"] for one in [*whole["items"], *rest.json()["items"]]}
    assert notes >= {"máy cắt 478 nhảy", "một trạm"}, "a merge lost a note"

    split = await command(api.http, FIRST, command="split", version=after["version"], signals=[DARK.id])
    assert split.status_code == 200, split.text
    assert [one["command"] for one in split.json()["overrules"]] == ["merge", "split"]
    assert await assets(api, FIRST) == {"feeder-1", "feeder-2"}
    first = split.json()["overrules"][0]["id"]
    undone = await command(api.http, FIRST, command="undo", version=split.json()["version"], overrule=first)
    assert undone.status_code == 200, undone.text
    assert await assets(api, FIRST) == {"feeder-1"} and await assets(api, SECOND) == {"feeder-2"}
    assert (await api.http.get(f"/v1/incidents/{SECOND}")).json()["merged_into"] is None
    stale = await command(api.http, FIRST, command="undo", version=split.json()["version"])
    assert (stale.status_code, stale.json()["current"]["version"]) == (409, undone.json()["version"])
    deeds = (await api.http.get("/v1/audit", params={"subject": FIRST})).json()["items"]
    assert [one["action"] for one in deeds] == ["incident.undo", "incident.split", "incident.merge"]
    assert deeds[2]["detail"]["incident"] == FIRST and deeds[1]["detail"]["signals"] == [DARK.id]


async def test_nobody_merges_with_what_he_may_not_see(api: Api, of_power: httpx.AsyncClient) -> None:
    answer = await command(of_power, "inc-7", command="merge", incident="inc-water")
    assert answer.status_code == 404 and (await api.http.get("/v1/incidents/inc-water")).json()["version"] == 1


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"command": "merge"}, 422, "incident"),
        ({"command": "merge", "incident": "inc-none"}, 404, None),
        ({"command": "split", "signals": ["sig-none"]}, 422, "signals"),
        ({"command": "undo"}, 422, "overrule"),
        ({"command": "undo", "version": 9}, 422, "version"),
    ],
)
async def test_what_cannot_be_reshaped_is_a_problem_that_names_the_field(
    api: Api, body: dict[str, Any], status: int, field: str | None
) -> None:
    answer = await command(api.http, "inc-8", **body)
    assert (answer.status_code, answer.json().get("field")) == (status, field)


async def test_one_incident_with_thousands_of_members_is_merged_and_acknowledged_at_once(api: Api) -> None:
    """As large as the outage of New York in 2003: 11,600 dark intersections of one substation."""
    trip, other = signal("sub-1", 0), signal("sub-2", 5)
    lamps = [signal(f"crossing-{number}", 10, "traffic.signal_dark") for number in range(11_600)]
    await record(api, group(trip), *(group(lamp, cause=trip) for lamp in lamps))
    await record(api, group(other), seconds=1)
    name = incident_id(trip.id)
    began = time.perf_counter()
    acknowledged = await command(api.http, name, command="acknowledge")
    between = time.perf_counter()
    merged = await command(api.http, name, command="merge", version=2, incident=incident_id(other.id))
    took = between - began, time.perf_counter() - between
    print(f"11,601 members: acknowledge {took[0] * 1000:.0f} ms, merge {took[1] * 1000:.0f} ms")
    assert acknowledged.status_code == 200 and merged.json()["signal_count"] == 11_602
    assert took[0] < 1 and took[1] < 20


async def test_thousands_leave_an_incident_of_thousands_and_come_back_at_once(api: Api) -> None:
    """Where each group is asked about each thing said, the split alone runs into the client's time limit.

    Seconds of processor are those of this process, so that what else runs on the machine does not count.
    """
    trip = signal("sub-3", 0)
    lamps = [group(signal(f"lamp-{number}", 10, "traffic.signal_dark"), cause=trip) for number in range(11_600)]
    await record(api, group(trip), *lamps[1:])
    name, leaving = incident_id(trip.id), [one.group for one in lamps[1:3001]]
    began = time.process_time()
    split = await command(api.http, name, command="split", version=1, signals=leaving)
    assert split.status_code == 200 and split.json()["signal_count"] == 8_600
    between = time.process_time()
    await record(api, lamps[0], seconds=1)
    then = time.process_time()
    undone = await command(api.http, name, command="undo", version=3)
    took = between - began, then - between, time.process_time() - then
    print(f"3,000 of 11,600: split {took[0]:.1f} s, one more signal {took[1]:.1f} s, undo {took[2]:.1f} s")
    assert undone.status_code == 200 and undone.json()["signal_count"] == 11_601
    assert sum(took) < 15
