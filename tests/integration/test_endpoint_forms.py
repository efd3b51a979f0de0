"""Endpoints of every form over the API: what each is made of, what is refused, what is never shown."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from city.delivery import FOR_PEOPLE, probe
from infra.clock import utc_now
from infra.postgres import webhook_store
from infra.postgres.tables import deliveries, endpoints
from infra.settings import load
from schemas.errors import Invalid
from tests.integration.api_center import NOW, Api, running_api
from tests.servers import Servers

TEMPLATE = {"to": "{phone}", "content": "{text}"}
HOOK, SECRET = "http://127.0.0.1:9/hook", "Bearer a-secret-of-the-gateway"


@pytest.fixture
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    mail = {"smtp_url": "smtp://127.0.0.1:25", "mail_from": "soc@example.org"}
    async with running_api(shared_servers, webhook_allow_private=True, **mail) as running:
        yield running


async def made(api: Api, **wish: Any) -> dict[str, Any]:
    answer = await api.http.post("/v1/webhooks", json=wish)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_every_form_has_its_own_fields_and_usual_filters(api: Api) -> None:
    hook, mail = await made(api, url=HOOK), await made(api, form="email")
    message = await made(api, form="message", url=HOOK, template=TEMPLATE, to=["+84901234567"], filters={})
    assert (hook["form"], hook["to"], hook["filters"], hook["template"]) == ("webhook", [], {}, None)
    assert hook["secret"].startswith("whsec_") and mail["secret"] is message["secret"] is None
    assert (mail["url"], mail["to"], mail["filters"]) == ("", ["duty"], FOR_PEOPLE)
    assert (message["to"], message["filters"], message["template"]) == (["+84901234567"], {}, TEMPLATE)


async def test_null_is_left_out_of_a_new_endpoint_and_refused_in_a_change(api: Api) -> None:
    hook = await made(api, url=HOOK, description=None, filters=None, authorization=None)
    assert (hook["description"], hook["filters"]) == ("", {})
    answer = await api.http.patch(f"/v1/webhooks/{hook['id']}", json={"authorization": None})
    assert (answer.status_code, answer.json()["field"]) == (422, "authorization"), "left out it would stay"


async def test_the_header_for_a_gateway_is_kept_and_never_shown(api: Api) -> None:
    place = "/v1/webhooks/" + (await made(api, form="message", url=HOOK, template=TEMPLATE, authorization=SECRET))["id"]
    patched = await api.http.patch(place, json={"template": [TEMPLATE], "authorization": SECRET + "2", "to": ["duty"]})
    assert (patched.status_code, patched.json()["template"], patched.json()["authorized"]) == (200, [TEMPLATE], True)
    lines = await api.http.get("/v1/audit", params={"action": "webhook."})
    shown = await api.http.get("/v1/webhooks")
    assert SECRET not in patched.text + lines.text + shown.text
    changed_now, registered = (one["detail"] for one in lines.json()["items"][:2])
    assert changed_now["template"] == registered["template"] == "template" and registered["url"] == HOOK
    none = await api.http.patch(place, json={"authorization": ""})
    assert none.json()["authorized"] is False


async def test_what_waits_for_hours_goes_at_once_to_another_address_or_when_it_is_enabled(api: Api) -> None:
    place = "/v1/webhooks/" + (hook := await made(api, url=HOOK))["id"]
    async with api.center.engine.begin() as connection:
        await webhook_store.add_probe(connection, hook["id"], probe(NOW), NOW)
    moved = ("patch", place, {"url": HOOK + "/v2"})
    calls = (("patch", place, {"description": "x"}), moved, ("post", f"{place}/enable", None))
    later = utc_now() + timedelta(hours=9)
    at_once = []
    for method, path, body in calls:
        async with api.center.engine.begin() as connection:
            waiting = update(deliveries).where(deliveries.c.endpoint_id == hook["id"])
            await connection.execute(waiting.values(next_at=later, attempts=9))
        assert (await api.http.request(method, path, json=body)).status_code == 200
        (delivery,) = (await api.http.get(f"{place}/deliveries")).json()["items"]
        at_once.append(datetime.fromisoformat(delivery["next_at"]) <= utc_now())
    assert at_once == [False, True, True]


async def test_the_header_for_a_gateway_stays_with_its_server(api: Api) -> None:
    place = "/v1/webhooks/" + (await made(api, form="message", url=HOOK, template=TEMPLATE, authorization=SECRET))["id"]
    there = await api.http.patch(place, json={"url": HOOK + "/v2"})
    elsewhere = await api.http.patch(place, json={"url": "http://127.0.0.1:8/mine"})
    back = await api.http.patch(place, json={"url": HOOK, "authorization": SECRET})
    assert [one.json()["authorized"] for one in (there, elsewhere, back)] == [True, False, True]


async def test_only_webhooks_get_a_new_secret(api: Api) -> None:
    mail, hook = await made(api, form="email"), await made(api, url=HOOK)
    assert (await api.http.post(f"/v1/webhooks/{mail['id']}/rotate")).status_code == 409
    assert (await api.http.post(f"/v1/webhooks/{hook['id']}/rotate")).json()["secret"].startswith("whsec_")


async def test_of_two_rotations_at_one_time_both_secrets_sign(api: Api) -> None:
    name = (await made(api, url=HOOK))["id"]
    for _ in range(5):
        rotated = await asyncio.gather(*(api.http.post(f"/v1/webhooks/{name}/rotate") for _ in range(2)))
        async with api.center.engine.connect() as connection:
            kept = (await connection.execute(select(endpoints.c.secrets).where(endpoints.c.id == name))).scalar_one()
        assert {one.json()["secret"] for one in rotated} == set(kept)
    assert (await api.http.post("/v1/webhooks/ep-nothing/rotate")).status_code == 404


MESSAGE: dict[str, Any] = {"form": "message", "url": HOOK, "template": TEMPLATE}
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("url", {}),
    ("url", {"form": "email", "url": HOOK}),
    ("template", {"form": "message", "url": HOOK}),
    ("template", {**MESSAGE, "template": {"to": "{phone}"}}),
    ("template", {**MESSAGE, "template": {"to": "{phone} {text} {fone}"}}),
    ("template", {**MESSAGE, "template": {"to": "{phone} {text}" + "x" * 9000}}),
    ("to", {"url": HOOK, "to": ["duty"]}),
    ("to", {"form": "email", "to": []}),
    ("to", {"form": "email", "to": ["lan@example.org\r\nBcc: all@example.org"]}),
    ("to", {**MESSAGE, "to": ["lan@example.org"]}),
    ("authorization", {**MESSAGE, "authorization": "Bearer a\r\nHost: b"}),
    ("authorization", {**MESSAGE, "authorization": "Khoá"}),
    ("form", {"form": "pigeon", "url": HOOK}),
]


@pytest.mark.parametrize("field, wish", WRONG, ids=str)
async def test_what_a_form_cannot_have_is_named_in_the_language_asked_for(
    api: Api, field: str, wish: dict[str, Any]
) -> None:
    told = [
        await api.http.post("/v1/webhooks", json=wish, headers={"accept-language": language})
        for language in ("en", "vi")
    ]
    assert {(one.status_code, one.json()["field"]) for one in told} == {(422, field)}, told[0].text
    assert told[0].json()["detail"] != told[1].json()["detail"]


async def test_a_change_cannot_give_a_form_what_it_has_not(api: Api) -> None:
    place = "/v1/webhooks/" + (await made(api, form="email"))["id"]
    answer = await api.http.patch(place, json={"url": HOOK})
    assert (answer.status_code, answer.json()["field"]) == (422, "url")


async def test_a_center_without_a_mail_server_says_how_it_gets_one(shared_servers: Servers) -> None:
    async with running_api(shared_servers) as api:
        answer = await api.http.post("/v1/webhooks", json={"form": "email"})
    assert (answer.status_code, answer.json()["field"]) == (422, "form")
    assert "SOC_SMTP_URL" in answer.json()["detail"]


@pytest.mark.parametrize(
    "field, given",
    [
        ("SOC_SMTP_URL", {"SOC_SMTP_URL": "mail.example.org", "SOC_MAIL_FROM": "soc@example.org"}),
        ("SOC_MAIL_FROM", {"SOC_SMTP_URL": "smtp://mail.example.org"}),
        ("SOC_MAIL_FROM", {"SOC_SMTP_URL": "smtp://mail.example.org", "SOC_MAIL_FROM": "soc"}),
    ],
)
def test_settings_of_mail_that_cannot_be_are_named_at_the_start(field: str, given: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        load(given)
    assert refused.value.field == field
