"""Shift hand-over: a frozen picture of the work, which another person of the same desk accepts, once."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from infra.postgres.incident_rows import plain
from infra.postgres.tables import users, windows
from schemas.incidents import Shelved
from schemas.suppression import Match, Window
from tests.integration.api_center import NOW, PASSWORDS, Api, change, running_api
from tests.servers import Servers


@pytest.fixture
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        yield running


def shelf(hours: float) -> Shelved:
    return Shelved(by="lan", at=NOW, until=NOW + timedelta(hours=hours), reason="chờ vật tư", severity="minor")


async def have_silence(api: Api) -> None:
    silence = Window(
        id="sil-1",
        kind="silence",
        starts_at=NOW,
        ends_at=NOW + timedelta(hours=2),
        matches=(Match(kind=("traffic.slow",)),),
        owner="lan",
        reason="thi công",
    )
    row = {"id": "sil-1", "kind": "silence", "state": "active", "starts_at": NOW, "ends_at": silence.ends_at}
    await api.put(windows, row | {"revision": 1, "owner": "lan", "created_at": NOW, "body": plain(silence)})


async def test_the_next_shift_gets_three_shelved_with_owner_reason_and_end_and_must_accept(api: Api) -> None:
    await api.have(change("inc-open", 4, severity="critical", assignee="tổ 7", state="in_progress").incident)
    await api.have(change("inc-over", 4, state="resolved").incident)
    for number in (3, 1, 2):
        await api.have(change(f"inc-shelved-{number}", 2, shelved=shelf(number)).incident)
    await have_silence(api)
    leaving, coming = await api.login("operator"), await api.login("admin")
    given = await leaving.post("/v1/handovers", json={"notes": "lộ 471 chờ vật tư"})
    assert given.status_code == 201, given.text
    told: dict[str, Any] = given.json()
    snapshot = told["snapshot"]
    assert [(one["id"], one["assignee"], one["state"]) for one in snapshot["open"]] == [
        ("inc-open", "tổ 7", "in_progress")
    ]
    assert [(one["id"], one["shelved"]["by"], one["shelved"]["reason"]) for one in snapshot["shelved"]] == [
        (f"inc-shelved-{number}", "lan", "chờ vật tư") for number in (1, 2, 3)
    ]
    assert [(one["id"], one["owner"], one["reason"]) for one in snapshot["silences"]] == [("sil-1", "lan", "thi công")]
    await api.have(change("inc-later").incident)
    address = given.headers["location"]
    refused = await leaving.post(f"{address}/accept")
    assert refused.status_code == 403, "who gives cannot take"
    taken = await coming.post(f"{address}/accept", json={"note": "đã nhận"})
    assert (taken.status_code, taken.json()["accepted_by"], taken.json()["accepted_note"]) == (200, "admin", "đã nhận")
    assert taken.json()["snapshot"] == snapshot, "it is frozen"
    again = await api.http.post(f"{address}/accept", json={})
    assert (again.status_code, "admin has accepted" in again.json()["detail"]) == (409, True)
    audit = (await api.http.get("/v1/audit", params={"subject": str(told["id"])})).json()["items"]
    assert [(one["action"], one["by"]) for one in audit] == [
        ("handover.accepted", "admin"),
        ("handover.given", "operator"),
    ]
    for http in (leaving, coming):
        await http.aclose()


async def test_those_that_wait_are_listed_with_their_counts(api: Api) -> None:
    await api.have(change("inc-open").incident)
    first, second = [(await api.http.post("/v1/handovers", json={})).json()["id"] for _ in range(2)]
    admin = await api.login("admin")
    await admin.post(f"/v1/handovers/{first}/accept", json={})
    waiting = (await admin.get("/v1/handovers", params={"accepted": False})).json()["items"]
    assert [(one["id"], one["open"], one["shelved"]) for one in waiting] == [(second, 1, 0)]
    page = (await admin.get("/v1/handovers", params={"limit": 1})).json()
    assert [one["id"] for one in page["items"]] == [second]
    rest = (await admin.get("/v1/handovers", params={"cursor": page["next"]})).json()
    assert [one["id"] for one in rest["items"]] == [first]
    await admin.aclose()


async def test_an_agency_hands_over_what_it_sees_to_its_own_people(api: Api) -> None:
    await api.have(change("inc-power", agencies=("power",)).incident)
    await api.have(change("inc-water", agencies=("water",)).incident)
    hashed = PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORDS["operator"])
    row = {"password_hash": hashed, "role": "operator", "agency": "water", "created_at": NOW}
    await api.put(users, row | {"name": "thu"})
    thu = api.client()
    await thu.post("/v1/session", json={"user": "thu", "password": PASSWORDS["operator"]})
    given = (await thu.post("/v1/handovers", json={})).json()
    assert (given["agency"], [one["id"] for one in given["snapshot"]["open"]]) == ("water", ["inc-water"])
    of_center = (await api.http.post("/v1/handovers", json={})).json()["id"]
    assert (await thu.get(f"/v1/handovers/{of_center}")).status_code == 404
    assert (await api.http.post(f"/v1/handovers/{given['id']}/accept", json={})).status_code == 403
    assert [one["id"] for one in (await thu.get("/v1/handovers")).json()["items"]] == [given["id"]]
    assert (await thu.get("/v1/handovers/99999999999999999999999")).status_code == 422
    await thu.aclose()
