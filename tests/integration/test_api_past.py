"""The past over the API: changes of a stretch of time, what stood when it began, and how the room handled it."""

import csv
import io
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from infra.postgres.tables import changes, incidents
from tests.integration.api_center import NOW, Api, change, change_row, running_api
from tests.servers import Servers

BEGIN = NOW.replace(day=15, hour=5, minute=0, second=0)
"""Noon of the city, in the middle of a month, so that no test falls on a border."""
Turn = tuple[float, str, dict[str, Any]]


def minute(number: float) -> datetime:
    return BEGIN + timedelta(minutes=number)


async def have(api: Api, name: str, *turns: Turn, **fields: Any) -> None:
    """An incident with (minutes after BEGIN, kind of change, what it is after it)."""
    made = []
    for version, (at, kind, after) in enumerate(turns, 1):
        one = change(name, version, updated_at=minute(at), **{"agencies": ("power",), **fields, **after})
        made.append(msgspec.structs.replace(one, kind=kind, at=minute(at)))
    await api.have(made[-1].incident)
    await api.put(changes, *(change_row(one) for one in made))
    async with api.center.engine.begin() as connection:
        recorded = update(incidents).where(incidents.c.id == name).values(created_at=minute(turns[0][0]))
        await connection.execute(recorded)


@pytest.fixture(scope="module")
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    opened = {"state": "open", "acknowledged_by": None, "settled_at": None}
    taken = {**opened, "state": "acknowledged", "acknowledged_by": "lan"}
    over = {**taken, "state": "resolved"}
    async with running_api(shared_servers) as running:
        await have(running, "inc-a", (0, "opened", opened), (2, "acknowledged", taken), (30, "resolved", over))
        await have(running, "inc-b", (10, "opened", opened), (20, "updated", {**opened, "severity": "critical"}))
        await have(running, "inc-old", (-900, "opened", opened), (-600, "resolved", over))
        late = {**opened, "settled_at": minute(41)}
        await have(running, "inc-c", (40, "opened", late), (45, "acknowledged", {**taken, "settled_at": minute(41)}))
        yield running


async def asked(api: Api, path: str, **query: Any) -> Any:
    shown = {name: one.isoformat() if isinstance(one, datetime) else one for name, one in query.items()}
    answer = await api.http.get(path, params=shown)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def stood(api: Api, number: float) -> dict[str, str]:
    found = await asked(api, "/v1/changes/standing", at=minute(number))
    return {one["id"]: one["state"] for one in found["items"]}


async def test_what_stood_is_shown_as_it_was_then(api: Api) -> None:
    assert await stood(api, 1) == {"inc-a": "open"}
    assert await stood(api, 25) == {"inc-a": "acknowledged", "inc-b": "open"}
    assert await stood(api, 31) == {"inc-b": "open"}
    assert await stood(api, -700) == {"inc-old": "open"}


async def test_the_changes_of_a_stretch_come_page_by_page_and_lead_to_what_stood_at_its_end(api: Api) -> None:
    shown = await asked(api, "/v1/changes/standing", at=minute(5))
    states = {one["id"]: one["state"] for one in shown["items"]}
    kinds: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await asked(api, "/v1/changes", **{"from": minute(5), "to": minute(42), "limit": 2, **cursor})
        kinds += [one["kind"] for one in page["items"]]
        states |= {one["incident_id"]: one["incident"]["state"] for one in page["items"]}
        if not page["next"]:
            break
        cursor = {"cursor": page["next"]}
    assert kinds == ["opened", "updated", "resolved", "opened"]
    assert {name for name, state in states.items() if state != "resolved"} == set(await stood(api, 42))


async def test_a_stretch_that_ends_before_it_begins_is_refused(api: Api) -> None:
    query = {"from": minute(5).isoformat(), "to": minute(4).isoformat()}
    answer = await api.http.get("/v1/changes", params=query)
    assert (answer.status_code, answer.json()["field"]) == (422, "from")


async def test_the_room_s_times_begin_when_an_incident_could_be_heard(api: Api) -> None:
    month = f"{BEGIN:%Y-%m}"
    found = await asked(api, "/v1/indicators/room", month=month)
    whole = found["figures"][0]
    assert (whole["by"], whole["incidents"], whole["acknowledge"]["count"]) == ("all", 4, 3)
    noon = next(one for one in found["figures"] if one["key"] == "06:00-14:00")
    assert (noon["incidents"], noon["acknowledge"]["median_s"], noon["acknowledge"]["most_s"]) == (3, 120, 240)
    other = await asked(api, "/v1/indicators/room", month=month, shift=["07:00", "19:00"])
    assert other["shifts"] == ["07:00", "19:00"]


async def test_the_room_s_month_is_a_table_for_spreadsheets(api: Api) -> None:
    answer = await api.http.get("/v1/indicators/room", params={"month": f"{BEGIN:%Y-%m}", "format": "csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["by"] for row in rows][:2] == ["all", "kind"]
    assert rows[0]["incidents"] == "4"
    refused = await api.http.get("/v1/indicators/room", params={"month": "2026-13"})
    assert (refused.status_code, refused.json()["field"]) == (422, "month")
