"""What people of an agency may not do, whatever their role, and the webhooks that are theirs."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from msgspec import structs, to_builtins
from sqlalchemy import update

from infra.postgres.tables import reference, users
from infra.postgres.webhook_store import all_endpoints, deliveries_of
from schemas.assets import Agency, Asset, City
from schemas.domains import Domain
from services.webhooks.intake import queue
from tests.contract.routes import ROUTES, is_of_whole_city
from tests.integration.api_center import NOW, PASSWORDS, Api, change, reference_row, running_api
from tests.servers import Servers
from tests.waiting import eventually

WHOLE_CITY = [(method, route.path) for route in ROUTES if is_of_whole_city(route) for method in sorted(route.methods)]
WATER = Agency(id="water", name="Water", name_vi="Cấp nước")
TOWN = City(id="town", name="Town", name_vi="Thị trấn", time_zone="Asia/Ho_Chi_Minh", agencies=(WATER,))
HOOK = {"url": "http://127.0.0.1:9/hook"}
OF_ENDPOINT = [
    (method, route.path) for route in ROUTES if "{endpoint_id}" in route.path for method in sorted(route.methods)
]


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers, webhook_allow_private=True) as running:
        await running.put(reference, reference_row("cities", "town", TOWN))
        for name, agencies in (("inc-both", ("power", "water")), ("inc-power", ("power",))):
            await running.have(change(name, agencies=agencies).incident)
        hashed = PasswordHasher(time_cost=1, memory_cost=1024).hash("w4ter")
        for agency, role in (("water", "supervisor"), ("water", "admin"), ("power", "supervisor")):
            row = {"name": f"{agency} {role}", "password_hash": hashed, "role": role, "agency": agency}
            await running.put(users, row | {"created_at": NOW})
        yield running


@pytest.fixture(scope="module")
async def signed_in(api: Api) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    async with AsyncExitStack() as stack:
        found = {}
        for name, password in {
            **dict.fromkeys(("water supervisor", "water admin", "power supervisor"), "w4ter"),
            **PASSWORDS,
        }.items():
            found[name] = await stack.enter_async_context(api.client())
            answer = await found[name].post("/v1/session", json={"user": name, "password": password})
            assert answer.status_code == 200, answer.text
        found["nobody"] = await stack.enter_async_context(api.client())
        yield found


def _filled(path: str, **known: str) -> str:
    return re.sub(r"\{(\w+)(:path)?\}", lambda found: known.get(found[1], "1"), path)


@pytest.mark.parametrize("method, path", WHOLE_CITY)
async def test_what_concerns_the_whole_city_is_refused_to_an_admin_of_an_agency(
    signed_in: dict[str, httpx.AsyncClient], method: str, path: str
) -> None:
    answer = await signed_in["water admin"].request(method, _filled(path), json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "whole_city"), answer.text
    assert (await signed_in["admin"].request(method, _filled(path), json={})).status_code != 403


async def test_why_it_is_refused_is_said_in_both_languages(signed_in: dict[str, httpx.AsyncClient]) -> None:
    for language, said in (("en", "concerns the whole city; water admin"), ("vi", "toàn thành phố; water admin")):
        answer = await signed_in["water admin"].get("/v1/users", headers={"Accept-Language": language})
        assert said in answer.json()["detail"]


async def test_a_webhook_of_an_agency_is_seen_and_managed_by_its_people_only(
    signed_in: dict[str, httpx.AsyncClient],
) -> None:
    made = await signed_in["water supervisor"].post("/v1/webhooks", json=HOOK)
    assert (made.status_code, made.json()["agency"]) == (201, "water"), made.text
    of_city = (await signed_in["admin"].post("/v1/webhooks", json=HOOK)).json()
    assert of_city["agency"] is None

    async def listed(who: str) -> set[str]:
        return {one["id"] for one in (await signed_in[who].get("/v1/webhooks")).json()["items"]}

    assert await listed("water admin") == {made.json()["id"]}
    assert await listed("power supervisor") == set()
    assert await listed("admin") == {made.json()["id"], of_city["id"]}
    for method, path in OF_ENDPOINT:
        for who, theirs in (("power supervisor", made.json()["id"]), ("water admin", of_city["id"])):
            answer = await signed_in[who].request(method, _filled(path, endpoint_id=theirs), json={})
            assert (answer.status_code, answer.json()["code"]) == (404, "no_webhook"), (method, path)
    own = f"/v1/webhooks/{made.json()['id']}"
    assert (await signed_in["water admin"].post(f"{own}/disable")).status_code == 200
    assert (await signed_in["admin"].delete(own)).status_code == 204
    await signed_in["admin"].delete(f"/v1/webhooks/{of_city['id']}")


async def test_people_of_the_whole_city_register_for_an_agency_and_those_of_one_for_no_other(
    signed_in: dict[str, httpx.AsyncClient],
) -> None:
    for who, named, status, owner in (
        ("admin", "water", 201, "water"),
        ("admin", None, 201, None),
        ("water supervisor", "water", 201, "water"),
        ("water supervisor", None, 201, "water"),
    ):
        made = await signed_in[who].post("/v1/webhooks", json=HOOK | {"agency": named})
        assert (made.status_code, made.json()["agency"]) == (status, owner), made.text
        gone = await signed_in["water admin" if owner else "admin"].delete(f"/v1/webhooks/{made.json()['id']}")
        assert gone.status_code == 204
    unknown = await signed_in["admin"].post("/v1/webhooks", json=HOOK | {"agency": "moon"})
    assert (unknown.status_code, unknown.json()["field"]) == (422, "agency"), unknown.text
    other = await signed_in["water supervisor"].post("/v1/webhooks", json=HOOK | {"agency": "power"})
    assert (other.status_code, other.json()["code"]) == (403, "other_agency"), other.text
    assert (await signed_in["admin"].get("/v1/webhooks")).json()["items"] == []


async def test_a_webhook_says_what_it_names_that_nothing_is_called_until_something_is(
    api: Api, signed_in: dict[str, httpx.AsyncClient]
) -> None:
    http = signed_in["admin"]
    main = Asset(id="main-1", kind="water_main", name="Main", zone="old-town", agency="works")
    zone = Asset(id="new-town", kind="zone", name="New town")
    await api.put(reference, reference_row("assets", "main-1", main))
    await api.put(reference, reference_row("assets", "new-town", zone))
    known = {"agency": ["water", "works"], "zone": ["old-town", "new-town", "unknown"]}
    made = (await http.post("/v1/webhooks", json=HOOK | {"filters": known, "agency": "water"})).json()
    place, wrong = f"/v1/webhooks/{made['id']}", {"agency": ["water", "moon"], "zone": ["main-1"], "domain": ["tides"]}
    assert made["unknown"] == {}
    changed = (await http.patch(place, json={"filters": wrong})).json()
    assert changed["unknown"] == {"agency": ["moon"], "zone": ["main-1"], "domain": ["tides"]}
    tides = Domain(id="tides", name="Tides", name_vi="Triều", description="", description_vi="", colour="#123456")
    await api.put(reference, reference_row("domains", "tides", tides))
    await _city(api, structs.replace(TOWN, agencies=()))
    gone = {"agency": ["moon", "water"], "zone": ["main-1"]}
    assert [one["unknown"] for one in (await http.get("/v1/webhooks")).json()["items"]] == [gone]
    assert (await http.get(place)).json()["unknown"] == gone
    await _city(api, TOWN)
    await http.delete(place)


async def _city(api: Api, city: City) -> None:
    async with api.center.engine.begin() as connection:
        await connection.execute(update(reference).where(reference.c.id == city.id).values(body=to_builtins(city)))


async def test_a_webhook_of_an_agency_is_told_only_of_what_names_it_whatever_its_filters(
    api: Api, signed_in: dict[str, httpx.AsyncClient]
) -> None:
    told: dict[str, list[str]] = {}
    own = (await signed_in["water supervisor"].post("/v1/webhooks", json=HOOK)).json()["id"]
    widened = await signed_in["water supervisor"].patch(f"/v1/webhooks/{own}", json={"filters": {"agency": ["power"]}})
    assert widened.status_code == 200
    of_city = (await signed_in["admin"].post("/v1/webhooks", json=HOOK)).json()["id"]
    made = [change("inc-both", agencies=("power", "water")), change("inc-power", agencies=("power",))]
    async with api.center.engine.begin() as connection:
        await queue(connection, await all_endpoints(connection), made, NOW)
        for one in (own, of_city):
            told[one] = sorted(row.incident_id for row in await deliveries_of(connection, one, 2**62, 10))
    assert told == {own: ["inc-both"], of_city: ["inc-both", "inc-power"]}


async def test_incidents_are_counted_as_far_as_one_sees_them(signed_in: dict[str, httpx.AsyncClient]) -> None:
    for who, count in (("water supervisor", 1), ("power supervisor", 2), ("viewer", 2)):
        found = (await signed_in[who].get("/v1/indicators")).json()
        assert (found["live_incidents"], sum(found["by_domain"].values())) == (count, count)


async def test_a_key_of_an_agency_sees_and_does_what_its_people_do(signed_in: dict[str, httpx.AsyncClient]) -> None:
    admin = signed_in["admin"]
    wish = {"name": "Dispatch of the water company", "roles": ["integrator", "admin"], "agency": "water"}
    made = await admin.post("/v1/keys", json=wish)
    assert (made.status_code, made.json()["agency"]) == (201, "water"), made.text
    assert wish["agency"] in [one["agency"] for one in (await admin.get("/v1/keys")).json()["items"]]
    bearer = {"Authorization": f"Bearer {made.json()['secret']}"}

    async def asked(method: str, path: str, **more: Any) -> httpx.Response:
        return await signed_in["nobody"].request(method, path, headers=bearer, **more)

    async def counts() -> bool:
        return (await asked("GET", "/v1/session")).status_code == 200

    await eventually(counts, "the key counts")
    assert (await asked("GET", "/v1/session")).json()["agency"] == "water"
    assert [one["id"] for one in (await asked("GET", "/v1/incidents")).json()["items"]] == ["inc-both"]
    assert (await asked("GET", "/v1/incidents/inc-power")).status_code == 404
    refused = await asked("POST", "/v1/keys", json={"name": "More", "roles": ["admin"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "whole_city")
    assert (await asked("POST", "/v1/webhooks", json=HOOK)).json()["agency"] == "water"


async def test_a_screen_with_a_key_of_an_agency_shows_what_names_it(signed_in: dict[str, httpx.AsyncClient]) -> None:
    wish = {"name": "Wall of the water company", "roles": ["viewer"], "agency": "water"}
    secret = (await signed_in["admin"].post("/v1/keys", json=wish)).json()["secret"]
    screen = signed_in["nobody"]

    async def counts() -> bool:
        answer = await screen.get("/v1/session", headers={"Authorization": f"Bearer {secret}"})
        return answer.status_code == 200

    await eventually(counts, "the key counts")  # asked for so: wrong ones for a screen are counted
    assert (await screen.post("/v1/session/screen", json={"key": secret})).status_code == 200
    assert (await screen.get("/v1/session")).json()["agency"] == "water"
    assert [one["id"] for one in (await screen.get("/v1/incidents")).json()["items"]] == ["inc-both"]


async def test_the_roster_of_an_agency_is_seen_by_its_people_and_edited_by_those_of_the_whole_city(
    signed_in: dict[str, httpx.AsyncClient],
) -> None:
    hours = {"starts_at": "2026-03-02T00:00:00Z", "ends_at": "2026-03-02T12:00:00Z"}
    for agency in ("water", None):
        wish = {"name": f"Of {agency}", "agency": agency, "email": "lan@example.org", **hours}
        assert (await signed_in["admin"].post("/v1/duty", json=wish)).status_code == 201
        assert (await signed_in["water admin"].post("/v1/duty", json=wish)).status_code == 403
    for name, seen in (("water supervisor", ["Of None", "Of water"]), ("power supervisor", ["Of None"])):
        items = (await signed_in[name].get("/v1/duty")).json()["items"]
        assert [one["name"] for one in items] == seen
        now = (await signed_in[name].get("/v1/duty/now", params={"at": "2026-03-02T06:00:00Z"})).json()
        assert [person["name"] for watch in now["watches"] for person in watch["now"]] == seen
