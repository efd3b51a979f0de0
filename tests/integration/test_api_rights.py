"""What the API does once, for whom, and leaves a trace of: repeats, audit, agencies, edits taken back, performance."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from hashlib import sha256
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

import httpx
import pytest
from argon2 import PasswordHasher

from infra.cities.folder import shipped
from infra.postgres.incident_rows import plain
from infra.postgres.tables import changes, incidents, reference, users
from schemas.assets import Asset
from schemas.incidents import LIVE_STATES
from schemas.reference import ApiKey
from services.api import keys
from services.api.live import session
from tests.integration.api_center import (
    KEY,
    NOW,
    READING_KEY,
    Api,
    change,
    change_row,
    have_outage,
    reference_row,
    running_api,
)
from tests.integration.frames import first, socket, sse
from tests.servers import Servers
from tests.waiting import eventually

MANY, ASSETS = 500, 1169
SCADA = ("scada-of-power", "scada-of-water")


def named_scada(secret: str, agency: str) -> ApiKey:
    hashed = sha256(secret.encode()).hexdigest()
    return ApiKey(id=secret, sha256=hashed, roles=("operator",), name="SCADA", agency=agency)


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        await have_outage(running, "inc-outage")
        await running.have(change("inc-repeat").incident)
        for name, agencies in (("inc-power", ("power", "transport")), ("inc-water", ("water",))):
            await running.have(change(name, agencies=agencies).incident)
        hashed = PasswordHasher(time_cost=1, memory_cost=1024).hash("w4ter")
        await running.put(
            reference, *(reference_row("keys", one, named_scada(one, one.split("-")[-1])) for one in SCADA)
        )
        await running.put(
            users, {"name": "lan", "password_hash": hashed, "role": "operator", "agency": "water", "created_at": NOW}
        )
        yield running


@pytest.fixture(scope="module")
async def of_water(api: Api) -> AsyncIterator[httpx.AsyncClient]:
    async with api.client() as http:
        answer = await http.post("/v1/session", json={"user": "lan", "password": "w4ter"})
        assert answer.json()["agency"] == "water"
        yield http


async def audited(api: Api, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.http.get("/v1/audit", params=query)).json()["items"]
    return found


async def test_a_screen_logs_in_with_a_key_that_may_only_look(api: Api) -> None:
    async with api.client() as screen:
        assert (await screen.post("/v1/session/screen", json={"key": KEY})).status_code == 401
        assert (await screen.get("/v1/session")).json()["name"] is None
        opened = await screen.post("/v1/session/screen", json={"key": READING_KEY})
        assert (opened.status_code, opened.json()["roles"]) == (200, ["viewer"])
        assert "httponly" in opened.headers["set-cookie"].lower()
        assert (await screen.get("/v1/incidents/inc-repeat")).status_code == 200
        said = {"command": "note", "version": 1, "note": "?"}
        assert (await screen.post("/v1/incidents/inc-repeat/commands", json=said)).status_code == 403
    async with api.client() as forged:
        answer = await forged.get("/v1/incidents/inc-repeat", headers={"Cookie": f"soc_session=key:{KEY}"})
        assert answer.status_code == 401


async def test_an_admin_makes_a_key_that_counts_and_ends_it(api: Api) -> None:
    wish = {"name": "Wall", "roles": ["viewer"]}
    async with aclosing(await api.login("admin")) as admin:
        made = await admin.post("/v1/keys", json=wish)
        assert (made.status_code, made.json()["name"], made.json()["roles"]) == (201, "Wall", ["viewer"])
        secret, name = made.json()["secret"], made.json()["id"]
        for wrong in ({"roles": ["king"]}, {"agency": "nobody"}):
            assert (await admin.post("/v1/keys", json={**wish, **wrong})).json()["field"] == next(iter(wrong))
        listed = (await admin.get("/v1/keys")).json()["items"]
        assert {"id": name, "name": "Wall", "roles": ["viewer"], "agency": None} in listed
        assert secret not in json.dumps(listed)
        async with api.client() as wall:
            bearer = {"Authorization": f"Bearer {secret}"}

            async def counts() -> bool:
                return (await wall.get("/v1/incidents", headers=bearer)).status_code == 200

            await eventually(counts, "the key counts")
            assert (await wall.post("/v1/session/screen", json={"key": secret})).status_code == 200
            assert (await wall.get("/v1/session")).json()["roles"] == ["viewer"]
            assert (await admin.delete(f"/v1/keys/{name}")).status_code == 200

            async def is_refused() -> bool:
                return (await wall.get("/v1/incidents", headers=bearer)).status_code == 401

            await eventually(is_refused, "the revoked key is refused")
            assert (await wall.get("/v1/session")).json()["name"] is None, "and so is the screen that it opened"
        assert (await admin.delete(f"/v1/keys/{name}")).status_code == 404
    assert [one["action"] for one in await audited(api, subject=name)] == ["key.revoked", "key.made"]
    async with aclosing(await api.login("operator")) as operator:
        assert (await operator.get("/v1/keys")).status_code == 403


async def test_an_admin_adds_a_person_changes_and_shuts_out(api: Api) -> None:
    wish = {"name": "minh", "role": "operator", "password": "a long enough one"}
    async with aclosing(await api.login("admin")) as admin, api.client() as minh:
        for wrong, field in (
            ({"role": "king"}, "role"),
            ({"agency": "nobody"}, "agency"),
            ({"password": "short"}, "password"),
            ({"name": " "}, "name"),
        ):
            answer = await admin.post("/v1/users", json=wish | wrong)
            assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
        made = await admin.post("/v1/users", json=wish)
        assert (made.status_code, made.json()["role"], made.json()["agency"]) == (201, "operator", None), made.text
        assert (await admin.post("/v1/users", json=wish)).status_code == 409
        signing_in = {"user": "minh", "password": wish["password"]}
        assert (await minh.post("/v1/session", json=signing_in)).status_code == 200
        (found,) = (one for one in (await admin.get("/v1/users")).json()["items"] if one["name"] == "minh")
        assert found["sessions"] == 1 and "password" not in json.dumps(found)
        assert (await minh.get("/v1/users")).status_code == 403
        raised = await admin.patch("/v1/users/minh", json={"role": "supervisor"})
        assert (raised.json()["role"], raised.json()["sessions"]) == ("supervisor", 0)
        assert (await minh.get("/v1/incidents")).status_code == 401, "another role begins with a session of its own"
        out = await admin.patch("/v1/users/minh", json={"enabled": False, "password": "yet another long one"})
        assert out.json()["disabled_at"] is not None
        signing_in["password"] = "yet another long one"
        assert (await minh.post("/v1/session", json=signing_in)).status_code == 401
        await admin.patch("/v1/users/minh", json={"enabled": True})
        assert (await minh.post("/v1/session", json=signing_in)).status_code == 200
        assert (await admin.patch("/v1/users/nobody", json={})).status_code == 404
    deeds = await audited(api, subject="minh", action="user.")
    assert [one["action"] for one in deeds] == ["user.changed"] * 3 + ["user.added"]
    assert deeds[1]["detail"] == {"enabled": False, "password": "another one"}


async def test_whoever_writes_letters_and_marks_apart_is_the_same_person(api: Api) -> None:
    name, password = "Nguyễn Văn Ân", "mật khẩu đủ dài"
    apart = {"user": normalize("NFD", name), "password": normalize("NFD", password)}
    async with aclosing(await api.login("admin")) as admin, api.client() as person:
        wish = {"name": apart["user"], "role": "viewer", "password": apart["password"]}
        assert (await admin.post("/v1/users", json=wish)).json()["name"] == name
        assert (await admin.post("/v1/users", json=wish | {"name": name})).status_code == 409
        for signing_in in (apart, {"user": name, "password": password}):
            assert (await person.post("/v1/session", json=signing_in)).status_code == 200
        assert (await admin.patch(f"/v1/users/{quote(apart['user'])}", json={"enabled": False})).json()["name"] == name


@pytest.mark.parametrize("wish", [{"role": "viewer"}, {"enabled": False}])
async def test_the_last_admin_stays_one(api: Api, wish: dict[str, Any]) -> None:
    async with aclosing(await api.login("admin")) as admin:
        answer = await admin.patch("/v1/users/admin", json=wish)
        assert (answer.status_code, answer.json()["field"]) == (409, "role"), answer.text
        assert (await admin.get("/v1/users")).status_code == 200, "and stays signed in"


async def test_the_audit_is_asked_by_action_and_time_and_is_a_table_too(api: Api) -> None:
    async with aclosing(await api.login("admin")):
        pass
    opened = await audited(api, action="session.", by="admin")
    assert opened and {one["action"] for one in opened} == {"session.opened"}
    assert await audited(api, action="session") == [], "a whole name"
    newest = opened[0]
    assert newest not in await audited(api, until=newest["at"])
    assert newest in await audited(api, since=newest["at"])
    table = await api.http.get("/v1/audit", params={"format": "csv", "action": "session.opened", "limit": "1"})
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    head, line = table.content.decode("utf-8-sig").splitlines()
    assert head == "id,at,by,address,action,subject,detail"
    number, at, by = line.split(",")[:3]
    assert (number, at[:19], by) == (str(newest["id"]), newest["at"][:19], "admin")
    assert (await api.http.get("/v1/audit", params={"since": "2026-11-28T07:00:00"})).json()["field"] == "since"


async def test_concurrent_repeats_of_one_idempotency_key_run_once(api: Api) -> None:
    headers, body = {"Idempotency-Key": "once"}, {"command": "note", "version": 1, "note": "đã gọi"}
    path = "/v1/incidents/inc-repeat/commands"
    answers = await asyncio.gather(*(api.http.post(path, json=body, headers=headers) for _ in range(6)))
    assert [one.status_code for one in answers] == [200] * 6
    assert len({one.content for one in answers}) == 1
    assert sorted(one.headers.get("idempotent-replay", "") for one in answers) == ["", *["true"] * 5]
    timeline = (await api.http.get("/v1/incidents/inc-repeat/timeline")).json()["items"]
    assert [one["note"] for one in timeline] == ["đã gọi"]
    assert len(await audited(api, subject="inc-repeat")) == 1


async def test_a_key_that_came_with_another_command_is_refused(api: Api) -> None:
    headers, path = {"Idempotency-Key": "one of mine"}, "/v1/incidents/inc-power/commands"
    first = {"command": "note", "version": 1, "note": "đã gọi"}
    assert (await api.http.post(path, json=first, headers=headers)).status_code == 200
    for other in ({"command": "take", "version": 1}, first | {"note": "chưa gọi"}):
        answer = await api.http.post(path, json=other, headers=headers)
        assert (answer.status_code, answer.json()["field"]) == (422, "Idempotency-Key"), answer.text
    again = await api.http.post(path, json=first, headers=headers)
    assert (again.status_code, again.headers.get("idempotent-replay")) == (200, "true")


async def test_an_incident_by_hand_is_repeated_with_its_key_and_no_other_is(api: Api) -> None:
    headers = {"Idempotency-Key": "one of mine"}
    first = {"category": "crash", "lon": 106.67, "lat": 10.98, "text": "hai xe tải"}
    answers = [await api.http.post("/v1/incidents", json=first, headers=headers) for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202], answers[0].text
    assert answers[0].content == answers[1].content
    assert [one.headers.get("idempotent-replay") for one in answers] == [None, "true"]
    event = answers[0].json()["event"]
    assert [line["subject"] for line in await audited(api, action="incident.by_hand")] == [event]
    other = await api.http.post("/v1/incidents", json=first | {"text": "ba xe tải"}, headers=headers)
    assert (other.status_code, other.json()["field"]) == (422, "Idempotency-Key"), other.text


async def test_keys_of_one_name_count_their_requests_apart(api: Api) -> None:
    await api.have(change("inc-grid", agencies=("power",)).incident)
    report = {"category": "flood", "lon": 106.67, "lat": 10.98, "text": "ngập nửa bánh xe"}
    answers = [await reported_and_noted(api, secret, report, "inc-grid") for secret in SCADA]
    assert [[one.status_code for one in both] for both in answers] == [[202, 200], [202, 404]]
    assert len({told.json()["event"] for told, _ in answers}) == 2


async def test_a_repeat_is_not_told_what_went_out_of_sight(api: Api) -> None:
    await api.have(change("inc-leaving", agencies=("water",)).incident)
    _, first = await reported_and_noted(api, SCADA[1], {}, "inc-leaving")
    leaving = incidents.update().where(incidents.c.id == "inc-leaving").values(agencies=["power"])
    async with api.center.engine.begin() as connection:
        await connection.execute(leaving)
    _, again = await reported_and_noted(api, SCADA[1], {}, "inc-leaving")
    assert (first.status_code, again.status_code) == (200, 404)


async def reported_and_noted(
    api: Api, secret: str, report: dict[str, Any], incident: str
) -> tuple[httpx.Response, httpx.Response]:
    """The answers to a report and to a note, both under the same `Idempotency-Key`."""
    headers, said = {"Idempotency-Key": "1"}, {"command": "note", "version": 1, "note": "đã gọi"}
    async with api.client(secret) as http:
        told = await http.post("/v1/incidents", json=report, headers=headers)
        return told, await http.post(f"/v1/incidents/{incident}/commands", json=said, headers=headers)


async def test_a_refused_command_uses_up_no_key_and_leaves_no_line_in_the_audit(api: Api) -> None:
    headers, path = {"Idempotency-Key": "refused"}, "/v1/incidents/inc-outage/commands"
    late = await api.http.post(path, json={"command": "explode", "version": 3}, headers=headers)
    assert late.status_code == 422
    assert await audited(api, subject="inc-outage") == []
    again = await api.http.post(path, json={"command": "acknowledge", "version": 3}, headers=headers)
    assert (again.status_code, again.headers.get("idempotent-replay")) == (200, None)


async def test_the_audit_says_who_when_from_where_and_what(api: Api) -> None:
    line = (await audited(api, subject="inc-repeat"))[0]
    assert (line["by"], line["address"], line["action"]) == ("integrator", "127.0.0.1", "incident.note")
    assert line["at"] >= NOW.isoformat().replace("+00:00", "Z")
    assert line["detail"] == {"named": "inc-repeat", "version": 1, "became": 2, "note": "đã gọi"}


async def test_a_user_of_an_agency_sees_only_what_names_it(api: Api, of_water: httpx.AsyncClient) -> None:
    listed = (await of_water.get("/v1/incidents")).json()["items"]
    assert [one["id"] for one in listed] == ["inc-water"]
    for path in ("", "/signals", "/links", "/why", "/timeline"):
        assert (await of_water.get(f"/v1/incidents/inc-outage{path}")).status_code == 404, path
    assert (await of_water.get("/v1/signals")).json()["items"] == []
    assert (await of_water.get("/v1/signals/sig-a")).status_code == 404
    taken = await of_water.post("/v1/incidents/inc-power/commands", json={"command": "take", "version": 1})
    assert taken.status_code == 404
    own = await of_water.post("/v1/incidents/inc-water/commands", json={"command": "take", "version": 1})
    assert own.status_code == 200, own.text


async def test_the_live_stream_of_an_agency_has_its_own_only_and_forgets_what_leaves_it(
    api: Api, of_water: httpx.AsyncClient
) -> None:
    own = Api(api.center, api.url)
    own.http = of_water
    async with aclosing(sse(own)) as stream:
        assert [one["id"] for one in (await first(stream, "snapshot"))[0]["incidents"]] == ["inc-water"]
        await api.publish(1, change("inc-power", 2, agencies=("power",)))
        await api.publish(2, change("inc-new", 1, agencies=("water", "power")))
        assert [one["number"] for one in await first(stream, "change")] == [2]
        await api.publish(3, change("inc-new", 2, agencies=("power",)))
        assert (await first(stream, "reset"))[0]["reason"] == "rights"
        assert [one["id"] for one in (await first(stream, "snapshot"))[0]["incidents"]] == ["inc-water"]


async def test_tiles_count_for_each_agency_what_names_it(api: Api, of_water: httpx.AsyncClient) -> None:
    own = Api(api.center, api.url)
    own.http = of_water
    counted = {}
    async with aclosing(sse(own)) as of_agency, aclosing(sse(api)) as of_city:
        for who, stream in ((own, of_agency), (api, of_city)):
            counted[who] = (await first(stream, "tiles", 2))[-1]["counts"]
    for who, counts in counted.items():
        seen = (await who.http.get("/v1/incidents", params={"state": list(LIVE_STATES), "limit": 100})).json()["items"]
        assert counts["open"] == len(seen) > 0
    assert counted[own]["open"] < counted[api]["open"]


async def test_the_live_stream_of_an_agency_forgets_what_left_it_while_it_was_away(
    api: Api, of_water: httpx.AsyncClient
) -> None:
    left = [change("inc-left", version, agencies=("water", "power")[version - 1 :]) for version in (1, 2)]
    await api.put(changes, *[change_row(one) for one in left])
    await api.publish(101, left[0])
    own = Api(api.center, api.url)
    own.http = of_water
    for since, missed in ((101, left[1]), (102, change("inc-power", 3, agencies=("power",)))):
        await api.publish(since + 1, missed)
        async with aclosing(sse(own, {"Last-Event-ID": str(since)})) as stream:
            frames = [await anext(stream) for _ in range(2)]
        names = [(frame["frame"], frame.get("reason")) for frame in frames]
        told = names == [("reset", "rights"), ("snapshot", None)]
        assert told == (missed is left[1]), names


async def test_a_stream_ends_when_its_key_is_revoked_or_its_person_gets_other_rights(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "RIGHTS_S", 0.1)
    monkeypatch.setattr(keys, "FRESH", timedelta())
    async with aclosing(await api.login("admin")) as admin:
        key = (await admin.post("/v1/keys", json={"name": "leaked", "roles": ["viewer"]})).json()
        given = {"name": "mai", "role": "operator", "password": "ten or more characters"}
        assert (await admin.post("/v1/users", json=given)).status_code == 201
        of_key, of_person, of_socket = (Api(api.center, api.url) for _ in range(3))
        of_key.http = api.client(key["secret"])
        of_person.http = api.client()
        await of_person.http.post("/v1/session", json={"user": "mai", "password": given["password"]})
        streams = [sse(of_key), sse(of_person), socket(of_socket, Authorization=f"Bearer {key['secret']}")]
        for stream in streams:
            await first(stream, "snapshot")
        assert (await admin.delete(f"/v1/keys/{key['id']}")).status_code == 200
        assert (await admin.patch("/v1/users/mai", json={"role": "viewer"})).status_code == 200
    async with asyncio.timeout(20):
        ends = [[frame async for frame in stream][-1] for stream in streams]
    assert [(end["frame"], end["reason"]) for end in ends] == [("reset", "withdrawn")] * 3


async def test_an_edit_taken_back_brings_the_layer_under_it_into_force(api: Api) -> None:
    admin = await api.login("admin")
    name, rule = next(iter(shipped().rules.items()))
    below = [("rules", name, rule), *(("domains", key, domain) for key, domain in shipped().domains.items())]
    await api.put(reference, *[reference_row(*one) | {"origin": "shipped"} for one in below])
    edited = await admin.put(f"/v1/rules/{name}", json=plain(rule) | {"title": "Changed"})
    assert (edited.status_code, edited.json()["title"]) == (200, "Changed"), edited.text
    undone = await admin.delete(f"/v1/rules/{name}")
    assert (undone.status_code, undone.json()["body"]["title"]) == (200, rule.title), undone.text
    now = (await admin.get(f"/v1/rules/{name}")).json()
    assert (now["title"], now["origin"]) == (rule.title, undone.json()["origin"])
    assert (await admin.delete(f"/v1/rules/{name}")).status_code == 404
    await admin.aclose()


async def test_a_limit_that_only_an_edit_had_is_gone_when_it_is_taken_back(api: Api) -> None:
    admin = await api.login("admin")
    body = {"key": "noise_db", "value": 70.0, "unit": "dB", "valid_from": "2026-01-01", "legal_ref": "own"}
    assert (await admin.put("/v1/limits/noise_db/2026-01-01", json=body)).status_code == 200
    undone = await admin.delete("/v1/limits/noise_db/2026-01-01")
    assert undone.json() == {"id": "noise_db/2026-01-01", "origin": None, "body": None}
    assert "noise_db/2026-01-01" not in [one["id"] for one in (await admin.get("/v1/limits")).json()["items"]]
    await admin.aclose()


async def test_all_assets_of_the_city_fit_in_one_page(api: Api) -> None:
    rows = [
        Asset(id=f"asset-{number}", kind="sensor", name=str(number), position=(106.0, 11.0)) for number in range(ASSETS)
    ]
    await api.put(reference, *(reference_row("assets", one.id, one) for one in rows))
    page = (await api.http.get("/v1/assets", params={"limit": 5000})).json()
    assert (len(page["items"]), page["next"]) == (ASSETS, None)


async def test_a_page_of_incidents_costs_less_than_a_tenth_of_a_second_of_processor_time(api: Api) -> None:
    for number in range(MANY):
        await api.have(change(f"inc-many-{number}", severity="minor").incident)
    spent = []
    for _ in range(20):
        began = time.process_time()
        answer = await api.http.get("/v1/incidents", params={"limit": MANY})
        spent.append(time.process_time() - began)
        assert len(json.loads(answer.content)["items"]) == MANY
    assert sorted(spent)[18] < 0.1, spent
