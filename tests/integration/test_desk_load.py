"""The load of the desks from the changes in PostgreSQL."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from infra.clock import utc_now
from infra.postgres.tables import changes
from tests.integration.api_center import NOW, Api, change, change_row, running_api
from tests.servers import Servers

SINCE = NOW - timedelta(hours=10)


@pytest.fixture
async def api(shared_servers: Servers) -> AsyncIterator[Api]:
    async with running_api(shared_servers) as running:
        yield running


async def have(api: Api, name: str, *turns: tuple[float, str, str], **fields: Any) -> None:
    """An incident with (minutes after SINCE, kind of change, state after it)."""
    fields = {"agencies": ("power",), "severity": "warning", "root_asset": name, **fields}
    rows = []
    for version, (minutes, kind, state) in enumerate(turns, 1):
        made = change(name, version, state=state, **fields)
        rows.append(change_row(made) | {"kind": kind, "at": SINCE + timedelta(minutes=minutes)})
    await api.have(made.incident)
    await api.put(changes, *rows)


async def asked(api: Api, **query: str) -> list[dict[str, Any]]:
    span = {"since": SINCE.isoformat(), "until": NOW.isoformat(), **query}
    answer = await api.http.get("/v1/indicators/desk-load", params=span)
    assert answer.status_code == 200, answer.text
    desks: list[dict[str, Any]] = answer.json()["desks"]
    return desks


async def test_each_desk_has_its_load_and_the_center_all(api: Api) -> None:
    for number in range(12):
        await have(api, f"inc-{number}", (60, "opened", "open"), (90, "resolved", "resolved"))
    await have(api, "inc-water", (-1500, "opened", "open"), agencies=("water",), severity="critical")
    await have(api, "inc-back", (100, "opened", "open"), (200, "resolved", "resolved"), (300, "reopened", "open"))
    center, power, water = await asked(api)
    assert [one["agency"] for one in (center, power, water)] == [None, "power", "water"]
    load = power["load"]
    assert (load["opened"], load["standing"], load["peak_per_10_min"]["value"]) == (14, 1, 12)
    assert [(flood["opened"], flood["since"]) for flood in load["floods"]] == [
        (12, (SINCE + timedelta(minutes=60)).isoformat().replace("+00:00", "Z"))
    ]
    assert (water["load"]["opened"], water["load"]["stale_incidents"]) == (0, ["inc-water"])
    assert (center["load"]["opened"], center["load"]["standing"]) == (14, 2)
    assert [one["agency"] for one in await asked(api, agency="water")] == ["water"]


async def test_a_desk_is_called_by_an_incident_that_comes_to_name_its_agency(api: Api) -> None:
    fields = {"severity": "critical", "root_asset": "feeder-471", "state": "open"}
    opened = change("inc-grown", 1, agencies=("power",), **fields)
    joined = change("inc-grown", 2, agencies=("power", "water"), **fields)
    await api.have(joined.incident)
    at = [{"kind": "opened", "at": SINCE}, {"kind": "updated", "at": SINCE + timedelta(minutes=7)}]
    await api.put(changes, *(change_row(one) | when for one, when in zip((opened, joined), at, strict=True)))
    loads = {one["agency"]: one["load"] for one in await asked(api)}
    assert {name: (load["opened"], load["standing"]) for name, load in loads.items()} == {
        None: (1, 1),
        "power": (1, 1),
        "water": (1, 1),
    }


async def test_what_has_not_come_yet_is_no_time_without_calls(api: Api) -> None:
    until = utc_now() + timedelta(days=2)
    query = {"since": (until - timedelta(days=3)).isoformat(), "until": until.isoformat()}
    answer = await api.http.get("/v1/indicators/desk-load", params=query)
    assert abs(datetime.fromisoformat(answer.json()["until"]) - utc_now()) < timedelta(minutes=5)


async def test_a_range_that_is_none_or_too_long_is_refused(api: Api) -> None:
    for since in (NOW, NOW - timedelta(days=32)):
        query = {"since": since.isoformat(), "until": NOW.isoformat()}
        answer = await api.http.get("/v1/indicators/desk-load", params=query)
        assert (answer.status_code, answer.json()["field"]) == (422, "since")
