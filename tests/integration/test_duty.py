"""The duty roster over the API: edits with revisions, rights and audit, and who is on duty."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.postgres.tables import endpoints, reference
from schemas.assets import Agency, City
from tests.integration.api_center import NOW, READING_KEY, Api, reference_row, running_api
from tests.servers import Servers

CITY = City(
    id="town",
    name="Town",
    name_vi="Thị xã",
    time_zone="Asia/Ho_Chi_Minh",
    agencies=(Agency(id="power", name="Power"), Agency(id="water", name="Water")),
)


@pytest.fixture
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        await running.put(reference, reference_row("cities", "town", CITY))
        yield running


def turn(**fields: Any) -> dict[str, Any]:
    """Twelve hours of now, unless `fields` say otherwise."""
    hours = {"starts_at": (NOW - timedelta(hours=6)).isoformat(), "ends_at": (NOW + timedelta(hours=6)).isoformat()}
    return {"name": "Lan", "agency": "power", "email": "lan@example.org", **hours, **fields}


async def test_a_turn_is_entered_changed_and_ended_and_the_audit_tells_of_it(api: Api) -> None:
    made = await api.http.post("/v1/duty", json=turn())
    assert (made.status_code, made.json()["revision"]) == (201, 1), made.text
    place = made.headers["location"]
    changed = await api.http.put(place, params={"revision": 1}, json=turn(level=2))
    assert (changed.status_code, changed.json()["revision"], changed.json()["level"]) == (200, 2, 2)
    late = await api.http.put(place, params={"revision": 1}, json=turn(level=3))
    assert (late.status_code, late.json()["current"]["level"]) == (409, 2)
    assert (await api.http.delete(place, params={"revision": 1})).status_code == 409
    assert [one["level"] for one in (await api.http.get("/v1/duty")).json()["items"]] == [2]
    assert (await api.http.delete(place, params={"revision": 2})).status_code == 204
    assert (await api.http.delete(place)).status_code == (await api.http.put(place, json=turn())).status_code == 404
    lines = (await api.http.get("/v1/audit", params={"action": "duty."})).json()["items"]
    assert [one["action"] for one in reversed(lines)] == ["duty.added", "duty.changed", "duty.removed"]


@pytest.mark.parametrize(
    "field, wrong",
    [
        ("agency", {"agency": "nowhere"}),
        ("email", {"email": "lan@example.org\r\nBcc: all@example.org"}),
        ("level", {"level": 4}),
        ("language", {"language": "fr"}),
        ("repeats", {"repeats": "FREQ=MINUTELY"}),
        ("starts_at", {"starts_at": "2026-01-01T00:00:00"}),
        ("starts_at", {"starts_at": "1969-12-31T23:59:59Z"}),
        ("ends_at", {"ends_at": "2200-01-01T00:00:00Z"}),
    ],
)
async def test_what_is_wrong_is_named_in_the_language_asked_for(api: Api, field: str, wrong: dict[str, Any]) -> None:
    told = [
        await api.http.post("/v1/duty", json=turn(**wrong), headers={"accept-language": language})
        for language in ("en", "vi")
    ]
    assert {(one.status_code, one.json()["field"]) for one in told} == {(422, field)}
    assert told[0].json()["detail"] != told[1].json()["detail"]


async def test_an_operator_looks_whom_to_call_and_a_viewer_sees_no_numbers(api: Api) -> None:
    operator, viewer = await api.login("operator"), api.client(READING_KEY)
    assert (await operator.get("/v1/duty")).status_code == (await operator.get("/v1/duty/now")).status_code == 200
    assert (await operator.post("/v1/duty", json=turn())).status_code == 403
    assert (await viewer.get("/v1/duty")).status_code == (await viewer.get("/v1/duty/now")).status_code == 403
    await operator.aclose()
    await viewer.aclose()


async def test_who_is_on_duty_and_where_nobody_is_stands_there_before_it_matters(api: Api) -> None:
    empty = (await api.http.get("/v1/duty/now")).json()
    assert empty["nobody_now"] == [None, "power", "water"]
    await api.http.post("/v1/duty", json=turn())
    await api.http.post("/v1/duty", json=turn(name="Minh", agency=None, phone="+84901234567", level=2))
    found = (await api.http.get("/v1/duty/now", params={"at": NOW.isoformat()})).json()
    assert (found["nobody_now"], found["nobody_later"]) == ([None, "water"], ["power"])
    city, power, water = found["watches"]
    assert [one["name"] for one in power["now"]] == ["Lan"] and [one["name"] for one in city["now"]] == ["Minh"]
    assert [datetime.fromisoformat(gap["from"]) for gap in power["gaps"]] == [NOW + timedelta(hours=6)]
    assert (water["agency"], water["now"], len(water["gaps"])) == ("water", [], 1)


async def test_a_roster_is_asked_for_any_time_that_the_api_knows(api: Api) -> None:
    long_ago = turn(starts_at="1970-01-01T00:00:00Z", ends_at="1970-01-01T12:00:00Z", repeats="FREQ=DAILY")
    assert (await api.http.post("/v1/duty", json=long_ago)).status_code == 201
    for at in ("1970-01-01T00:00:00Z", "2199-12-31T06:00:00Z"):  # its clock changed between
        found = (await api.http.get("/v1/duty/now", params={"at": at, "hours": 24 * 31})).json()
        assert [one["name"] for watch in found["watches"] for one in watch["now"]] == ["Lan"], found
    for at in ("1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z"):
        refused = await api.http.get("/v1/duty/now", params={"at": at})
        assert (refused.status_code, refused.json()["field"]) == (422, "at")


async def test_people_whom_no_endpoint_tells_stand_there_too(api: Api) -> None:
    mailed = (await api.http.post("/v1/duty", json=turn())).json()["id"]
    called = (await api.http.post("/v1/duty", json=turn(name="Minh", email="", phone="+84901234567"))).json()["id"]
    both = {"secrets": [], "filters": {}, "created_at": NOW}

    async def unreachable() -> list[str]:
        return list((await api.http.get("/v1/duty/now", params={"at": NOW.isoformat()})).json()["unreachable"])

    assert await unreachable() == [mailed, called]
    await api.put(endpoints, {"id": "off", "form": "email", "to": ["duty"], "disabled_at": NOW, **both})
    await api.put(endpoints, {"id": "head", "form": "email", "to": ["head@example.org"], **both})
    await api.put(endpoints, {"id": "system", "form": "webhook", "url": "https://a.example.org", **both})
    await api.put(endpoints, {"id": "other", "form": "email", "to": ["duty"], "agency": "water", **both})
    assert await unreachable() == [mailed, called]
    await api.put(endpoints, {"id": "mail", "form": "email", "to": ["duty", "head@example.org"], **both})
    assert await unreachable() == [called]
    await api.put(endpoints, {"id": "sms", "form": "message", "to": ["duty"], "agency": "power", **both})
    assert await unreachable() == []
