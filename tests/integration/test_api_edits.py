"""Edits over the API: saved with the revision that was seen, beside what lies under them, taken back one by one."""

import asyncio
import gc
import json
import time
from collections.abc import AsyncIterator, Coroutine
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from infra.cities.folder import read_city, shipped
from infra.postgres.incident_rows import plain
from infra.postgres.tables import outbox, reference, sensors_seen
from schemas.assets import Asset, Relation
from services.api.examples import PROCEDURE
from tests.integration.api_center import NOW, Api, reference_row, running_api
from tests.servers import Servers

WHOLE = shipped()
SLOW, STALLED = (plain(one) for one in WHOLE.domains["traffic"].conditions[:2])
STAGE = next(plain(one) for one in WHOLE.limits.values() if one.key == "river.stage_bd2")
STAGE_ID = f"{STAGE['key']}@{STAGE['asset']}/{STAGE['valid_from']}"
MANY = 40_000
TOLD = {"name": "Gauge", "name_vi": "Trạm", "observes": ["stage_m"], "measures": "reach-sai-gon-08"}


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        items = {name: WHOLE.reference[name] for name in ("domains", "rules", "limits")}
        rows = [reference_row(name, key, one) for name, bodies in items.items() for key, one in bodies.items()]
        await running.put(reference, *[row | {"origin": "shipped"} for row in rows])
        yield running


async def test_edits_that_come_at_once_get_versions_of_their_own(api: Api, admin: httpx.AsyncClient) -> None:
    name, rule = next(iter(WHOLE.rules.items()))
    edited = [plain(rule) | {"title": f"Title {number}"} for number in range(6)]
    answers = await asyncio.gather(*(admin.put(f"/v1/rules/{name}", json=one) for one in edited))
    assert [one.status_code for one in answers] == [200] * 6
    async with api.center.engine.connect() as connection:
        query = select(outbox.c.value).where(outbox.c.key == name).order_by(outbox.c.id)
        written = [json.loads(value) for value in (await connection.execute(query)).scalars()]
    versions = [one["body"]["version"] for one in written]
    assert versions == [rule.version + number for number in range(1, 7)]
    assert (await admin.delete(f"/v1/rules/{name}")).status_code == 200


async def test_of_two_procedures_for_one_kind_that_come_at_once_one_is_refused(admin: httpx.AsyncClient) -> None:
    kind = next(iter(WHOLE.domains["traffic"].kinds))
    bodies = [PROCEDURE | {"id": f"both_{number}", "kinds": [kind]} for number in range(4)]
    answers = await asyncio.gather(*(admin.put(f"/v1/procedures/{one['id']}", json=one) for one in bodies))
    assert sorted(one.status_code for one in answers) == [200, 422, 422, 422], [one.text for one in answers]
    (name,) = (one.json()["id"] for one in answers if one.status_code == 200)
    assert (await admin.delete(f"/v1/procedures/{name}")).status_code == 200


async def test_an_edit_that_is_taken_back_twice_at_once_is_gone_for_the_second(admin: httpx.AsyncClient) -> None:
    path = f"/v1/conditions/{SLOW['id']}"
    assert (await admin.put(path, json=SLOW | {"below": 11.0})).status_code == 200
    answers = await asyncio.gather(*(admin.delete(path) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 404, 404, 404]


async def edits(api: Api) -> dict[str, dict[str, Any]]:
    return {one["id"]: one for one in (await api.http.get("/v1/edits")).json()["items"]}


async def test_a_condition_is_edited_disabled_and_taken_back_alone(api: Api, admin: httpx.AsyncClient) -> None:
    path = f"/v1/conditions/{SLOW['id']}"
    seen = (await admin.get(path)).json()
    assert (seen["origin"], seen["domain"], seen["below"]) == ("shipped", "traffic", SLOW["below"])
    edited = await admin.put(path, params={"revision": seen["revision"]}, json=SLOW | {"below": 12.0})
    assert (edited.status_code, edited.json()["origin"], edited.json()["below"]) == (200, "edit", 12.0), edited.text
    other = await admin.put(f"/v1/conditions/{STALLED['id']}", json=STALLED | {"enabled": False})
    assert (other.status_code, other.json()["enabled"]) == (200, False), other.text
    found = await edits(api)
    assert {SLOW["id"], STALLED["id"]} == found.keys()
    one = found[SLOW["id"]]
    assert (one["name"], one["below"], one["body"], one["origin"]) == (
        "conditions",
        SLOW,
        SLOW | {"below": 12.0},
        "shipped",
    )
    assert (one["changed_by"], one["revision"]) == ("admin", other.json()["revision"])
    undone = await admin.delete(path)
    assert undone.json() == {"id": SLOW["id"], "origin": "shipped", "body": SLOW}
    assert (await edits(api)).keys() == {STALLED["id"]}
    assert (await admin.delete(f"/v1/conditions/{STALLED['id']}")).status_code == 200
    assert await edits(api) == {}
    domain = next(one for one in (await admin.get("/v1/domains")).json()["items"] if one["id"] == "traffic")
    assert domain["origin"] == "shipped" and domain["conditions"][0]["id"] == SLOW["id"]
    assert (await admin.delete(path)).status_code == 404
    deeds = (await admin.get("/v1/audit", params={"subject": SLOW["id"]})).json()["items"]
    assert [(one["action"], *one["detail"].items()) for one in deeds][:2] == [
        ("conditions.edit_undone", ("taken_back", SLOW | {"below": 12.0})),
        ("conditions.edited", ("body", SLOW | {"below": 12.0})),
    ]


async def test_an_edit_of_a_condition_goes_out_to_the_topic_of_domains(api: Api, admin: httpx.AsyncClient) -> None:
    added = SLOW | {"id": "traffic.outbox", "kind": "traffic.outbox"}
    answer = await admin.put("/v1/conditions/traffic.outbox", json=added)
    async with api.center.engine.connect() as connection:
        row = (await connection.execute(select(outbox).order_by(outbox.c.id.desc()).limit(1))).one()
    assert json.loads(row.value)["revision"] == answer.json()["revision"]
    assert (row.topic, row.key) == ("city.domains.v1", "traffic")
    assert b'"traffic.outbox"' in row.value
    assert (await admin.delete("/v1/conditions/traffic.outbox")).json() == {
        "id": "traffic.outbox",
        "origin": None,
        "body": None,
    }
    assert (await admin.get("/v1/conditions/traffic.outbox")).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (f"/v1/conditions/{SLOW['id']}", SLOW | {"above": 90.0}, "below"),
        (f"/v1/conditions/{SLOW['id']}", SLOW | {"quantity": "gone"}, "quantity"),
        (f"/v1/conditions/{SLOW['id']}", SLOW | {"for": "long"}, "for"),
        ("/v1/conditions/other.id", SLOW, "id"),
        ("/v1/conditions/nowhere.slow", SLOW | {"id": "nowhere.slow"}, "id"),
        (f"/v1/limits/{STAGE_ID}", STAGE | {"valid_to": "2000-01-01"}, "valid_to"),
        (f"/v1/limits/{STAGE_ID}", STAGE | {"legal_ref": ""}, "legal_ref"),
    ],
)
async def test_what_is_wrong_with_an_edit_is_named_and_saves_nothing(
    api: Api, admin: httpx.AsyncClient, path: str, body: dict[str, Any], field: str
) -> None:
    answer = await admin.put(path, json=body)
    assert (answer.status_code, answer.json()["field"]) == (422, field), answer.text
    assert await edits(api) == {}


async def test_the_second_of_two_editors_is_told_what_is_in_force_now(api: Api, admin: httpx.AsyncClient) -> None:
    path = f"/v1/limits/{STAGE_ID}"
    seen = next(one for one in (await admin.get("/v1/limits")).json()["items"] if one["id"] == STAGE_ID)["revision"]
    first = await admin.put(path, params={"revision": seen}, json=STAGE | {"value": 1.6})
    assert first.status_code == 200, first.text
    second = await admin.put(path, params={"revision": seen}, json=STAGE | {"value": 1.7})
    assert (second.status_code, second.json()["current"]["value"]) == (409, 1.6), second.text
    new = await admin.put(path, params={"revision": 0}, json=STAGE | {"value": 1.7})
    assert new.status_code == 409
    twice = await admin.put(f"/v1/conditions/{SLOW['id']}", params={"revision": 0}, json=SLOW)
    assert (twice.status_code, twice.json()["field"]) == (409, "id")
    assert (await edits(api))[STAGE_ID]["below"]["value"] == STAGE["value"]
    blind = await admin.delete(path, params={"revision": seen})
    assert (blind.status_code, blind.json()["field"], blind.json()["current"]["value"]) == (409, "revision", 1.6)
    now = blind.json()["current"]["revision"]
    assert (await admin.delete(path, params={"revision": now})).json()["body"]["value"] == STAGE["value"]


async def test_a_condition_that_was_edited_once_more_is_not_taken_back_unseen(
    api: Api, admin: httpx.AsyncClient
) -> None:
    path = f"/v1/conditions/{SLOW['id']}"
    seen = (await admin.put(path, json=SLOW | {"below": 12.0})).json()["revision"]
    newer = (await admin.put(path, json=SLOW | {"below": 13.0})).json()["revision"]
    blind = await admin.delete(path, params={"revision": seen}, headers={"accept-language": "vi"})
    assert (blind.status_code, blind.json()["code"]) == (409, "changed_since")
    assert blind.json()["detail"].endswith("đã thay đổi từ đó; hãy đọc lại")
    late = await admin.put(path, params={"revision": seen}, json=SLOW | {"below": 14.0})
    for told in (blind, late):
        current = told.json()["current"]
        assert (current["id"], current["below"], current["revision"]) == (SLOW["id"], 13.0, newer), "not its domain"
    assert (await admin.delete(path, params={"revision": newer})).status_code == 200


async def test_the_version_of_a_rule_grows_by_itself(admin: httpx.AsyncClient) -> None:
    rule = plain(WHOLE.rules["outage_darkens"])
    for version in (rule["version"] + 1, rule["version"] + 2):
        answer = await admin.put("/v1/rules/outage_darkens", json=rule | {"enabled": False})
        assert (answer.json()["version"], answer.json()["enabled"]) == (version, False), answer.text
    assert (await admin.delete("/v1/rules/outage_darkens")).json()["body"]["version"] == rule["version"]


async def test_only_supervisors_and_admins_edit(api: Api) -> None:
    operator = await api.login("operator")
    for path, body in ((f"/v1/conditions/{SLOW['id']}", SLOW), (f"/v1/limits/{STAGE_ID}", STAGE)):
        assert (await operator.put(path, json=body)).status_code == 403
        assert (await operator.delete(path)).status_code == 403
    assert (await operator.get("/v1/conditions", params={"domain": "traffic"})).status_code == 200
    await operator.aclose()


async def test_an_adoption_that_is_taken_back_leaves_the_sensor_as_the_city_folder_has_it_by_now(
    api: Api, admin: httpx.AsyncClient
) -> None:
    folder = read_city(api.center.settings.city)
    gauge = folder.assets["gauge-thu-dau-mot"]
    own = Relation(from_id=gauge.id, relation="measures", to_id="reach-sai-gon-05")
    adopted = msgspec.structs.replace(gauge, measures=own.to_id)
    rows = [reference_row("assets", gauge.id, adopted), reference_row("relations", own.id, own)]
    await api.put(reference, *[row | {"origin": "edit"} for row in rows])
    edit = (await edits(api))[gauge.id]
    assert (edit["name"], edit["origin"], edit["below"]["measures"]) == ("sensors", "city", gauge.measures)
    old = await admin.delete(f"/v1/sensors/{gauge.id}", params={"revision": 0})
    assert (old.status_code, old.json()["current"]["measures"]) == (409, own.to_id)
    answer = await admin.delete(f"/v1/sensors/{gauge.id}", params={"revision": edit["revision"]})
    assert answer.json() == {"id": gauge.id, "origin": "city", "body": plain(gauge)}
    assert gauge.id not in await edits(api)
    found = (await admin.get("/v1/relations", params={"from": gauge.id})).json()["items"]
    assert {(one["relation"], one["to_id"]) for one in found} == {
        ("measures", gauge.measures),
        ("located_in", gauge.zone),
    }
    assert (await admin.put(f"/v1/sensors/{gauge.id}", json=TOLD)).status_code == 409


async def test_in_a_large_city_nobody_waits_for_an_edit_or_an_offer(api: Api, admin: httpx.AsyncClient) -> None:
    name, rule = next(iter(WHOLE.rules.items()))
    seen = {"id": "stranger", "quantities": ["stage_m"], "zone": "z1", "registered": False, "readings": 1}
    await api.put(sensors_seen, seen | {"first_at": NOW, "last_at": NOW})
    gauge = reference_row("assets", "many-1", Asset(id="many-1", kind="sensor", name="Trạm", observes=("stage_m",)))
    await api.put(reference, *[gauge | {"id": f"many-{number}"} for number in range(MANY)])
    asked = admin.put(f"/v1/rules/{name}", json=plain(rule)), admin.get("/v1/sensors/stranger/offers")
    turns = [await longest_turn_s(one) for one in asked]
    assert max(turns) < 0.3, turns


async def longest_turn_s(asked: Coroutine[Any, Any, httpx.Response]) -> float:
    """Processor time of the longest while for which nothing else could be answered until this was.

    Without the collector: what it looks through is all that the tests before have left, which is no part of an answer.
    """
    answering, longest = asyncio.create_task(asked), 0.0
    gc.disable()
    try:
        while not answering.done():
            began = time.thread_time()
            await asyncio.sleep(0)
            longest = max(longest, time.thread_time() - began)
    finally:
        gc.enable()
    assert answering.result().status_code == 200, answering.result().text
    return longest


async def test_what_others_name_is_not_taken_back_before_them(api: Api, admin: httpx.AsyncClient) -> None:
    limit = STAGE | {"key": "flow.slowest", "asset": None, "unit": "km/h", "value": 5.0}
    place = f"/v1/limits/flow.slowest/{limit['valid_from']}"
    slower = SLOW | {"id": "traffic.slower", "kind": "traffic.slower", "below": None, "clear": None, "side": "below"}
    rule = plain(next(one for one in WHOLE.rules.values() if one.same)) | {"id": "slower", "same": None}
    named = {"causes": ["traffic.slower"], "effects": ["traffic.slow"], "same_asset": True, "delay_max": 60.0}
    sent = (
        (place, limit),
        ("/v1/conditions/traffic.slower", slower | {"limit": "flow.slowest"}),
        ("/v1/rules/slower", rule | {"cause": named}),
    )
    before = await edits(api)
    for path, body in sent:
        answer = await admin.put(path, json=body)
        assert answer.status_code == 200, answer.text
    for (path, _), by in zip(sent, ("traffic.slower", "slower"), strict=False):
        refused = await admin.delete(path)
        assert (refused.status_code, refused.json()["code"]) == (409, "still_named"), refused.text
        assert by in refused.json()["detail"]
    for path, _ in reversed(sent):
        assert (await admin.delete(path)).status_code == 200
    assert await edits(api) == before
